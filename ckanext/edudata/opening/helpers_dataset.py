"""What the page of an open dataset says of it beside its tables."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.opening import related

_SHOWN = (
    "category",
    "business_domain",
    "spatial_coverage",
    "data_format",
    "opening_way",
    "license_id",
)


def edudata_dataset_facts(pkg: dict[str, Any]) -> list[dict[str, str]]:
    """Facts of an open dataset in words, those that are told: `[{label, words}]`."""
    schema = tk.h.scheming_get_dataset_schema("dataset")
    fields = {field["field_name"]: field for field in schema["dataset_fields"]}
    found = [
        {
            "label": tk.h.scheming_language_text(fields[name]["label"]),
            "words": tk.h.edudata_worded(fields[name], pkg[name]),
        }
        for name in _SHOWN
        if pkg.get(name)
    ]
    start, end = pkg.get("temporal_start"), pkg.get("temporal_end")
    if start or end:
        words = tk._("{start} to {end}").format(start=start or "…", end=end or "…")
        found.insert(0, {"label": tk._("Range of time"), "words": words})
    return found


def edudata_related_datasets(pkg: dict[str, Any]) -> list[dict[str, str]]:
    """Open datasets among the related data resources: `[{name, title, code}]`."""
    return related.opened(pkg.get("related_resources") or [])
