"""Finding attachments for a person, and reading them, on record."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.requests import keeping_attachments as keeping
from ckanext.edudata.requests import looking_applicants
from ckanext.edudata.requests.model_applicants import Attachment
from ckanext.edudata.units import people


def read(context: Context, attachment_id: str) -> tuple[dict[str, Any], bytes]:
    """A file and its bytes, for the page; on record before the first of them.

    :raises ObjectNotFound: there is none, or not for this person
    """
    row = found(context, "edudata_attachment_show", {"id": attachment_id})
    user_id = people.actor_id(context)
    content = keeping.content(row)
    if user_id != row.user_id:
        with transactions.whole():
            part = keeping.part_for(row.application_id, user_id)
            if part is None:
                raise none(context)
            looking_applicants.on_record(part, user_id, "attachment")
    return keeping.shown(row), content


def allowed(context: Context, action: str, data_dict: DataDict) -> str:
    """Id of the person, who may call the action.

    :raises ObjectNotFound: not for them, `NotAuthorized`: not logged in
    """
    try:
        tk.check_access(action, context, data_dict)
    except tk.NotAuthorized:
        raise none(context) from None
    return people.actor_id(context) or ""


def found(context: Context, action: str, data_dict: DataDict) -> Attachment:
    """A file that was not taken back, for who may call the action."""
    allowed(context, action, data_dict)
    row = model.Session.get(Attachment, data_dict["id"])
    if row is None or row.taken_back_at is not None:
        raise none(context)
    return row


def none(context: Context) -> Exception:
    """One answer for what is not there and what is not for this person."""
    if people.actor_id(context) is None:
        return tk.NotAuthorized(tk._("Log in to see this."))
    return tk.ObjectNotFound(tk._("There is no such attachment"))
