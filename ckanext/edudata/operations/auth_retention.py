"""Who purges, and who sees what was purged."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_retention_run(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "retention_run", None)


@tk.auth_sysadmins_check
def edudata_retention_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "retention_read", None)
