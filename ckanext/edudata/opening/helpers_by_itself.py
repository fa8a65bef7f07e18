"""Words of what came into an entry that releases by itself."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.opening.arrivals import REASONS

_STATES = {
    "writing": "Being written",
    "waiting": "Being checked",
    "cleared": "Clear, about to be released",
    "held": "Held inside",
    "released": "Released",
    "unchanged": "Changed nothing",
    "replaced": "Replaced by a file",
}


def edudata_by_itself(entry_id: str) -> dict[str, Any]:
    """As `edudata_by_itself_show`, with the words of each batch, and what one may."""
    found = web.call("edudata_by_itself_show", id=entry_id)
    for batch in found["batches"]:
        batch["state_label"] = tk._(_STATES[batch["state"]])
        batch["why"] = tk._(REASONS[batch["reason"]]) if batch["reason"] else ""
    found["may_start"] = web.may("edudata_by_itself_start", id=entry_id)
    found["may_end"] = web.may("edudata_by_itself_end", id=entry_id)
    return found
