"""Who may freeze a dataset, and who may lift it."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


def _unit(data_dict: DataDict) -> str:
    package = model.Package.get(data_dict.get("dataset_id") or "")
    return (package.owner_org if package else None) or ""


@tk.auth_sysadmins_check
def edudata_incident_freeze(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_freeze", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_lift(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_lift", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_freeze_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may freeze there; without a dataset: anywhere."""
    unit = _unit(data_dict) if data_dict.get("dataset_id") else None
    return people.may(context, "incident_freeze", unit)


@tk.auth_sysadmins_check
def edudata_freeze_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """Nobody: the portal itself."""
    return {"success": False}
