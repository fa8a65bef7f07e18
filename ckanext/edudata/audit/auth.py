"""Who may read the trail: the audit administrator, and supervisors for their units."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_audit_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "audit_read", data_dict.get("unit_id"))
