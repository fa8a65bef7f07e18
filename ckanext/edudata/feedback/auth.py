"""Who may report, read notices and answer."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_notify(context: Context, data_dict: DataDict) -> AuthResult:
    """For other rooms, which ask with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_notice_send(context: Context, data_dict: DataDict) -> AuthResult:
    """For `ckan edudata sweep`, which asks with `ignore_auth`."""
    return {"success": False}


def _own(context: Context) -> AuthResult:
    return {"success": bool(people.actor_id(context))}


@tk.auth_sysadmins_check
def edudata_notice_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context)


@tk.auth_sysadmins_check
def edudata_notice_read(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context)


@tk.auth_allow_anonymous_access
def edudata_alarm_raise(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_alarm_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context)


@tk.auth_sysadmins_check
def edudata_alarm_show(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "stop", data_dict.get("unit_id"))


@tk.auth_sysadmins_check
def edudata_alarm_answer(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "stop", data_dict.get("unit_id"))
