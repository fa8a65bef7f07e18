"""Which agreement is in force, and who accepted it."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import sealed, terms_agreements
from ckanext.edudata.requests.model_agreements import Acceptance, Agreement
from ckanext.edudata.requests.terms_agreements import Terms

LONGEST_NAME = 100


def in_force(at: datetime.datetime | None = None) -> Terms:
    """The agreement that is to be accepted now."""
    at = at or datetime.datetime.now(datetime.timezone.utc)
    row = model.Session.scalar(
        sa.select(Agreement)
        .where(Agreement.starts <= at)
        .order_by(Agreement.version.desc())
        .limit(1)
    )
    return _terms(row) if row else terms_agreements.STANDARD


def find(version: Any) -> Terms:
    """A version, whether in force or not.

    :raises ObjectNotFound: there is none
    """
    if str(version) == terms_agreements.FIRST:
        return terms_agreements.STANDARD
    number = int(version) if str(version).isdecimal() else 0
    # Beyond the range of the column nothing can be.
    row = model.Session.get(Agreement, number) if number < 2**31 else None
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such version of the agreement"))
    return _terms(row)


def _terms(row: Agreement) -> Terms:
    return Terms(str(row.version), row.text_zh, row.text_en, row.digest)


def accept(
    application_id: str, user_id: str, *, name: str = "", attachment_id: str = ""
) -> Acceptance:
    """Note that the agreement in force was accepted, in the open transaction.

    The same acceptance given once more is the same one.

    :param name: as typed beside the tick, or `attachment_id`: the stamped page
    :raises ValidationError: the name cannot be kept
    """
    terms = in_force()
    way = "page" if attachment_id else "name"
    for known in _of(application_id, user_id, terms, way):
        same = known.attachment_id == attachment_id if attachment_id else False
        if same or (name and name_of(known) == name):
            return known
    row = Acceptance(
        application_id=application_id,
        user_id=user_id,
        version=terms.version,
        digest=terms.digest,
        way=way,
        sealed="",
        attachment_id=attachment_id or None,
    )
    model.Session.add(row)
    model.Session.flush()
    try:
        row.sealed = sealed.seal(name, row.place)
    except sealed.SealError as error:
        raise tk.ValidationError({"agreed_name": [tk._(str(error))]}) from None
    model.Session.flush()
    return row


def _of(application_id: str, user_id: str, terms: Terms, way: str) -> list[Acceptance]:
    return list(
        model.Session.scalars(
            sa.select(Acceptance).where(
                Acceptance.application_id == application_id,
                Acceptance.user_id == user_id,
                Acceptance.version == terms.version,
                Acceptance.way == way,
            )
        )
    )


def name_of(row: Acceptance) -> str:
    """The name that was typed; empty where it cannot be read any more."""
    try:
        return sealed.unseal(row.sealed, row.place)
    except sealed.SealError:
        return ""


def shown(acceptance_id: str | None) -> dict[str, Any] | None:
    """An acceptance for those who may see the application.

    :returns: `{version, digest, way, name, attachment_id, accepted_at}`
    """
    row = model.Session.get(Acceptance, acceptance_id) if acceptance_id else None
    if row is None:
        return None
    return {
        "version": row.version,
        "digest": row.digest,
        "way": row.way,
        "name": name_of(row),
        "attachment_id": row.attachment_id,
        "accepted_at": row.accepted_at.isoformat(),
    }
