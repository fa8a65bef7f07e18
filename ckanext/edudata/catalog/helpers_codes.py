"""Code lists for schemas and templates."""

from __future__ import annotations

from typing import Any

from ckanext.edudata.catalog import code_lists


def edudata_code_list(field: dict[str, Any]) -> list[dict[str, Any]]:
    """Choices of a field whose schema names its list by `code_list`."""
    return code_lists.choices(field["code_list"])
