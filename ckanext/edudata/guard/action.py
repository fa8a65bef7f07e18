"""Searches that fail leave nothing kept."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict
from flask import has_request_context

from ckanext.edudata.guard import caching


@tk.chained_action
@tk.side_effect_free
def package_search(original: Action, context: Context, data_dict: DataDict) -> Any:
    """As CKAN's. Pages made of a search that failed say less than there is."""
    try:
        return original(context, data_dict)
    except Exception:
        if has_request_context():
            caching.spoiled()
        raise
