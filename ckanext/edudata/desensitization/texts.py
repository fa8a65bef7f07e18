"""Words of an entry that are read for personal data beside its files. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from .office import is_office_mail, is_office_phone

FIELDS = (
    "title",
    "notes",
    "keywords",
    "opening_condition",
    "opening_basis",
    "open_list_reason",
    "sharing_condition",
    "sharing_reason",
    "sharing_basis",
    "spatial_coverage",
    "contact_office",
    "contact_phone",
    "contact_email",
    "related_resources",
)
#: What passes where it surely is an office's; the rest is read like any text.
OFFICE: dict[str, Callable[[str], bool]] = {
    "contact_phone": is_office_phone,
    "contact_email": is_office_mail,
}
ITEM_PARTS = ("name", "label", "description", "unit", "codes", "element")
RESOURCE_FIELDS = ("name", "description", "original_name")


def of_content(content: dict[str, Any]) -> dict[str, str]:
    """Texts by the place they stand in.

    :param content: as `catalog.content.of_entry` gives it
    """
    found = {key: _text(content[key]) for key in FIELDS if content.get(key)}
    for key, is_office in OFFICE.items():
        if key in found and is_office(found[key]):
            del found[key]
    for number, resource in enumerate(content.get("resources", []), 1):
        if resource.get("not_released"):
            continue
        for key in RESOURCE_FIELDS:
            if resource.get(key):
                found[f"{number}.{key}"] = resource[key]
        for place, item in enumerate(resource.get("information_items") or [], 1):
            words = [_text(item.get(part)) for part in ITEM_PARTS]
            text = " ".join(dict.fromkeys(word for word in words if word))
            # The number keeps an item called `description` from hiding another text.
            found[f"{number}.{place}.{item.get('name')}"] = text
    return found


def _text(value: Any) -> str:
    """A value in words: those of a list, one after the other."""
    if isinstance(value, (list, tuple)):
        return "、".join(str(part) for part in value)
    return str(value or "")


def digest(texts: dict[str, str]) -> str:
    """SHA-256 of the texts, hexadecimal."""
    text = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
