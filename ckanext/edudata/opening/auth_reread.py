"""Nobody asks these from outside; the room of the check asks with `ignore_auth`."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_sysadmins_check
def edudata_released_content_list(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_released_content_fetch(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_released_content_forget(
    context: Context, data_dict: DataDict
) -> AuthResult:
    return {"success": False}
