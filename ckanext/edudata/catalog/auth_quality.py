"""Who sees figures of quality, and who says that data are still current."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.catalog import visibility
from ckanext.edudata.units import people


def _owner(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    reference: Any = data_dict.get("id") or ""
    package = model.Package.get(reference) if isinstance(reference, str) else None
    if package is None or package.type != "entry":
        raise tk.ObjectNotFound
    if not visibility.visible(context, package):
        raise tk.ObjectNotFound
    return people.may(context, permission, package.owner_org)


@tk.auth_sysadmins_check
def edudata_quality_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _owner(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_quality_values(context: Context, data_dict: DataDict) -> AuthResult:
    """Cells that do not fit: for the people who can mend them."""
    return _owner(context, data_dict, "entry_confirm")


@tk.auth_sysadmins_check
def edudata_entry_still_current(context: Context, data_dict: DataDict) -> AuthResult:
    return _owner(context, data_dict, "entry_confirm")


@tk.auth_sysadmins_check
def edudata_quality_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_read", data_dict.get("unit_id") or None)


@tk.auth_sysadmins_check
def edudata_quality_unit_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_read", data_dict.get("unit_id") or None)


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def edudata_dataset_quality_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of what is open; `package_show` decides in the action."""
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_quality_remind(context: Context, data_dict: DataDict) -> AuthResult:
    """For the sweep and the command, which ask with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_quality_measure(context: Context, data_dict: DataDict) -> AuthResult:
    """For the sweep and the command, which ask with `ignore_auth`."""
    return {"success": False}
