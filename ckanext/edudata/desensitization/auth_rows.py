"""Nobody asks these from outside; the door asks with `ignore_auth`."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_sysadmins_check
def edudata_rows_check(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False}
