"""What a person is to an application: the facts that `states.step` judges."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import states
from ckanext.edudata.requests.model import Request, RequestEvent
from ckanext.edudata.units import people, tree, who_may

PERMISSIONS = tuple(name for name in states.WHO if name in who_may.PERMISSIONS)
SEE = frozenset().union(*(who_may.roles_for(name) for name in PERMISSIONS))


def capacities(request: Request, user_id: str | None) -> frozenset[str]:
    """Capacities of `states.WHO` that the person has for this application."""
    if not user_id:
        return frozenset()
    found = {
        name
        for name in PERMISSIONS
        if people.holds(user_id, who_may.roles_for(name), request.unit_id)
    }
    above = superior(request.unit_id)
    if above and people.holds(user_id, who_may.roles_for("request_review"), above):
        found.add("superior")
    if request.user_id == user_id:
        found.add("applicant")
    return frozenset(found)


def superior(unit_id: str) -> str | None:
    """The unit above, whose reviewers decide in the end."""
    above = tree.with_superiors(unit_id)[1:]
    return above[0] if above else None


def facts(request: Request, user_id: str | None, **known: Any) -> states.Facts:
    """All that is known of the person and the application; *known* adds the rest."""
    gave = set(
        model.Session.scalars(
            sa.select(RequestEvent.command).where(
                RequestEvent.request_id == request.id,
                RequestEvent.actor_id == user_id,
            )
        )
    )
    found: dict[str, Any] = {
        "capacities": capacities(request, user_id),
        "applicant": request.user_id == user_id,
        "refused_it": bool(gave & {"refuse", "uphold"}),
        "approved_it": bool(gave & {"approve", "overturn"}),
        "took_part": bool(gave),
        "appealed": request.appealed,
        "has_superior": superior(request.unit_id) is not None,
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
