"""Everybody, for the account they are logged in with."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_account_close(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": bool(people.actor_id(context))}


@tk.auth_sysadmins_check
def edudata_account_export(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": bool(people.actor_id(context))}
