"""Searches from outside have an end, and those that fail leave nothing kept."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict
from flask import has_request_context, request

from ckanext.edudata.guard import caching

DEEPEST = 10_000
"""Datasets that can be listed one by one; the index reads all before the page."""

FACETS = 20
FACET_VALUES = 500


@tk.chained_action
@tk.side_effect_free
def package_search(original: Action, context: Context, data_dict: DataDict) -> Any:
    """As CKAN's. Pages made of a search that failed say less than there is."""
    if not has_request_context():
        return original(context, data_dict)
    if request.endpoint == "api.action":
        data_dict = _within(data_dict)
    try:
        return original(context, data_dict)
    except Exception:
        caching.spoiled()
        raise


def _within(asked: DataDict) -> DataDict:
    asked = dict(asked)
    if _number(asked.get("start")) > DEEPEST:
        sentence = tk._(
            "At most {most} datasets can be listed one by one. Narrow the search, or "
            "take the whole catalog from /catalog."
        )
        raise tk.ValidationError({"start": [sentence.format(most=DEEPEST)]})
    if "facet.limit" in asked:
        limit = _number(asked["facet.limit"])
        if not 0 <= limit <= FACET_VALUES:
            asked["facet.limit"] = FACET_VALUES
    if isinstance(asked.get("facet.field"), list):
        asked["facet.field"] = asked["facet.field"][:FACETS]
    return asked


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
