"""Who may pass the security review, see versions, and review many entries together."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.catalog import visibility
from ckanext.edudata.units import people


def _entry(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    package = model.Package.get(data_dict.get("id") or "")
    if package is None or not visibility.visible(context, package):
        raise tk.ObjectNotFound
    return people.may(context, permission, package.owner_org)


@tk.auth_sysadmins_check
def edudata_entry_pass_security(context: Context, data_dict: DataDict) -> AuthResult:
    """That it is a third person, the action asks."""
    return _entry(context, data_dict, "security_review")


@tk.auth_sysadmins_check
def edudata_entry_version_list(context: Context, data_dict: DataDict) -> AuthResult:
    """The unit's own people: what was submitted is not what is shared."""
    return _entry(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_entry_version_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _entry(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_entry_version_diff(context: Context, data_dict: DataDict) -> AuthResult:
    return _entry(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_entry_count(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_read", None)


@tk.auth_sysadmins_check
def edudata_entry_look(context: Context, data_dict: DataDict) -> AuthResult:
    """For lists, which ask with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_review_round_start(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_review", data_dict.get("unit_id") or None)


@tk.auth_sysadmins_check
def edudata_review_round_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_review", None)


def _mine(context: Context, data_dict: DataDict) -> AuthResult:
    """A round is its reviewer's alone; which rounds there are, the action asks."""
    return people.may(context, "entry_review", None)


@tk.auth_sysadmins_check
def edudata_review_round_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _mine(context, data_dict)


@tk.auth_sysadmins_check
def edudata_review_round_open(context: Context, data_dict: DataDict) -> AuthResult:
    return _mine(context, data_dict)


@tk.auth_sysadmins_check
def edudata_review_round_confirm(context: Context, data_dict: DataDict) -> AuthResult:
    return _mine(context, data_dict)


@tk.auth_sysadmins_check
def edudata_review_round_approve(context: Context, data_dict: DataDict) -> AuthResult:
    return _mine(context, data_dict)


@tk.auth_sysadmins_check
def edudata_review_round_end(context: Context, data_dict: DataDict) -> AuthResult:
    return _mine(context, data_dict)
