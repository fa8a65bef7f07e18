"""Words of an entry that are read for personal data beside its files. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any

FIELDS = ("title", "notes", "keywords", "opening_condition")
RESOURCE_FIELDS = ("name", "description", "original_name")


def of_content(content: dict[str, Any]) -> dict[str, str]:
    """Texts by the place they stand in.

    :param content: as `catalog.content.of_entry` gives it
    """
    found = {key: content[key] for key in FIELDS if content.get(key)}
    for number, resource in enumerate(content.get("resources", []), 1):
        if resource.get("not_released"):
            continue
        for key in RESOURCE_FIELDS:
            if resource.get(key):
                found[f"{number}.{key}"] = resource[key]
        for place, item in enumerate(resource.get("information_items") or [], 1):
            words = [item.get("name"), item.get("label"), item.get("description")]
            text = " ".join(dict.fromkeys(word for word in words if word))
            # The number keeps an item called `description` from hiding another text.
            found[f"{number}.{place}.{item.get('name')}"] = text
    return found


def digest(texts: dict[str, str]) -> str:
    """SHA-256 of the texts, hexadecimal."""
    text = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
