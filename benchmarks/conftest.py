"""CKAN's plugin puts its own folder with a package ``tests`` on the path, and that wins
over the project's, which has no ``__init__``: name the project's first."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

_package = ModuleType("tests")
_package.__path__ = [str(Path(__file__).resolve().parents[1] / "tests")]
sys.modules.setdefault("tests", _package)
