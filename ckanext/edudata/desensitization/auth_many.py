"""Only the portal itself notes checks of many."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_sysadmins_check
def edudata_check_start_many(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False}
