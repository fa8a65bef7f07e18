"""Words of applications, for pages of other rooms."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.edudata.requests import states


def edudata_request_state(state: str) -> str:
    """Label of an application's state."""
    return tk._(states.STATES[state])
