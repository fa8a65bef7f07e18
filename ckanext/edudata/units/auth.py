"""Who may give roles and change units."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people, placing, who_may


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
    named = placing.named((data_dict or {}).get("superior") or "")
    if data_dict and data_dict.get("title") and not named:
        return {"success": False, "msg": tk._("Say which unit it stands below.")}
    for unit_id in named:
        # The validator asks which one of several is meant.
        allowed = people.may(context, "unit_edit", unit_id)
        if allowed["success"]:
            return allowed
    return people.may(context, "unit_edit", named[0] if named else None)


def organization_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's: a unit is ended when it has nothing left, on record."""
    return {"success": False, "msg": tk._("End a unit by edudata_unit_end.")}


organization_purge = organization_delete


@tk.auth_sysadmins_check
def edudata_unit_move(context: Context, data_dict: DataDict) -> AuthResult:
    """Both places must be the actor's; the action looks again under the lock."""
    unit = model.Group.get(data_dict.get("id") or "")
    if unit is None:
        return people.may(context, "unit_edit", None)
    own = people.may(context, "unit_edit", placing.where(unit.id) or unit.id)
    named = placing.named(data_dict.get("superior") or "")
    if not own["success"] or not named:
        return own
    return people.may(context, "unit_edit", named[0])


@tk.auth_sysadmins_check
def edudata_unit_end(context: Context, data_dict: DataDict) -> AuthResult:
    """As moving: a unit is not ended by itself, but by the one above."""
    return edudata_unit_move(context, {"id": data_dict.get("id")})


@tk.auth_sysadmins_check
def edudata_unit_remains(context: Context, data_dict: DataDict) -> AuthResult:
    unit = model.Group.get(data_dict.get("id") or "")
    return people.may(context, "unit_edit", unit.id if unit else "")


@tk.auth_sysadmins_check
def edudata_unit_change_list(context: Context, data_dict: DataDict) -> AuthResult:
    unit = model.Group.get(data_dict.get("id") or "")
    return people.may(context, "role_read", unit.id if unit else "")


edudata_unit_responsible = edudata_unit_change_list


@tk.auth_allow_anonymous_access
def edudata_unit_below(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_person_find(context: Context, data_dict: DataDict) -> AuthResult:
    """People who give roles somewhere; nobody else learns who has an account."""
    for permission in ("role_assign", "administrator_assign"):
        allowed = people.may(context, permission, None)
        if allowed["success"]:
            return allowed
    return {
        "success": False,
        "msg": tk._("Only those who give roles may look for people."),
    }


@tk.auth_sysadmins_check
def edudata_unit_import_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever edits units or gives roles somewhere; each row is judged by itself."""
    for permission in ("unit_edit", "role_assign"):
        allowed = people.may(context, permission, None)
        if allowed["success"]:
            return allowed
    return {
        "success": False,
        "msg": tk._("Only those who edit units or give roles may import them."),
    }


edudata_unit_import_apply = edudata_unit_import_check
edudata_unit_import_show = edudata_unit_import_check


@tk.auth_sysadmins_check
def edudata_post_record(context: Context, data_dict: DataDict) -> AuthResult:
    unit = model.Group.get(data_dict.get("unit_id") or "")
    return people.may(context, "post_record", unit.id if unit else "")


edudata_post_withdraw = edudata_post_record


@tk.auth_sysadmins_check
def edudata_post_list(context: Context, data_dict: DataDict) -> AuthResult:
    """One's own; those of a unit for whoever answers for its security."""
    if not data_dict.get("unit_id") and people.actor_id(context):
        return {"success": True}
    unit = model.Group.get(data_dict.get("unit_id") or "")
    return people.may(context, "post_read", unit.id if unit else "")


def edudata_post_remind(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False}


edudata_unit_settle = edudata_post_remind


edudata_unit_end_show = edudata_unit_below


edudata_post_export = edudata_post_list
edudata_post_missing = edudata_post_list
