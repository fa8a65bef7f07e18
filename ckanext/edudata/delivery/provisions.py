"""Keeping applications to hand data on to third parties (Art. 31)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.delivery import provision_rules
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_after import Provision
from ckanext.edudata.requests import book

PLAIN = (
    *("id", "number", "grant_id", "request_id", "user_id", "unit_id"),
    *("dataset_id", "form", "words"),
)


def get(provision_id: str, *, lock: bool = False) -> Provision:
    """An application as it stands in the database.

    :raises ObjectNotFound: there is none
    """
    row = model.Session.get(
        Provision, provision_id, populate_existing=True, with_for_update=lock or None
    )
    if row is None:
        raise not_found()
    return row


def not_found() -> tk.ObjectNotFound:
    return tk.ObjectNotFound(tk._("There is no such application"))


def state_now(row: Provision) -> str:
    """Silence is no consent: what was not decided in time is refused."""
    return provision_rules.state_now(row.state, row.due, book.today())


def last_day(grant: Grant) -> datetime.date:
    last = grant.granted_until - datetime.timedelta(seconds=1)
    return last.astimezone(tk.h.get_display_timezone()).date()


def move(row: Provision, command: str, state: str, actor_id: str | None) -> None:
    """Decide it, in the open transaction."""
    row.state, row.decided_by, row.decided_at = state, actor_id, book.now()
    record(command, actor_id, row, {"to": state})


def record(
    command: str, actor_id: str | None, row: Provision, detail: dict[str, Any]
) -> None:
    trail.record(
        f"provision_{command}",
        actor_id=actor_id,
        object_type="provision",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"grant": row.grant_id, "request": row.request_id, **detail},
    )


def shown(row: Provision, user_id: str | None) -> dict[str, Any]:
    """An application as its actions return it; who decided is not told to who asked."""
    package = model.Package.get(row.dataset_id)
    grant = model.Session.get(Grant, row.grant_id)
    columns = grant.columns if grant else []
    labels = {each["id"]: each.get("label") or each["id"] for each in columns}
    state = state_now(row)
    found = {
        **{name: getattr(row, name) for name in PLAIN},
        "request_number": grant.request_number if grant else "",
        "grant_state": grant.state if grant else "",
        "dataset_title": package.title if package else "",
        "labels": labels,
        "state": state,
        "mine": row.user_id == user_id,
        "asked_at": row.asked_at.isoformat(),
        "due": row.due.isoformat(),
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
    }
    if row.user_id != user_id:
        user = model.User.get(row.user_id)
        found["applicant"] = user.display_name if user else ""
        found["decided_by"] = row.decided_by
    return found


def waiting(*, before: datetime.date | None = None, grant_id: str = "") -> list[str]:
    """Ids of those that wait, or that waited until before a day."""
    query = sa.select(Provision.id).where(Provision.state == "waiting")
    if before:
        query = query.where(Provision.due < before)
    if grant_id:
        query = query.where(Provision.grant_id == grant_id)
    return list(model.Session.scalars(query))


def consented(grant_ids: list[str]) -> list[Provision]:
    """Third parties that hold data of these grants by consent."""
    query = sa.select(Provision).where(
        Provision.grant_id.in_(grant_ids), Provision.state == "consented"
    )
    return list(model.Session.scalars(query.order_by(Provision.decided_at)))
