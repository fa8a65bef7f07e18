"""Who makes, publishes, reads and withdraws open lists."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people, who_may


def _may(context: Context, permission: str, data_dict: DataDict) -> AuthResult:
    unit = model.Group.get(data_dict.get("unit") or "")
    return people.may(context, permission, unit.id if unit else "")


@tk.auth_sysadmins_check
def edudata_open_list_draft(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the unit, who see its entries."""
    return _may(context, "entry_read", data_dict)


@tk.auth_sysadmins_check
def edudata_open_list_publish(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, "open_list_publish", data_dict)


@tk.auth_sysadmins_check
def edudata_open_list_publish_all(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, "open_list_publish", data_dict)


@tk.auth_sysadmins_check
def edudata_open_list_run_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, "open_list_publish", data_dict)


@tk.auth_sysadmins_check
def edudata_open_list_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, "open_list_withdraw", data_dict)


@tk.auth_sysadmins_check
def edudata_open_list_waiting(context: Context, data_dict: DataDict) -> AuthResult:
    roles = who_may.roles_for("open_list_publish")
    return {"success": people.holds(people.actor_id(context), roles, None)}


@tk.auth_sysadmins_check
def edudata_open_list_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """For `ckan edudata sweep`, which asks with `ignore_auth`."""
    return {"success": False}


@tk.auth_allow_anonymous_access
def edudata_open_list_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: published to society."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def edudata_open_list_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: published to society."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def edudata_open_list_search(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: published to society."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def edudata_open_list_diff(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: published to society."""
    return {"success": True}
