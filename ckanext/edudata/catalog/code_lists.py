"""Code lists of the metadata, kept as data in `schemas/codes`. Pure."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

_SCHEMAS = "ckanext.edudata.schemas"


@lru_cache(maxsize=64)
def code_list(name: str) -> dict[str, Any]:
    """A code list: `{about, codes: [{value, label: {en, zh_Hans_CN}}]}`.

    :raises FileNotFoundError: there is no such list
    """
    path = resources.files(_SCHEMAS) / "codes" / f"{name}.yaml"
    return yaml.safe_load(path.read_text("utf-8"))


def choices(name: str) -> list[dict[str, Any]]:
    """The codes of a list as ckanext-scheming takes choices."""
    return code_list(name)["codes"]
