"""Applicants as they are kept: sealed and opened, needed and no longer needed."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import book, retention_applicants, sealed
from ckanext.edudata.requests import profile_applicants as profile
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_applicants import Applicant


def refuse_without_key() -> None:
    """Fail closed.

    :raises ValidationError: nothing can be sealed, with what the operator has to do
    """
    try:
        sealed.ring()
    except sealed.SealError as error:
        raise unusable(error) from None


def unusable(error: sealed.SealError) -> tk.ValidationError:
    """The same as CKAN's error."""
    return tk.ValidationError({"keys": [tk._(str(error))]})


def why(error: tk.ValidationError) -> str:
    """The sentence of `unusable`; empty where the error is another one."""
    found: Any = error.error_dict.get("keys")
    return str(found[0]) if found else ""


def get(user_id: str, lock: bool = False) -> Applicant | None:
    """The applicant behind an account."""
    query = sa.select(Applicant).where(Applicant.user_id == user_id)
    return model.Session.scalar(query.with_for_update() if lock else query)


def kind(user_id: str) -> str | None:
    """Kind of an applicant; None where nothing is kept."""
    query = sa.select(Applicant.kind).where(Applicant.user_id == user_id)
    return model.Session.scalar(query)


def opened(row: Applicant) -> dict[str, Any]:
    """What is kept of an applicant.

    :raises ValidationError: it cannot be opened
    """
    try:
        words = json.loads(sealed.unseal(row.sealed, row.place))
    except sealed.SealError as error:
        raise unusable(error) from None
    return {
        "user_id": row.user_id,
        "kind": row.kind,
        **{name: words.get(name, "") for name in profile.FIELDS},
        "version": row.version,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }


def store(row: Applicant, values: dict[str, str]) -> None:
    """Seal a profile into its row."""
    words = {name: values.get(name, "") for name in profile.FIELDS}
    row.kind = values["kind"]
    try:
        row.sealed = sealed.seal(json.dumps(words, ensure_ascii=False), row.place)
    except sealed.SealError as error:
        raise unusable(error) from None


def of_person(user_id: str, lock: bool = False) -> list[Request]:
    """All parts of applications of a person; with *lock* they stay as they are."""
    query = sa.select(Request).where(Request.user_id == user_id)
    if lock:
        query = query.order_by(Request.id).with_for_update()
    return list(model.Session.scalars(query))


def needed_until(requests: list[Request]) -> Any:
    """Last day on which somebody needs to know the applicant of these; or None."""
    keep = tk.config["ckanext.edudata.applicants.keep_days"]
    found = [
        retention_applicants.Part(
            state := book.state_now(request), request.since, book.due(request, state)
        )
        for request in requests
    ]
    return retention_applicants.needed_until(found, keep)


def live(requests: list[Request]) -> list[Request]:
    """Those about which somebody decides, or under which data are had."""
    return [r for r in requests if book.state_now(r) in retention_applicants.LIVE]
