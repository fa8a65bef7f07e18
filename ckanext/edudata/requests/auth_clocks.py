"""Who reads and enters years of working days."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people, tree


@tk.auth_allow_anonymous_access
def edudata_workdays_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: the State Council publishes them."""
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_workdays_announce(context: Context, data_dict: DataDict) -> AuthResult:
    """Those at the top of the tree: it counts for all units."""
    refused = people.may(context, "workdays_announce", "")
    for unit in tree.walk():
        if not unit["depth"]:
            answer = people.may(context, "workdays_announce", unit["id"])
            if answer["success"]:
                return answer
    return refused


@tk.auth_sysadmins_check
def edudata_request_clocks(context: Context, data_dict: DataDict) -> AuthResult:
    """For `ckan edudata clocks` and the sweep, which ask with `ignore_auth`."""
    return {"success": False}
