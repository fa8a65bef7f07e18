"""Information items in words."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.catalog import item_changes, items

TYPE_LABELS = {
    "text": "Text",
    "integer": "Whole number",
    "numeric": "Numeric",
    "date": "Date",
}


def edudata_item_types() -> list[dict[str, str]]:
    """Types that an information item may have: `[{value, label}]`."""
    return [{"value": key, "label": tk._(text)} for key, text in TYPE_LABELS.items()]


def edudata_item_type(value: str) -> str:
    """The label of a type."""
    return tk._(TYPE_LABELS.get(value, "Text"))


def edudata_item_codes(item: dict[str, Any]) -> str:
    """The code list of an item in words: the name of the list, or the values."""
    codes = item.get("codes")
    if not codes:
        return ""
    if isinstance(codes, str):
        known = items.value_lists().get(codes)
        return str(tk.h.scheming_language_text(known["label"])) if known else codes
    return "、".join(str(code) for code in codes)


def edudata_item_values(item: dict[str, Any], most: int = 12) -> str:
    """The values that an item's list allows, the first of them."""
    values = items.allowed_values(item)
    shown = "、".join(values[:most])
    return f"{shown} …" if len(values) > most else shown


def edudata_value_lists() -> list[str]:
    """Labels of the known lists of values."""
    return [
        str(tk.h.scheming_language_text(known["label"]))
        for known in items.value_lists().values()
    ]


def edudata_elements() -> dict[str, str]:
    """Code → name of the standard's data elements."""
    return items.element_labels()


def edudata_items_changed(resource: dict[str, Any]) -> bool:
    """Whether a new file changed the columns and the owner has not looked yet."""
    return any(item_changes.state(resource.get("items_state"))["change"].values())
