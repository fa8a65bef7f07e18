"""Figures of the home page: ways in with their counts, and what is new."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError

from ckanext.edudata.portal import helpers, units

WAYS = ("opening_class", "subject_database", "school_stage", "district")
NEWEST = 6


def figures() -> dict[str, Any]:
    """What the home page shows, the same for everybody.

    :returns: `{count, units, newest: [...], ways: {field: [{value, label, count}]}}`
    """
    try:
        found = tk.get_action("package_search")(
            {"user": ""},
            {
                "fq": "+dataset_type:dataset",
                "rows": NEWEST,
                "sort": "metadata_modified desc",
                "facet.field": list(WAYS),
                "facet.limit": -1,
            },
        )
    except SearchError:
        found = {"count": 0, "results": [], "facets": {}}
    facets = found["facets"]
    return {
        "count": found["count"],
        "units": len(units.tree()),
        "newest": found["results"],
        "ways": {
            field: [
                {**choice, "count": facets.get(field, {}).get(choice["value"], 0)}
                for choice in helpers.edudata_choices(field)
            ]
            for field in WAYS
        },
    }
