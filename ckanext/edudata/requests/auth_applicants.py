"""Who may see and change applicants: themselves, and those who decide about them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.requests import looking_applicants
from ckanext.edudata.units import people


def _oneself(context: Context) -> AuthResult:
    if people.actor_id(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Log in to apply.")}


@tk.auth_sysadmins_check
def edudata_applicant_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, for themselves."""
    return _oneself(context)


@tk.auth_sysadmins_check
def edudata_applicant_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, for themselves."""
    return _oneself(context)


@tk.auth_sysadmins_check
def edudata_applicant_export(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of themselves."""
    return _oneself(context)


@tk.auth_sysadmins_check
def edudata_applicant_look_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of themselves."""
    return _oneself(context)


@tk.auth_sysadmins_check
def edudata_applicant_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """Nobody: the portal itself."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_applicant_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Oneself; and who decides about a part that this applicant has submitted."""
    user_id = people.actor_id(context)
    wanted = data_dict.get("user_id") or user_id
    if user_id and wanted == user_id:
        return {"success": True}
    part = user_id and looking_applicants.part_for(
        str(wanted), user_id, data_dict.get("request_id")
    )
    return {"success": bool(part)}
