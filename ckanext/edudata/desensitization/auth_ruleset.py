"""Who is told of rule sets, and of what they found."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_ruleset_show(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "ruleset_read", None)


@tk.auth_sysadmins_check
def edudata_reread_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "finding_read", None)


@tk.auth_sysadmins_check
def edudata_reread_due(context: Context, data_dict: DataDict) -> AuthResult:
    """For `ckan edudata sweep`, which asks with `ignore_auth`."""
    return {"success": False}
