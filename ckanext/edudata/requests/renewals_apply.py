"""Going on with data after the period: a new application tied to a report of use."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import book, drafts_apply, filling_apply, states
from ckanext.edudata.requests.model import Request

KEPT = ("purpose", "scenario", "security", "results", "fields_reason", "way_reason")


def renew(request: Request) -> dict[str, Any]:
    """A draft that goes on from the grant of *request*; facts for the table.

    Fields, rows and way are those that were granted; the last day is left open.
    """
    drafts_apply.lock_of(request.id)
    waiting = undecided(request.id)
    filed = reported(request.id)
    detail: dict[str, Any] = {}
    if filed and not waiting and request.state == "active":
        data = filling_apply.released(request.resource_id)
        drafts_apply.none_open(request.user_id, request.resource_id)
        part = drafts_apply.add(drafts_apply.begin(request.user_id), data)
        part.renews = request.id
        part.applicant_kind = request.applicant_kind
        part.form = _form(request, filling_apply.types(data))
        detail = {"renewal": part.number}
    return {"reported": filed, "renewing": waiting, "detail": detail}


def _form(request: Request, columns: dict[str, str]) -> dict[str, Any]:
    decided = request.decided or {}
    kept = {name: request.form[name] for name in KEPT if request.form.get(name)}
    return {
        **kept,
        # A later version may lack a column.
        "fields": [name for name in decided.get("fields", []) if name in columns],
        "rows": {
            name: wanted
            for name, wanted in (decided.get("rows") or {}).items()
            if name in columns
        },
        "way": decided.get("way") or "interface",
    }


def undecided(request_id: str) -> bool:
    """Whether a renewal of this is begun or being decided."""
    query = sa.select(Request).where(
        Request.renews == request_id, Request.state.in_(states.UNDECIDED)
    )
    return any(
        book.state_now(part) in states.UNDECIDED
        for part in model.Session.scalars(query)
    )


def of(request_id: str) -> Request | None:
    """The last renewal of a request."""
    query = sa.select(Request).where(Request.renews == request_id)
    return model.Session.scalar(query.order_by(Request.created_at.desc()).limit(1))


def reported(request_id: str) -> bool:
    """Whether the report of use was filed; where none can be filed it was not."""
    try:
        show = tk.get_action("edudata_use_report_show")
    except KeyError:
        return False
    try:
        found = show({"ignore_auth": True}, {"request_id": request_id})
    except tk.ObjectNotFound:
        return False
    return bool(found.get("filed_at"))


def sent(part: Request) -> None:
    """A renewal asked in time: its grant goes on while it is decided."""
