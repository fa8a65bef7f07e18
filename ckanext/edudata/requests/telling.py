"""Who is told of what happens to an application."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.feedback import telling
from ckanext.edudata.requests import book, states, told_clocks, who
from ckanext.edudata.requests.model import Request, RequestEvent
from ckanext.edudata.requests.model_applicants import RequestPerson
from ckanext.edudata.units import people, who_may


def after(
    request: Request, transition: states.Transition, actor_id: str | None
) -> None:
    """Notices of a step, in its transaction; those of the state left are done.

    The mails go with the next sweep, within a minute (`edudata_notice_send`), so that
    what is rolled back is told to nobody.
    """
    if transition.target == transition.source:
        _said(request, transition.command, actor_id)
        return
    telling.done("request", request.id)
    step = (transition.command, transition.target)
    kind = told_clocks.APPLICANT.get(step)
    at_once = tk.config["ckanext.edudata.requests.provision_at_once"]
    in_a_moment = transition.target == "approved" and at_once
    if kind and not in_a_moment:
        note(request, kind, [request.user_id])
    told = told_clocks.AUTHORITY.get(step)
    if told and not in_a_moment:
        capacity, kind = told
        found = entitled(request, capacity)
        note(request, kind, [user for user in found if user != actor_id])
    if transition.command in told_clocks.PERSONS:
        note(request, told_clocks.PERSONS[transition.command], _named(request))
    if (transition.command, transition.source) in told_clocks.ABOVE:
        note(request, "review_decided", _owners(request))


def _said(request: Request, command: str, actor_id: str | None) -> None:
    """Of steps that change no state: an assignment, and a word to the other side."""
    if command == "assign":
        assigned = getattr(request, "assigned_to", None)
        if assigned and assigned != actor_id:
            note(request, "review_assigned", [assigned])
    elif command == "comment":
        last = model.Session.scalar(
            sa.select(RequestEvent)
            .where(RequestEvent.request_id == request.id)
            .order_by(RequestEvent.id.desc())
            .limit(1)
        )
        if last is None or last.detail.get("internal"):
            return
        if actor_id == request.user_id:
            note(request, "review_commented", handling(request))
        else:
            note(request, "request_commented", [request.user_id])


def note(
    request: Request, kind: str, users: list[str], last: datetime.date | None = None
) -> list[str]:
    """Tell people of an application.

    :param last: the day to name; else that by which somebody should act, or on which
        the use ends
    """
    due = last or book.due(request, request.state)
    detail: dict[str, Any] = {"number": request.number, "dataset": request.dataset_id}
    if due is None and request.state in ("active", "frozen"):
        due = last_day(request)
    if due is not None:
        detail["due"] = due.isoformat()
        if last is None and (years := book.provisional(request, due)):
            detail["provisional"] = years
    return telling.note(
        kind,
        users,
        unit_id=request.unit_id,
        object_type="request",
        object_id=request.id,
        detail=detail,
    )


def last_day(request: Request) -> datetime.date | None:
    """The last day on which the data may be read."""
    until = book.granted_until(request)
    if until is None:
        return None
    zone = tk.h.get_display_timezone()
    return until.astimezone(zone).date() - datetime.timedelta(days=1)


def entitled(request: Request, capacity: str, *, everybody: bool = False) -> list[str]:
    """Ids of the people who may act on it in this capacity.

    :param everybody: with those who have had a part in it
    """
    unit_id: str | None = request.unit_id
    permission = capacity
    if capacity == "superior":
        unit_id, permission = who.superior(request.unit_id), "request_review"
    if unit_id is None:
        return []
    apart = {request.user_id, *([] if everybody else _barred(request, capacity))}
    roles = who_may.roles_for(permission)
    return people.responsible(unit_id, roles, sorted(apart))


def _named(request: Request) -> list[str]:
    """Ids of the people who work with the data beside the applicant."""
    query = sa.select(RequestPerson.user_id).where(
        RequestPerson.application_id == request.application_id,
        RequestPerson.state == "confirmed",
        RequestPerson.user_id != request.user_id,
    )
    return [user_id for user_id in model.Session.scalars(query) if user_id]


def _owners(request: Request) -> list[str]:
    return entitled(request, "request_review", everybody=True)


def actors(request: Request) -> list[str]:
    """Ids of all people who may act on it in its state."""
    capacity = told_clocks.WAITING.get(request.state, "request_review")
    return [request.user_id] if capacity == "applicant" else entitled(request, capacity)


def handling(request: Request) -> list[str]:
    """Ids of the people whose turn it is: who it was assigned to, else all entitled."""
    capacity = told_clocks.WAITING.get(request.state, "request_review")
    found = actors(request)
    assigned = getattr(request, "assigned_to", None)
    mine = capacity == "request_review" and assigned in found
    return [assigned] if mine and assigned else found


def _barred(request: Request, capacity: str) -> set[str]:
    query = sa.select(RequestEvent.actor_id).where(
        RequestEvent.request_id == request.id, RequestEvent.actor_id.is_not(None)
    )
    if capacity != "request_mediate":
        commands = told_clocks.NOT.get(capacity, frozenset())
        query = query.where(RequestEvent.command.in_(commands))
    return {user_id for user_id in model.Session.scalars(query) if user_id}
