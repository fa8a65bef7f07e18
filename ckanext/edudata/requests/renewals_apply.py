"""Going on with data after the period: a new application tied to a report of use."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import aliased

from ckanext.edudata import transactions
from ckanext.edudata.requests import book, drafts_apply, filling_apply, states
from ckanext.edudata.requests.model import Request

Old = aliased(Request)
_FAR = datetime.datetime(9000, 1, 1, tzinfo=datetime.timezone.utc)
KEPT = ("purpose", "scenario", "security", "results", "fields_reason", "way_reason")


def renew(request: Request) -> dict[str, Any]:
    """A draft that goes on from the grant of *request*; facts for the table.

    Fields, rows and way are those that were granted; the last day is left open.
    """
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
    """A renewal is asked for in time: its grant goes on while it is decided.

    At most `ckanext.edudata.delivery.extend_days` beyond its end. `decided` of the old
    request keeps that end as `granted_until`.
    """
    old = _old(part)
    if old is None or old.state != "active" or not old.decided:
        return
    grants = tk.get_action("edudata_grant_extend")(
        _inner(), {"request_id": old.id, "until": _FAR}
    )
    ends = [datetime.datetime.fromisoformat(grant["until"]) for grant in grants]
    if not ends:
        return
    last = max(ends) - datetime.timedelta(seconds=1)
    until = last.astimezone(tk.h.get_display_timezone()).date().isoformat()
    if until > old.decided["until"]:
        before = old.decided.get("granted_until") or old.decided["until"]
        old.decided = {**old.decided, "until": until, "granted_until": before}


def settle(part: Request) -> bool:
    """Once a renewal is decided, the old grant ends as it was decided to end."""
    old = _old(part)
    if old is None or part.state in states.UNDECIDED:
        return False
    if not old.decided or "granted_until" not in old.decided:
        return False
    decided = dict(old.decided)
    decided["until"] = decided.pop("granted_until")
    old.decided = decided
    if old.state in ("active", "frozen") and book.state_now(old) == "expired":
        book.let_time_pass(old)
        tk.get_action("edudata_grant_move")(
            _inner(), {"request_id": old.id, "state": "expired"}
        )
    return True


def settle_all() -> int:
    """The same for renewals that time alone has ended; how many."""
    query = sa.select(Request).where(
        Request.renews.is_not(None),
        Request.renews.in_(
            sa.select(Old.id).where(Old.decided.has_key("granted_until"))
        ),
        Request.state.not_in(states.UNDECIDED),
    )
    done = 0
    for part in list(model.Session.scalars(query)):
        # A later renewal of the same may be waiting.
        if not undecided(str(part.renews)):
            with transactions.whole():
                done += settle(part)
    return done


def _old(part: Request) -> Request | None:
    """The request that is renewed, held."""
    if not part.renews:
        return None
    old = model.Session.get(Request, part.renews)
    if old is not None:
        book.lock(old)
    return old


def _inner() -> Any:
    return {"ignore_auth": True, "user": "", "defer_commit": True}
