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
#: Later fields: part of the content only where they are set, so that the digests of
#: versions from before them stay what they were.
LATER_FIELDS = (
    "resource_code",
    "category",
    "business_domain",
    "data_format",
    "source",
    "spatial_coverage",
    "temporal_start",
    "temporal_end",
    "opening_way",
    "opening_plan_date",
    "license_id",
    "open_list_publishable",
    "open_list_reason",
    "sharing_condition",
    "sharing_way",
    "sharing_scope",
    "sharing_units",
    "contact_office",
    "contact_phone",
    "contact_email",
    "related_resources",
    "authoritative_entry",
    "duplicate_reason",
)
#: Given by the portal and never typed: nothing to review, no part of the digest.
GIVEN_FIELDS = ("resource_code",)
ALL_FIELDS = (*FIELDS, *LATER_FIELDS)
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
    content.update({key: package[key] for key in LATER_FIELDS if package.get(key)})
    content["resources"] = [
        {
            **{key: resource.get(key) or None for key in RESOURCE_FIELDS},
            "sha256": file_digests.get(resource["id"]),
        }
        for resource in package.get("resources", [])
    ]
    return content


def may_lack_files(content: dict[str, Any]) -> bool:
    """Whether a description alone can be reviewed: the catalog names also what is not
    opened, or not yet, and lies outside the portal (Art. 16)."""
    closed = content.get("opening_class") == "not_open"
    return closed or bool(content.get("opening_plan_date"))


def without(content: dict[str, Any], resources: list[str] | None) -> dict[str, Any]:
    """A content that says nothing of these files; nothing at all where None."""
    if resources is None:
        return {"resources": []}
    kept = [item for item in content["resources"] if item["id"] not in resources]
    return {**content, "resources": kept}


def typed(content: dict[str, Any]) -> dict[str, Any]:
    """A content without what the portal gives by itself."""
    return {key: content[key] for key in content if key not in GIVEN_FIELDS}


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content, hexadecimal, over its canonical JSON."""
    text = json.dumps(
        typed(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def changes(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    """Fields that differ between two contents, `resource:<name>` for files."""
    if old is None:
        return []
    fields = [key for key in ALL_FIELDS if key not in GIVEN_FIELDS]
    found = [key for key in fields if old.get(key) != new.get(key)]
    before = {resource["id"]: resource for resource in old.get("resources", [])}
    after = {resource["id"]: resource for resource in new.get("resources", [])}
    found.extend(
        f"resource:{(after.get(key) or before[key]).get('name') or ''}"
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    )
    return found
