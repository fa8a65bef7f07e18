"""Who may run the check, read its findings, and make desensitized data."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


def _of_entry(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    # What the asker may not see is not there: package_show raises so.
    tk.check_access("package_show", {"user": context.get("user", "")}, data_dict)
    package = model.Package.get(data_dict["id"])
    unit_id = package.owner_org if package else None
    return people.may(context, permission, unit_id or "")


@tk.auth_sysadmins_check
def edudata_check_run(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "check_run")


@tk.auth_sysadmins_check
def edudata_check_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "finding_read")


@tk.auth_sysadmins_check
def edudata_check_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_check_attention(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "finding_read", None)


@tk.auth_sysadmins_check
def edudata_desensitize(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "desensitize")


def _internal(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_check_start(context: Context, data_dict: DataDict) -> AuthResult:
    """For other rooms, which ask with `ignore_auth`."""
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_clearance_show(context: Context, data_dict: DataDict) -> AuthResult:
    """For the release, which asks with `ignore_auth`."""
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_metadata_clearance_show(
    context: Context, data_dict: DataDict
) -> AuthResult:
    """For the release, which asks with `ignore_auth`."""
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_words_check(context: Context, data_dict: DataDict) -> AuthResult:
    """For other rooms, which ask with `ignore_auth`."""
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_table_copy(context: Context, data_dict: DataDict) -> AuthResult:
    """For the release, which asks with `ignore_auth`."""
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_check_requeue(context: Context, data_dict: DataDict) -> AuthResult:
    """For `ckan edudata sweep`, which asks with `ignore_auth`."""
    return _internal(context, data_dict)
