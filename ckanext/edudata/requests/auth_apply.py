"""Who may make applications: everybody who is logged in, and only see their own."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.requests.model import Application
from ckanext.edudata.units import people


def _own(context: Context, data_dict: DataDict) -> AuthResult:
    user_id = people.actor_id(context)
    if not user_id:
        return {"success": False, "msg": tk._("Log in to apply.")}
    found = model.Session.get(Application, data_dict["id"])
    return {"success": found is not None and found.user_id == user_id}


@tk.auth_sysadmins_check
def edudata_application_show(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant; who decides a part sees that part, not the application."""
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_application_update(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant."""
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_application_submit(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant."""
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_application_discard(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant."""
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_application_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who is logged in, their own."""
    return {"success": people.actor_id(context) is not None}


@tk.auth_sysadmins_check
def edudata_renewal_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """Nobody: the portal itself."""
    return {"success": False}
