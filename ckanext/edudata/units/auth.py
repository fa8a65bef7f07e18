"""Who may give roles and change units."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people, who_may


@tk.auth_sysadmins_check
def edudata_role_give(context: Context, data_dict: DataDict) -> AuthResult:
    unit = model.Group.get(data_dict.get("unit_id", ""))
    permission = who_may.assigns(data_dict.get("role", ""))
    return people.may(context, permission, unit.id if unit else "")


@tk.auth_sysadmins_check
def edudata_role_end(context: Context, data_dict: DataDict) -> AuthResult:
    permission = who_may.assigns(data_dict.get("role", ""))
    return people.may(context, permission, data_dict["unit_id"])


@tk.auth_sysadmins_check
def edudata_role_list(context: Context, data_dict: DataDict) -> AuthResult:
    own = people.actor_id(context)
    user = model.User.get(data_dict.get("user_id") or "")
    if not data_dict.get("unit_id") and user and user.id == own:
        return {"success": True}
    unit = model.Group.get(data_dict.get("unit_id") or "")
    return people.may(context, "role_read", unit.id if unit else "")


@tk.auth_allow_anonymous_access
def edudata_unit_tree(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": True}


def user_list(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's, which shows all accounts to everybody who has one."""
    if data_dict.get("email"):
        return {"success": False}
    return people.may(context, "role_read", None)


@tk.auth_allow_anonymous_access
def user_show(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's: oneself, and all for people of units.

    :raises ObjectNotFound: for others, whether the account is there or not
    """
    asked: Any = context.get("user_obj")
    user = asked or model.User.get(data_dict.get("id") or "")
    if user is not None and user.id == people.actor_id(context):
        return {"success": True}
    if people.may(context, "role_read", None)["success"]:
        return {"success": True}
    raise tk.ObjectNotFound


@tk.auth_allow_anonymous_access
def organization_list_for_user(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's: where somebody works is told as who they are."""
    if not data_dict.get("id"):
        return {"success": True}
    return user_show(context, data_dict)


@tk.auth_sysadmins_check
def organization_update(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's, which asks for the capacity `admin` that nobody holds."""
    unit = model.Group.get(data_dict.get("id") or data_dict.get("name") or "")
    return people.may(context, "unit_edit", unit.id if unit else "")


@tk.auth_sysadmins_check
def organization_create(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's: below a unit for which one may edit units."""
    above = model.Group.get((data_dict or {}).get("superior") or "")
    if data_dict and data_dict.get("title") and above is None:
        return {"success": False, "msg": tk._("Say which unit it stands below.")}
    return people.may(context, "unit_edit", above.id if above else None)
