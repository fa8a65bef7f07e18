"""Who may see the service figures: everybody."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def edudata_request_figures(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": True}
