"""What the desk shows of catalog sheets and templates."""

from __future__ import annotations

from typing import Any

from ckan.common import current_user

from ckanext.edudata import web
from ckanext.edudata.catalog import imports, templates_showing

_SHOWN = 4


def edudata_desk_imports() -> dict[str, Any] | None:
    """Rows of templates that wait, and imports under way; None for others than
    compilers and those who make templates."""
    if current_user.is_anonymous or not web.may("edudata_template_list"):
        return None
    compiles = web.may("edudata_import_list")
    waiting = templates_showing.waiting(current_user.id, _SHOWN + 1)
    open_imports = [
        {**item, "label": imports.STATES[item["state"]]}
        for item in (web.call("edudata_import_list", limit=5) if compiles else [])
        if item["state"] not in ("done", "withdrawn")
    ]
    return {
        "compiles": compiles,
        "makes": web.may("edudata_template_create"),
        "waiting": waiting[:_SHOWN],
        "more": len(waiting) > _SHOWN,
        "imports": open_imports[:2],
    }
