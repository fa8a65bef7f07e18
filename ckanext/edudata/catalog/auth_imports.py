"""Who may take a catalog out as a sheet and bring one in."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.catalog.model_imports import Import
from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_catalog_sheet(context: Context, data_dict: DataDict) -> AuthResult:
    """Compilers of the unit: it is their sheet, to be filled in and brought back."""
    unit = model.Group.get(data_dict.get("unit_id") or "")
    return people.may(context, "entry_import", unit.id if unit else "")


@tk.auth_sysadmins_check
def edudata_import_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Compilers; which units' rows they bring is looked at row by row."""
    return people.may(context, "entry_import", None)


@tk.auth_sysadmins_check
def edudata_import_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_import", None)


def _own(context: Context, data_dict: DataDict) -> AuthResult:
    """One's own imports; those of others are not there.

    :raises ObjectNotFound: always for others
    """
    row = model.Session.get(Import, data_dict.get("id") or "")
    if row is None or row.made_by != people.actor_id(context):
        raise tk.ObjectNotFound(tk._("There is no such import"))
    return people.may(context, "entry_import", None)


@tk.auth_sysadmins_check
def edudata_import_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_import_run(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_import_check(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_import_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context, data_dict)


@tk.auth_sysadmins_check
def edudata_import_requeue(context: Context, data_dict: DataDict) -> AuthResult:
    """For the sweep only, which asks with `ignore_auth`."""
    return {"success": False}
