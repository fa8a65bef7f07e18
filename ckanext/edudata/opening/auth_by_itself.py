"""Who may let an entry release by itself."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


def _unit(data_dict: DataDict) -> str:
    package = model.Package.get(data_dict.get("id") or "")
    return (package.owner_org if package else None) or ""


@tk.auth_sysadmins_check
def edudata_by_itself_start(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "release_by_itself", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_by_itself_end(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may stop may do less than that."""
    return people.may(context, "stop", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_arrival_checked(context: Context, data_dict: DataDict) -> AuthResult:
    """Other rooms ask with `ignore_auth`; nobody asks from outside."""
    return {"success": False}
