"""Who sees events, and who says that they have been looked at."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_event_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "event_read", None)


@tk.auth_sysadmins_check
def edudata_event_see(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "event_read", None)


@tk.auth_sysadmins_check
def edudata_health_watch(context: Context, data_dict: DataDict) -> AuthResult:
    """For the sweep, which asks with `ignore_auth`."""
    return {"success": False, "msg": tk._("This is done by the portal itself.")}
