"""What of an entry the public sees. Pure.

Field by field, named: what is not here stays inside, also fields added later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

FIELDS = (
    "title",
    "notes",
    "subject_database",
    "school_stage",
    "district",
    "update_cycle",
    "opening_class",
    "resource_code",
    "category",
    "business_domain",
    "data_format",
    "spatial_coverage",
    "temporal_start",
    "temporal_end",
    "opening_way",
    "license_id",
    "contact_office",
    "contact_phone",
    "contact_email",
)
CONDITIONAL_FIELDS = ("opening_ground", "opening_condition")


def metadata(
    content: dict[str, Any],
    *,
    version: int,
    first_released: str,
    last_released: str,
    related: Sequence[str] = (),
) -> dict[str, Any]:
    """Metadata of the open dataset, without name and resources.

    :param content: approved content of the entry (`catalog.content.of_entry`)
    :param first_released: ISO date
    :param related: codes of related data that are open; others are named to nobody
    """
    fields = FIELDS
    if content["opening_class"] == "conditional":
        fields = (*FIELDS, *CONDITIONAL_FIELDS)
    found = {key: content[key] for key in fields if content.get(key)}
    if related:
        found["related_resources"] = list(related)
    words = (content.get("keywords") or "").split(",")
    return {
        **found,
        "type": "dataset",
        "private": False,
        "state": "active",
        "owner_org": content["owner_org"],
        "tag_string": ",".join(filter(None, (_tag(word) for word in words))),
        "opening_state": "open",
        "release_version": version,
        "first_released": first_released,
        "last_released": last_released,
    }


def _tag(word: str) -> str:
    """A keyword as CKAN takes tags: letters, digits and ` -_.` only, 2–100 long.

    Others are left out whole: without their signs they are not what was checked.
    """
    fits = all(char.isalnum() or char in " -_." for char in word)
    return word if fits and 2 <= len(word) <= 100 else ""
