"""Who may release and stop."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


def _unit(data_dict: DataDict) -> str:
    package = model.Package.get(data_dict.get("id") or "")
    return (package.owner_org if package else None) or ""


@tk.auth_sysadmins_check
def edudata_release(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "release", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_stop(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "stop", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_released_resource_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Other rooms ask with `ignore_auth`; nobody asks from outside."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_frozen_table_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Other rooms ask with `ignore_auth`; nobody asks from outside."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_release_by_clearance(context: Context, data_dict: DataDict) -> AuthResult:
    """Other rooms ask with `ignore_auth`; nobody asks from outside."""
    return {"success": False}
