"""Who may see the seals, prove the trail and take it out."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_audit_seal(context: Context, data_dict: DataDict) -> AuthResult:
    """For the sealer, which asks with `ignore_auth`."""
    return {"success": False, "msg": tk._("This is done by the portal itself.")}


@tk.auth_sysadmins_check
def edudata_audit_seal_show(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "audit_read", None)


@tk.auth_sysadmins_check
def edudata_audit_block_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "audit_read", None)


@tk.auth_sysadmins_check
def edudata_audit_export(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "audit_read", None)


@tk.auth_sysadmins_check
def edudata_audit_verify(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "audit_verify", None)
