"""Who works on applications beside their decision."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.requests import who
from ckanext.edudata.requests.model import Request
from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_request_case_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who have a part in deciding it, never the applicant."""
    request = model.Session.get(Request, data_dict["id"])
    user_id = people.actor_id(context)
    return {"success": request is not None and who.may_review(request, user_id)}


@tk.auth_sysadmins_check
def edudata_request_inbox(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who have a part in deciding for some unit."""
    return {"success": people.holds(people.actor_id(context), who.SEE, None)}


@tk.auth_sysadmins_check
def edudata_request_bulk(context: Context, data_dict: DataDict) -> AuthResult:
    """As the inbox; each application is judged by itself."""
    return edudata_request_inbox(context, data_dict)


@tk.auth_sysadmins_check
def edudata_request_reason_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who have a part in deciding for the unit."""
    holds = people.holds(people.actor_id(context), who.SEE, data_dict["unit_id"])
    return {"success": holds}


@tk.auth_sysadmins_check
def edudata_request_reason_save(context: Context, data_dict: DataDict) -> AuthResult:
    """Reviewers of the unit."""
    return people.may(context, "request_review", data_dict["unit_id"])


@tk.auth_sysadmins_check
def edudata_request_reason_end(context: Context, data_dict: DataDict) -> AuthResult:
    """Reviewers of the unit."""
    return people.may(context, "request_review", data_dict["unit_id"])
