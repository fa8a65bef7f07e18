"""The people named, as pages and the API show them to each side."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import applying, book
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests import naming_persons as naming
from ckanext.edudata.requests.model import Application, Request
from ckanext.edudata.requests.model_applicants import RequestPerson

Shown = dict[str, Any]


def line(row: RequestPerson, *, named: bool) -> Shown:
    """To the applicant and to those who decide. Whose account it is shows only once
    that person has answered."""
    found: Shown = {
        "id": row.id,
        "user_id": row.user_id if row.answered_at else None,
        "state": row.state,
        "invited_at": row.invited_at.isoformat(),
        "answered_at": _iso(row.answered_at),
        "ended_at": _iso(row.ended_at),
        "agreed_terms": row.agreed_terms,
    }
    if named:
        found |= naming.opened(row)
        found["account"] = _account(row)
    return found


def _account(row: RequestPerson) -> str:
    user = model.User.get(row.user_id) if row.user_id and row.answered_at else None
    return f"{user.display_name} ({user.name})" if user else ""


def mine(user_id: str) -> list[Shown]:
    """To the person named: of all their namings, the newest first."""
    # A draft that was discarded is nobody's any more.
    query = (
        sa.select(RequestPerson)
        .join(Application, Application.id == RequestPerson.application_id)
        .where(RequestPerson.user_id == user_id)
    )
    rows = model.Session.scalars(query.order_by(RequestPerson.invited_at.desc()))
    return [of(row) for row in rows]


def of(row: RequestPerson) -> Shown:
    """One naming, to the person named: the body, the data, what for and how long."""
    application = model.Session.get(Application, row.application_id)
    parts = naming.parts(row.application_id)
    form = parts[0].form if parts else {}
    return {
        "id": row.id,
        "state": row.state,
        "number": application.number if application else "",
        "body": _body(application),
        "purpose": form.get("purpose", ""),
        "scenario": form.get("scenario", ""),
        "parts": [_part(part, row) for part in parts],
        "invited_at": row.invited_at.isoformat(),
        "answered_at": _iso(row.answered_at),
        "ended_at": _iso(row.ended_at),
        "agreed_terms": row.agreed_terms,
    }


def _body(application: Application | None) -> str:
    """Who names one has to be told; it is the name of a body."""
    applicant = keeping.get(application.user_id) if application else None
    with suppress(tk.ValidationError):
        return keeping.opened(applicant)["name"] if applicant else ""
    return ""


def _part(part: Request, row: RequestPerson) -> Shown:
    package = model.Package.get(part.dataset_id)
    asked = part.decided or part.form
    state = book.state_now(part)
    return {
        "dataset_name": package.name if package else "",
        "dataset_title": package.title if package else "",
        "fields": _labels(part, asked.get("fields") or []),
        "until": asked.get("until") or "",
        "state": state,
        "reads": state == "active" and row.user_id in naming.readers(part),
    }


def _labels(part: Request, fields: list[str]) -> list[str]:
    try:
        columns = applying.released(part.resource_id)["columns"]
    except tk.ObjectNotFound:
        return fields
    labels = {column["id"]: column["label"] for column in columns}
    return [labels.get(field, field) for field in fields]


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
