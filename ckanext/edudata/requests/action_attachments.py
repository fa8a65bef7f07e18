"""Attachments of applications: looked through, encrypted, seen by those who decide."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.model.types import make_uuid
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.requests import (
    book,
    drafts_apply,
    keeping_applicants,
    store_attachments,
)
from ckanext.edudata.requests import keeping_attachments as keeping
from ckanext.edudata.requests import reading_attachments as reading
from ckanext.edudata.requests import schema_attachments as schema
from ckanext.edudata.requests.model_agreements import Acceptance
from ckanext.edudata.requests.model_applicants import Attachment
from ckanext.edudata.units import people

Shown = dict[str, Any]


@validate(schema.create)
def edudata_attachment_create(context: Context, data_dict: DataDict) -> Shown:
    """Attach a file to an application that is a draft or was returned (applicant).

    The file is looked through first: PDF, DOCX, JPEG or PNG by its content, without
    macros, scripts or files in it. It is kept encrypted.

    :param application_id: the application
    :param kind: `attachment`, or `agreement_page`: the stamped page (盖章)
    :param upload: the file
    :returns: `{id, application_id, kind, name, type, size, sha256, created_at}`
    :raises ValidationError: it is not taken, with what to do; the portal has no key
    """
    user_id = reading.allowed(context, "edudata_attachment_create", data_dict)
    keeping_applicants.refuse_without_key()
    taken = keeping.take(data_dict.get("upload"))
    attachment_id = make_uuid()
    try:
        with transactions.whole():
            row = _attached(attachment_id, user_id, data_dict, taken)
    except Exception:
        # Without its row nobody has its key; it goes all the same.
        store_attachments.remove(attachment_id)
        raise
    return keeping.shown(row)


def _attached(
    attachment_id: str, user_id: str, data_dict: DataDict, taken: keeping.Taken
) -> Attachment:
    application = drafts_apply.locked(data_dict["application_id"], user_id)
    _changeable(application.id)
    most = tk.config["ckanext.edudata.attachments.most"]
    if len(keeping.listed(application.id)) >= most:
        raise keeping.refuse("too_many", most=most)
    row, secret = keeping.add(
        attachment_id, application.id, user_id, data_dict["kind"], taken
    )
    trail.record(
        "attachment_create",
        actor_id=user_id,
        object_type="attachment",
        object_id=row.id,
        detail={
            "application": application.id,
            "kind": row.kind,
            "size": row.size,
            "sha256": row.sha256,
        },
    )
    store_attachments.keep(row.id, secret, taken.content)
    return row


@tk.side_effect_free
@validate(schema.of_application)
def edudata_attachment_list(context: Context, data_dict: DataDict) -> list[Shown]:
    """Files of an application, oldest first (applicant, and those who decide).

    :param application_id: the application
    :returns: `[{id, application_id, kind, name, type, size, sha256, created_at}]`
    """
    reading.allowed(context, "edudata_attachment_list", data_dict)
    return [keeping.shown(row) for row in keeping.listed(data_dict["application_id"])]


@tk.side_effect_free
@validate(schema.by_id)
def edudata_attachment_show(context: Context, data_dict: DataDict) -> Shown:
    """One file, with the address that its bytes are downloaded from.

    :param id: its id
    :returns: as a line of `edudata_attachment_list`, and `url`
    """
    row = reading.found(context, "edudata_attachment_show", data_dict)
    url = tk.h.url_for("edudata_attachments.download", id=row.id, _external=True)
    return {**keeping.shown(row), "url": url}


@validate(schema.by_id)
def edudata_attachment_take_back(context: Context, data_dict: DataDict) -> Shown:
    """Take a file back while the application is a draft or was returned (applicant).

    Its key and bytes are gone at once.

    :param id: its id
    :returns: `{taken_back: id}`
    """
    row = reading.found(context, "edudata_attachment_take_back", data_dict)
    user_id = people.actor_id(context) or ""
    attachment_id = row.id
    with transactions.whole():
        drafts_apply.locked(row.application_id, user_id)
        _changeable(row.application_id)
        model.Session.refresh(row, with_for_update=True)
        row.taken_back_at, row.sealed = book.now(), ""
        _unsigned(attachment_id, row.application_id)
        trail.record(
            "attachment_take_back",
            actor_id=user_id,
            object_type="attachment",
            object_id=attachment_id,
            detail={"application": row.application_id},
        )
    store_attachments.remove(attachment_id)
    return {"taken_back": attachment_id}


def _unsigned(attachment_id: str, application_id: str) -> None:
    """Terms that were accepted by this page are no longer accepted."""
    by_it = sa.select(Acceptance.id).where(Acceptance.attachment_id == attachment_id)
    signed = set(model.Session.scalars(by_it))
    for part in keeping.parts(application_id):
        if part.acceptance_id in signed and book.state_now(part) in keeping.OPEN:
            part.agreed_terms = part.acceptance_id = None


def _changeable(application_id: str) -> None:
    states = {book.state_now(part) for part in keeping.parts(application_id)}
    if not states.intersection(keeping.OPEN):
        words = tk._(
            "Attachments change while an application is a draft or was returned to be "
            "corrected. Withdraw it, or ask for its return."
        )
        raise tk.ValidationError({"upload": [words]})
