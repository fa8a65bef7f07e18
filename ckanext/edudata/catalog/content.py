"""What of an entry is its content: that which a reviewer approves. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any

FIELDS = (
    "title",
    "notes",
    "owner_org",
    "subject_database",
    "school_stage",
    "district",
    "update_cycle",
    "keywords",
    "opening_class",
    "opening_ground",
    "opening_condition",
    "opening_basis",
    "sharing_class",
    "sharing_reason",
    "sharing_basis",
    "data_class",
    "data_grade",
)
RESOURCE_FIELDS = (
    "id",
    "name",
    "description",
    "format",
    "original_name",
    "desensitized_from",
    "desensitization",
    "not_released",
    "information_items",
)


def of_entry(
    package: dict[str, Any], file_digests: dict[str, str | None]
) -> dict[str, Any]:
    """Content of an entry.

    :param package: as `package_show` returns it
    :param file_digests: resource id → SHA-256 of the bytes last checked
    """
    content = {key: package.get(key) or None for key in FIELDS}
    content["resources"] = [
        {
            **{key: resource.get(key) or None for key in RESOURCE_FIELDS},
            "sha256": file_digests.get(resource["id"]),
        }
        for resource in package.get("resources", [])
    ]
    return content


def without(content: dict[str, Any], resources: list[str] | None) -> dict[str, Any]:
    """A content that says nothing of these files; nothing at all where None."""
    if resources is None:
        return {"resources": []}
    kept = [item for item in content["resources"] if item["id"] not in resources]
    return {**content, "resources": kept}


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content, hexadecimal, over its canonical JSON."""
    text = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def changes(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    """Fields that differ between two contents, `resource:<name>` for files."""
    if old is None:
        return []
    found = [key for key in FIELDS if old.get(key) != new.get(key)]
    before = {resource["id"]: resource for resource in old.get("resources", [])}
    after = {resource["id"]: resource for resource in new.get("resources", [])}
    found.extend(
        f"resource:{(after.get(key) or before[key]).get('name') or ''}"
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    )
    return found
