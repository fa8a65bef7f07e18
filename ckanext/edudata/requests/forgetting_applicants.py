"""Deleting what is kept of an applicant, when nothing needs it any more."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.requests import book, retention_applicants, store_attachments
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests.model import Application, Request
from ckanext.edudata.requests.model_agreements import Acceptance
from ckanext.edudata.requests.model_applicants import (
    Applicant,
    Attachment,
    RequestPerson,
)

IDLE_DAYS = 180
"""Days after which a profile goes that no application ever needed."""


def forget(user_id: str, actor_id: str | None) -> list[str]:
    """Delete a person's profile, attachments and whom they named, in the transaction.

    :returns: files to remove once the transaction is done: `remove_files`
    """
    mine = sa.select(Request.application_id).where(Request.user_id == user_id)
    # The key goes with the row: a file that is left behind cannot be read any more.
    files = _deleted(Attachment, Attachment.user_id == user_id)
    # That somebody accepted the terms stays, with its version; the typed name goes.
    model.Session.execute(
        sa.update(Acceptance).where(Acceptance.user_id == user_id).values(sealed="")
    )
    named = _deleted(RequestPerson, RequestPerson.application_id.in_(mine))
    gone = _deleted(Applicant, Applicant.user_id == user_id)
    trail.record(
        "applicant_delete",
        actor_id=actor_id,
        object_type="applicant",
        object_id=user_id,
        detail={
            "profiles": len(gone),
            "attachments": len(files),
            "persons": len(named),
        },
    )
    return files


def _deleted(table: Any, which: Any) -> list[str]:
    key = sa.inspect(table).primary_key[0]
    query = sa.delete(table).where(which).returning(key)
    return list(model.Session.scalars(query))


def remove_files(ids: list[str]) -> None:
    """Remove encrypted files whose rows are gone."""
    for attachment_id in ids:
        store_attachments.remove(attachment_id)


def forget_what_nothing_needs(now: datetime.datetime | None = None) -> int:
    """Delete the profiles that nothing needs any more; how many. Twice does no harm."""
    now, done = now or book.now(), 0
    for user_id in _perhaps_due(now):
        with transactions.whole():
            files = _forget_if_due(user_id, now)
        if files is not None:
            remove_files(files)
            done += 1
    return done


def _perhaps_due(now: datetime.datetime) -> list[str]:
    """Profiles that were not touched for long, or whose account is gone, and that no
    application of the last years holds."""
    user: Any = model.User
    keep = tk.config["ckanext.edudata.applicants.keep_days"]
    active = sa.exists().where(user.id == Applicant.user_id, user.state == "active")
    held = sa.exists().where(
        Request.user_id == Applicant.user_id,
        sa.or_(
            Request.state.in_(retention_applicants.RUNNING - retention_applicants.HELD),
            sa.and_(
                Request.state.in_(retention_applicants.HAD_DATA),
                Request.since > now - datetime.timedelta(days=keep),
            ),
        ),
    )
    idle = Applicant.updated_at <= now - datetime.timedelta(days=IDLE_DAYS)
    query = sa.select(Applicant.user_id).where(sa.or_(idle, ~active), ~held)
    return list(model.Session.scalars(query))


def forget_discarded() -> list[str]:
    """Delete attachments and people of drafts that were discarded, in the transaction.

    :returns: files to remove afterwards
    """
    known = sa.select(Application.id)
    _deleted(RequestPerson, RequestPerson.application_id.not_in(known))
    return _deleted(Attachment, Attachment.application_id.not_in(known))


def _forget_if_due(user_id: str, now: datetime.datetime) -> list[str] | None:
    requests = keeping.of_person(user_id, lock=True)
    row = keeping.get(user_id, lock=True)
    if row is None:
        return None
    until = keeping.needed_until(requests)
    user = model.User.get(user_id)
    if user is not None and user.is_active:
        idle = (row.updated_at + datetime.timedelta(days=IDLE_DAYS)).date()
        until = max(until or idle, idle)
    if until is not None and until >= now.date():
        return None
    return forget(user_id, actor_id=None)
