"""What the pages of reviews and versions show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user

from ckanext.edudata import web
from ckanext.edudata.catalog import states
from ckanext.edudata.units import people, who_may

_WORK = ("entry_compile", "entry_review", "security_review")
_OF_COLUMN = {
    "label": "Label",
    "type": "Type",
    "length": "Length",
    "unit": "Unit of measure",
    "codes": "Code list",
    "required": "Required",
    "personal": "Personal data",
    "element": "Standard element",
    "description": "Explanation",
}
_OF_FILE = {
    "name": "Name",
    "description": "Explanation",
    "format": "Format",
    "original_name": "Original file name",
    "not_released": "Kept inside",
    "desensitized_from": "Desensitized data",
    "desensitization": "How they were made",
}


def edudata_worked_units() -> list[dict[str, Any]]:
    """Units whose entries are the person's work, in the tree's order."""
    if current_user.is_anonymous:
        return []
    roles: set[str] = set()
    for name in _WORK:
        roles |= who_may.roles_for(name)
    mine = set(people.all_units_where(current_user.id, roles))
    tree = tk.get_action("edudata_unit_tree")({}, {})
    units = [unit for unit in tree if unit["id"] in mine]
    top = min((unit["depth"] for unit in units), default=0)
    return [{**unit, "depth": unit["depth"] - top} for unit in units]


def edudata_attribute_label(name: str) -> str:
    """What a column has: its type, length and so on."""
    return tk._(_OF_COLUMN[name]) if name in _OF_COLUMN else name


def edudata_file_field_label(name: str) -> str:
    """What is said of a file."""
    return tk._(_OF_FILE[name]) if name in _OF_FILE else name


def edudata_plain_value(value: Any) -> str:
    """A stored value of any shape as text."""
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return tk._("Yes") if value else tk._("No")
    if isinstance(value, Mapping):
        pairs = [f"{k} {edudata_plain_value(v)}" for k, v in value.items()]
        return tk._(", ").join(pairs)
    if isinstance(value, Collection) and not isinstance(value, str):
        return tk._(", ").join(edudata_plain_value(item) for item in value)
    return str(value)


def edudata_entry_field_label(name: str) -> str:
    """Label of a field of entries."""
    field = _fields().get(name)
    return tk.h.scheming_language_text(field["label"]) if field else name


def edudata_entry_field_value(name: str, value: Any) -> str:
    """A stored value of a field of entries, in its words."""
    field = _fields().get(name)
    if field is None or isinstance(value, (list, dict)):
        return edudata_plain_value(value)
    return tk.h.edudata_worded(field, value)


def edudata_needs_security(content: Mapping[str, Any]) -> bool:
    """Whether content of this grade needs a security review."""
    return states.needs_security(
        content.get("data_grade"),
        tk.config["ckanext.edudata.security_review.grade"],
    )


def _fields() -> dict[str, Any]:
    return {
        field["field_name"]: field
        for field in tk.h.scheming_get_dataset_schema("entry")["dataset_fields"]
    }


def edudata_entry_diff(entry_id: str) -> dict[str, Any] | None:
    """What differs in an entry as it is now; None for those who may not know."""
    try:
        return web.call("edudata_entry_version_diff", id=entry_id)
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None
