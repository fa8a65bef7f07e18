"""Words of releases."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

_STATES = {
    "live": "Open",
    "replaced": "Replaced by a later version",
    "stopped": "Stopped",
}


def edudata_release_state(state: str) -> str:
    """Label of a version's state."""
    return tk._(_STATES.get(state, state))
