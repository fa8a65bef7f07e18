"""Nobody asks this from outside; versions are compared with `ignore_auth`."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_sysadmins_check
def edudata_clean_table_list(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False}
