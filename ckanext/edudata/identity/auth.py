"""Who may: everybody about their own account; waking is for who gives roles."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people
from ckanext.edudata.units.model import RoleAssignment


@tk.auth_sysadmins_check
def edudata_session_list(context: Context, data_dict: DataDict) -> AuthResult:
    """One's own."""
    if people.actor_id(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Log in first.")}


edudata_session_end = edudata_session_list
edudata_password_change = edudata_session_list
edudata_mail_change = edudata_session_list


@tk.auth_sysadmins_check
def edudata_account_wake(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may give one of the roles that the person holds."""
    user = model.User.get(data_dict.get("id") or "")
    asked = sa.select(RoleAssignment).where(
        RoleAssignment.user_id == (user.id if user else ""), RoleAssignment.in_force()
    )
    for row in model.Session.scalars(asked):
        wanted: Any = {"unit_id": row.unit_id, "role": row.role, "user_id": row.user_id}
        try:
            tk.check_access("edudata_role_give", context, wanted)
        except tk.NotAuthorized:
            continue
        if people.actor_id(context) != row.user_id:
            return {"success": True}
    return {"success": False, "msg": tk._("You do not give roles to this person.")}


@tk.auth_sysadmins_check
def edudata_account_sweep(context: Context, data_dict: DataDict) -> AuthResult:
    """The portal itself."""
    return {"success": False}
