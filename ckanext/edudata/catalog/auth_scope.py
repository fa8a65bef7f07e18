"""Who may look into the catalog for units: people with a role in some unit."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_resource_catalog_search(
    context: Context, data_dict: DataDict
) -> AuthResult:
    return people.may(context, "catalog_read", None)


@tk.auth_sysadmins_check
def edudata_resource_catalog_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Which entries they see of it, the action asks of each."""
    return people.may(context, "catalog_read", None)


@tk.auth_sysadmins_check
def edudata_resource_catalog_hint(context: Context, data_dict: DataDict) -> AuthResult:
    """For the people of the entry: why others do not see it."""
    tk.check_access("edudata_entry_show", context, {"id": data_dict["id"]})
    return {"success": True}
