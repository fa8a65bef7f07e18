"""Who may see attachments: the applicant, and those who decide about a part."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.requests import keeping_attachments
from ckanext.edudata.requests.model import Application
from ckanext.edudata.requests.model_applicants import Attachment
from ckanext.edudata.units import people


def _owns(context: Context, application_id: str) -> bool:
    user_id = people.actor_id(context)
    application = model.Session.get(Application, application_id)
    return bool(user_id and application and application.user_id == user_id)


@tk.auth_sysadmins_check
def edudata_attachment_create(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant."""
    return {"success": _owns(context, data_dict["application_id"])}


@tk.auth_sysadmins_check
def edudata_attachment_list(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant, and those who decide about a part."""
    application_id = data_dict["application_id"]
    if _owns(context, application_id):
        return {"success": True}
    user_id = people.actor_id(context)
    part = user_id and keeping_attachments.part_for(application_id, user_id)
    return {"success": bool(part)}


@tk.auth_sysadmins_check
def edudata_attachment_show(context: Context, data_dict: DataDict) -> AuthResult:
    """As for the list of its application."""
    row = model.Session.get(Attachment, data_dict["id"])
    if row is None:
        return {"success": False}
    return edudata_attachment_list(context, {"application_id": row.application_id})


@tk.auth_sysadmins_check
def edudata_attachment_take_back(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant."""
    row = model.Session.get(Attachment, data_dict["id"])
    return {"success": row is not None and _owns(context, row.application_id)}
