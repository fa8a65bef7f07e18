"""What a person is to an application: the facts that `states.step` judges."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import states
from ckanext.edudata.requests.model import Request, RequestEvent
from ckanext.edudata.requests.model_applicants import RequestPerson
from ckanext.edudata.units import people, tree, who_may

PERMISSIONS = tuple(name for name in states.WHO if name in who_may.PERMISSIONS)
SEE = frozenset().union(*(who_may.roles_for(name) for name in PERMISSIONS))
REVIEWERS = who_may.roles_for("request_review")
REFUSALS = ("refuse", "uphold")
DECIDE = {"request_review", "request_consent", "request_mediate", "superior"}


def capacities(request: Request, user_id: str | None) -> frozenset[str]:
    """Capacities of `states.WHO` that the person has for this application."""
    if not user_id:
        return frozenset()
    found = of_unit(request.unit_id, user_id)
    if user_id in named(request):
        found -= DECIDE
    if not reviews(request.unit_id, user_id, apart(request)):
        found.discard("request_review")
    if request.user_id == user_id:
        found.add("applicant")
    return frozenset(found)


def of_unit(unit_id: str, user_id: str) -> set[str]:
    """Capacities that a person has for all applications to a unit, whosever turn it
    is."""
    found = {
        name
        for name in PERMISSIONS
        if people.holds(user_id, who_may.roles_for(name), unit_id)
    }
    above = superior(unit_id)
    if above and people.holds(user_id, REVIEWERS, above):
        found.add("superior")
    return found


def named(request: Request) -> set[str]:
    """Ids of the people who are to work with the data: they decide nothing here."""
    found = model.Session.scalars(
        sa.select(RequestPerson.user_id).where(
            RequestPerson.application_id == request.application_id,
            RequestPerson.user_id.is_not(None),
        )
    )
    return set(filter(None, found))


def apart(request: Request) -> set[str]:
    """Ids of those who may not review it: who applies or is to work with the data, and
    who refused it."""
    refused = model.Session.scalars(
        sa.select(RequestEvent.actor_id).where(
            RequestEvent.request_id == request.id, RequestEvent.command.in_(REFUSALS)
        )
    )
    return {request.user_id, *named(request), *filter(None, refused)}


def reviews(unit_id: str, user_id: str, without: set[str]) -> bool:
    """Whether it is for this reviewer, or one nearer to the unit, to review.

    Roles reach down the tree; yet a unit that has a reviewer decides itself, so that
    its superior is there for those who were refused. Where nobody is left, being the
    applicant or having refused, those of the next unit above review.

    :param without: ids of those who may not
    """
    line = tree.reached_from(unit_id)
    free = people.responsible(unit_id, REVIEWERS, without)
    if not free:
        return True
    return _place(line, user_id) <= _place(line, free[0])


def _place(line: list[str], user_id: str) -> int:
    places = set(people.units_where(user_id, REVIEWERS))
    return next((n for n, unit in enumerate(line) if unit in places), len(line))


def superior(unit_id: str) -> str | None:
    """The unit above, whose reviewers decide in the end."""
    above = tree.with_superiors(unit_id)[1:]
    return above[0] if above else None


def overdue(request: Request) -> bool:
    """Whether the owner let the time pass: then the superior may decide."""
    from ckanext.edudata.requests import book

    if not tk.config["ckanext.edudata.requests.superior_when_overdue"]:
        return False
    last = book.due(request, request.state)
    return last is not None and book.today() > last


def facts(request: Request, user_id: str | None, **known: Any) -> states.Facts:
    """All that is known of the person and the application; *known* adds the rest."""
    gave = model.Session.execute(
        sa.select(RequestEvent.command, RequestEvent.source).where(
            RequestEvent.request_id == request.id, RequestEvent.actor_id == user_id
        )
    )
    found: dict[str, Any] = {
        "capacities": capacities(request, user_id),
        "applicant": request.user_id == user_id,
        "has_superior": superior(request.unit_id) is not None,
    }
    parts = [(command, source) for command, source in gave]
    return with_parts(request, parts, **{**found, **known})


def with_parts(
    request: Request, parts: list[tuple[str, str | None]], **known: Any
) -> states.Facts:
    """Facts of what this person did before: commands, and the states they came from."""
    names = {command for command, _ in parts}
    found: dict[str, Any] = {
        "refused_it": not names.isdisjoint(REFUSALS),
        "approved_it": not names.isdisjoint(("approve", "overturn")),
        # Notes made while mediating are mediation, not a part in what went before.
        "took_part": any(
            command not in states.BESIDE or source != "mediation"
            for command, source in parts
        ),
        "appealed": request.appealed,
        "overdue": overdue(request),
    }
    return states.Facts(**{**found, **known})


def may_see(request: Request, user_id: str | None) -> bool:
    """The applicant; and once it is submitted, those who have a part in deciding."""
    if not user_id:
        return False
    if request.user_id == user_id:
        return True
    return request.submitted_at is not None and people.holds(
        user_id, SEE, request.unit_id
    )


def may_review(request: Request, user_id: str | None) -> bool:
    """Whether the person sees it as one of those who decide, not as its applicant."""
    return request.user_id != user_id and may_see(request, user_id)
