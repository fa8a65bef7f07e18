"""Who may name people, answer for themselves, remove and admit them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.requests import looking_applicants, naming_persons, who
from ckanext.edudata.requests.model import Application, Request
from ckanext.edudata.requests.model_applicants import RequestPerson
from ckanext.edudata.units import people


def _owns(user_id: str | None, application_id: str) -> bool:
    application = model.Session.get(Application, application_id)
    return bool(user_id and application and application.user_id == user_id)


def _answers(context: Context, data_dict: DataDict) -> AuthResult:
    row = model.Session.get(RequestPerson, data_dict["id"])
    user_id = people.actor_id(context)
    return {"success": bool(row and user_id and row.user_id == user_id)}


@tk.auth_sysadmins_check
def edudata_request_person_name(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant."""
    owns = _owns(people.actor_id(context), data_dict["application_id"])
    return {"success": owns}


@tk.auth_sysadmins_check
def edudata_request_person_list(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant, and those who decide about a part."""
    user_id = people.actor_id(context)
    application_id = data_dict["application_id"]
    if _owns(user_id, application_id):
        return {"success": True}
    parts = naming_persons.parts(application_id)
    sees = any(looking_applicants.may_look(part, user_id) for part in parts)
    return {"success": sees}


@tk.auth_sysadmins_check
def edudata_request_person_mine(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of themselves."""
    return {"success": people.actor_id(context) is not None}


@tk.auth_sysadmins_check
def edudata_request_person_confirm(context: Context, data_dict: DataDict) -> AuthResult:
    """The person who was named."""
    return _answers(context, data_dict)


@tk.auth_sysadmins_check
def edudata_request_person_decline(context: Context, data_dict: DataDict) -> AuthResult:
    """The person who was named."""
    return _answers(context, data_dict)


@tk.auth_sysadmins_check
def edudata_request_person_end(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant, and the person who was named."""
    row = model.Session.get(RequestPerson, data_dict["id"])
    if row is None:
        return {"success": False}
    if _owns(people.actor_id(context), row.application_id):
        return {"success": True}
    return _answers(context, data_dict)


@tk.auth_sysadmins_check
def edudata_request_person_admit(context: Context, data_dict: DataDict) -> AuthResult:
    """A reviewer of the data owner who does not apply."""
    row = model.Session.get(RequestPerson, data_dict["id"])
    request = model.Session.get(Request, data_dict["request_id"])
    if row is None or request is None or row.application_id != request.application_id:
        return {"success": False}
    user_id = people.actor_id(context)
    apart = user_id not in (request.user_id, row.user_id)
    return {"success": apart and "request_review" in who.capacities(request, user_id)}
