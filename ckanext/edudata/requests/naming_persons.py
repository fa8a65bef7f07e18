"""The people whom a body names to work with the data: rows, accounts and grants."""

from __future__ import annotations

import datetime
import json
from contextlib import suppress
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import keeping_applicants, retention_applicants, sealed
from ckanext.edudata.requests.model import Application, Request, RequestEvent
from ckanext.edudata.requests.model_applicants import RequestPerson

OPEN = ("invited", "confirmed")
"""States in which a person is asked or works with the data."""


def parts(application_id: str, lock: bool = False) -> list[Request]:
    """Parts of an application; with *lock* nobody decides about them meanwhile."""
    query = sa.select(Request).where(Request.application_id == application_id)
    query = query.order_by(Request.id)
    return list(model.Session.scalars(query.with_for_update() if lock else query))


def rows(application_id: str) -> list[RequestPerson]:
    """All people ever named in an application, the first first."""
    query = sa.select(RequestPerson).where(
        RequestPerson.application_id == application_id
    )
    order = query.order_by(RequestPerson.invited_at, RequestPerson.id)
    return list(model.Session.scalars(order))


def account(given: str) -> str | None:
    """Id of the active account with this name or mail address."""
    user: Any = model.User
    wanted = user.name == given
    if "@" in given:
        wanted = sa.func.lower(user.email) == given.lower()
    query = sa.select(user.id).where(wanted, user.state == "active")
    return model.Session.scalar(query.limit(1))


def seal(row: RequestPerson, given: str, name: str) -> None:
    """Keep what was typed of a person."""
    words = json.dumps({"given": given, "name": name}, ensure_ascii=False)
    try:
        row.sealed = sealed.seal(words, row.place)
    except sealed.SealError as error:
        raise keeping_applicants.unusable(error) from None


def opened(row: RequestPerson) -> dict[str, str]:
    """What was typed of a person; empty where no key opens it."""
    with suppress(sealed.SealError):
        return json.loads(sealed.unseal(row.sealed, row.place))
    return {"given": "", "name": ""}


def confirmed(application_id: str) -> list[str]:
    """Ids of the people who have confirmed and whose accounts are active."""
    user: Any = model.User
    query = (
        sa.select(RequestPerson.user_id)
        .join(user, user.id == RequestPerson.user_id)
        .where(
            RequestPerson.application_id == application_id,
            RequestPerson.state == "confirmed",
            user.state == "active",
        )
        .order_by(RequestPerson.invited_at, RequestPerson.id)
    )
    return [found for found in model.Session.scalars(query) if found]


def waiting(user_id: str) -> int:
    """How many bodies wait for this person's answer."""
    query = (
        sa.select(sa.func.count())
        .select_from(RequestPerson)
        .join(Application, Application.id == RequestPerson.application_id)
        .where(RequestPerson.user_id == user_id, RequestPerson.state == "invited")
    )
    return model.Session.scalar(query) or 0


def to_begin_with(request: Request) -> list[str]:
    """Those for whom a grant begins: named before it was decided, and confirmed."""
    decided = decided_at(request)
    early = {
        row.user_id
        for row in rows(request.application_id)
        if decided is None or row.invited_at <= decided
    }
    return [user for user in confirmed(request.application_id) if user in early]


def decided_at(request: Request) -> datetime.datetime | None:
    """When this part was approved, for the last time."""
    query = sa.select(sa.func.max(RequestEvent.at)).where(
        RequestEvent.request_id == request.id,
        RequestEvent.command.in_(("approve", "overturn")),
    )
    return model.Session.scalar(query)


def held(request: Request) -> bool:
    """Whether data are had under this part."""
    return request.state in retention_applicants.HELD


def readers(request: Request) -> set[str]:
    """Ids of those who may read under this part now."""
    applicant = model.User.get(request.user_id)
    context: Any = {"ignore_auth": True, "user": applicant.name if applicant else ""}
    found = tk.get_action("edudata_grant_list")(context, {"request_id": request.id})
    return {
        person["user_id"]
        for grant in found["results"]
        for person in grant["persons"]
        if not person["ended_at"]
    }


def let_read(inner: Any, request: Request, user_id: str) -> None:
    """Let a person read under this part, in the open transaction."""
    tk.get_action("edudata_grant_person_add")(
        inner, {"request_id": request.id, "user_id": user_id}
    )


def stop_reading(inner: Any, request: Request, user_id: str) -> None:
    """Let a person read under this part no longer, in the open transaction."""
    tk.get_action("edudata_grant_person_end")(
        inner, {"request_id": request.id, "user_id": user_id}
    )


def provisioned(inner: Any, request: Request) -> None:
    """After a grant was made: where a body has named people and none has confirmed
    yet, nobody reads until one has; its applicant is no exception."""
    if keeping_applicants.kind(request.user_id) == "natural":
        return
    asked = any(row.state in OPEN for row in rows(request.application_id))
    if asked and not to_begin_with(request):
        stop_reading(inner, request, request.user_id)
