"""Who may do what with catalogs: by the table of states and the roles."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.catalog import seeing_catalogs as seeing
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.catalog.model_catalogs import Catalog
from ckanext.edudata.units import people


def _command(name: str) -> Any:
    permission = states.COMMANDS[name].permission

    @tk.auth_sysadmins_check
    def answer(context: Context, data_dict: DataDict) -> AuthResult:
        catalog = _catalog(context, data_dict.get("id") or "")
        # A unit's catalog is returned by the coordinator of its level, not its own.
        unit = catalog.level_id if name == "return" else catalog.unit_id
        return people.may(context, permission, unit)

    answer.__name__ = answer.__qualname__ = f"edudata_catalog_{name}"
    return answer


for _name, _rule in states.COMMANDS.items():
    if _rule.permission and _name not in states.BEGINNINGS.values():
        globals()[f"edudata_catalog_{_name}"] = _command(_name)


def _catalog(context: Context, reference: str) -> Catalog:
    catalog = model.Session.scalar(
        sa.select(Catalog).where(
            sa.or_(Catalog.id == reference, Catalog.number == reference)
        )
    )
    if catalog is None or not seeing.Reader(people.actor_id(context)).knows(catalog):
        raise tk.ObjectNotFound
    return catalog


def _of_unit(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    unit = model.Group.get(data_dict.get("unit_id") or "")
    return people.may(context, permission, unit.id if unit else "")


@tk.auth_sysadmins_check
def edudata_catalog_prepare(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_unit(context, data_dict, "catalog_prepare")


@tk.auth_sysadmins_check
def edudata_catalog_consolidate(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_unit(context, data_dict, "catalog_consolidate")


@tk.auth_sysadmins_check
def edudata_catalog_merge(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_unit(context, data_dict, "catalog_merge")


@tk.auth_sysadmins_check
def edudata_catalog_remind(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_unit(context, data_dict, "catalog_consolidate")


@tk.auth_sysadmins_check
def edudata_catalog_prepare_all(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_unit(context, data_dict, "catalog_prepare")


@tk.auth_sysadmins_check
def edudata_catalog_submit_all(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_unit(context, data_dict, "catalog_submit")


@tk.auth_sysadmins_check
def edudata_catalog_progress(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_unit(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_catalog_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_read", None)


@tk.auth_sysadmins_check
def edudata_catalog_show(context: Context, data_dict: DataDict) -> AuthResult:
    _catalog(context, data_dict.get("id") or "")
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_catalog_row_list(context: Context, data_dict: DataDict) -> AuthResult:
    return edudata_catalog_show(context, data_dict)


@tk.auth_sysadmins_check
def edudata_catalog_diff(context: Context, data_dict: DataDict) -> AuthResult:
    return edudata_catalog_show(context, data_dict)


@tk.auth_sysadmins_check
def edudata_catalog_alike(context: Context, data_dict: DataDict) -> AuthResult:
    """People of the catalog's unit, or above."""
    catalog = _catalog(context, data_dict.get("id") or "")
    return people.may(context, "entry_read", catalog.unit_id)


@tk.auth_sysadmins_check
def edudata_catalog_forget(context: Context, data_dict: DataDict) -> AuthResult:
    """For the purge only, which asks with `ignore_auth`."""
    return {"success": False}
