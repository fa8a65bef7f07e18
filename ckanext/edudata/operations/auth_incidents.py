"""Who may open, see, handle and close incidents, and keep plans and drills."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.operations.model_incidents import Incident, IncidentDrill
from ckanext.edudata.units import people


def _unit(data_dict: DataDict) -> str:
    """The incident's; a unit that nobody has where there is no such incident."""
    row = model.Session.get(Incident, data_dict.get("id") or "")
    return row.unit_id if row else ""


def _named(data_dict: DataDict) -> str:
    return data_dict.get("unit_id") or ""


@tk.auth_sysadmins_check
def edudata_incident_open(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_open", _named(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_show(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_read", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anybody who may see some; they see those."""
    return people.may(context, "incident_read", None)


@tk.auth_sysadmins_check
def edudata_incident_note(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_note", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_classify(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_decide", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_move(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_decide", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_export(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_decide", _unit(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_plan_publish(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_plan", _named(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_plan_show(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_open", _named(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_drill_note(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "incident_note", _named(data_dict))


@tk.auth_sysadmins_check
def edudata_incident_drill_mend(context: Context, data_dict: DataDict) -> AuthResult:
    row = model.Session.get(IncidentDrill, data_dict.get("id") or "")
    return people.may(context, "incident_note", row.unit_id if row else "")
