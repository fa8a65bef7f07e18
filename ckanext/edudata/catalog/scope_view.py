"""What members of other units see of an entry: field by field, named. Pure.

What is not named here stays inside, also fields added later: files, their names, sizes,
digests and ids, what checks found, versions, people.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from ckanext.edudata.catalog import scope

CODED = (
    "category",
    "subject_database",
    "business_domain",
    "school_stage",
    "district",
    "update_cycle",
    "data_format",
    "source",
    "data_class",
    "data_grade",
    "sharing_class",
    "sharing_scope",
    "sharing_way",
    "opening_class",
    "opening_ground",
    "opening_way",
    "license_id",
)
"""Fields with a code list."""

WORDS = (
    "title",
    "notes",
    "keywords",
    "spatial_coverage",
    "sharing_condition",
    "sharing_reason",
    "sharing_basis",
    "opening_condition",
    "opening_basis",
    "contact_office",
)
"""Fields of free words; shown where the personal-data check reads them."""

SHAPED = {
    "resource_code": re.compile(r"[0-9A-Za-z./_-]{1,60}"),
    "temporal_start": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "temporal_end": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "opening_plan_date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "contact_phone": re.compile(r"(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?"),
    "contact_email": re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+"),
}
"""Fields whose whole value has this shape, or is left out. A mobile has none."""

_CODE = re.compile(r"[0-9A-Za-z_./-]{1,60}")
_ITEM_WORDS = ("name", "label", "description")
_ITEM_CODES = ("type", "element")


def view(
    content: Mapping[str, Any], read: Collection[str], *, items: bool = True
) -> dict[str, Any]:
    """What is shown of an approved content.

    :param read: fields whose words the personal-data check reads
    :returns: the named fields that are set, and `tables`: for each table of the data
        its information items `[{name, label, type, description, element, required}]`
    """
    found: dict[str, Any] = {}
    for name in (*CODED, *WORDS, *SHAPED):
        value = content.get(name)
        if not isinstance(value, str) or not value:
            continue
        shaped = SHAPED.get(name) or (_CODE if name in CODED else None)
        if shaped is not None:
            if shaped.fullmatch(value):
                found[name] = value
        elif name in read:
            found[name] = value
    if items:
        found["tables"] = [
            [_item(item) for item in _list(resource.get("information_items"))]
            for resource in kept(content)
        ]
        found["tables"] = [table for table in found["tables"] if table]
    return found


def kept(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Files that are meant to be given out; the words of others were not read."""
    resources = content.get("resources") or []
    return [item for item in resources if not item.get("not_released")]


def sharing_of(content: Mapping[str, Any]) -> scope.Sharing:
    """What a content, or a package, says of its sharing."""
    return scope.Sharing(
        str(content.get("sharing_class") or ""),
        str(content.get("sharing_scope") or scope.ALL),
        frozenset(map(str, _list(content.get("sharing_units")))),
    )


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {key: str(item.get(key) or "") for key in _ITEM_WORDS}
    for key in _ITEM_CODES:
        value = str(item.get(key) or "")
        found[key] = value if _CODE.fullmatch(value) else ""
    found["required"] = str(item.get("required") or "").lower() in ("true", "1", "yes")
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
