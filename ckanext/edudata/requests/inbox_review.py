"""The inbox of those who decide: what waits for whom, by when."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import book, states, who
from ckanext.edudata.requests.model import Request, RequestEvent
from ckanext.edudata.requests.model_applicants import RequestPerson
from ckanext.edudata.units import people

WAITING = (
    *("submitted", "in_review", "awaiting_consent", "approved"),
    *("mediation", "superior_review"),
)
"""States in which somebody on the authority's side has to act."""

VIEWS = {
    "waiting": "Waiting for me",
    "mine": "Assigned to me",
    "unassigned": "Assigned to nobody",
    "overdue": "Overdue",
    "all": "All applications",
}
DUE = {
    "overdue": "Overdue",
    "today": "Due today",
    "week": "Due within 7 days",
}
_MOST = 5000


class Line(NamedTuple):
    request: Request
    days: int | None
    commands: list[str]

    @property
    def waits(self) -> bool:
        """Whether this person may do a step with it, and somebody must."""
        steps = set(self.commands).difference(states.BESIDE)
        return self.request.state in WAITING and bool(steps)


class Reader:
    """A person with what has been looked up of them, so that a long list asks the
    database once for each unit and not for each line."""

    def __init__(self, user_id: str) -> None:
        self.id = user_id
        self._units: dict[str, tuple[set[str], bool, list[str], bool]] = {}

    def _unit(self, unit_id: str) -> tuple[set[str], bool, list[str], bool]:
        if unit_id not in self._units:
            self._units[unit_id] = (
                who.of_unit(unit_id, self.id),
                who.superior(unit_id) is not None,
                people.responsible(unit_id, who.REVIEWERS),
                who.reviews(unit_id, self.id, set()),
            )
        return self._units[unit_id]

    def lines(self, requests: list[Request]) -> list[Line]:
        """The lines with what this person may do now."""
        parts = self._parts([request.id for request in requests])
        named = self._named([request.application_id for request in requests])
        return [
            Line(
                request,
                _days_left(request),
                _possible(
                    book.state_now(request),
                    self._facts(
                        request,
                        parts.get(request.id, []),
                        named.get(request.application_id, set()),
                    ),
                ),
            )
            for request in requests
        ]

    def _facts(
        self, request: Request, parts: list[tuple[str, str | None]], named: set[str]
    ) -> states.Facts:
        held, above, nearest, in_turn = self._unit(request.unit_id)
        capacities = frozenset(held)
        # What is so for a unit is so for each application, but for those in which
        # somebody near to the unit has a part of their own.
        apart = {request.user_id, *named}
        if request.appealed or self.id in apart or not apart.isdisjoint(nearest):
            capacities = who.capacities(request, self.id)
        elif not in_turn:
            capacities -= {"request_review"}
        return who.with_parts(
            request,
            parts,
            capacities=capacities,
            applicant=request.user_id == self.id,
            has_superior=above,
        )

    def _named(self, ids: list[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        query = sa.select(RequestPerson.application_id, RequestPerson.user_id).where(
            RequestPerson.application_id.in_(ids), RequestPerson.user_id.is_not(None)
        )
        for application_id, user_id in model.Session.execute(query):
            found.setdefault(application_id, set()).add(user_id)
        return found

    def _parts(self, ids: list[str]) -> dict[str, list[tuple[str, str | None]]]:
        found: dict[str, list[tuple[str, str | None]]] = {}
        query = sa.select(
            RequestEvent.request_id, RequestEvent.command, RequestEvent.source
        ).where(RequestEvent.actor_id == self.id, RequestEvent.request_id.in_(ids))
        for request_id, command, source in model.Session.execute(query):
            found.setdefault(request_id, []).append((command, source))
        return found


@lru_cache(maxsize=4096)
def _possible(state: str, facts: states.Facts) -> list[str]:
    """As `states.possible`: in a long list the same is asked again and again."""
    return states.possible(state, facts)


def _days_left(request: Request) -> int | None:
    last = book.due(request, book.state_now(request))
    return (last - book.today()).days if last else None


def seen(user_id: str) -> Any:
    """All that this person may see as one who decides; nobody's own."""
    return sa.select(Request).where(
        Request.unit_id.in_(people.all_units_where(user_id, who.SEE)),
        Request.submitted_at.is_not(None),
        Request.user_id != user_id,
    )


def open_lines(user_id: str) -> list[Line]:
    """What stands open before this person's eyes, soonest due first."""
    query = seen(user_id).where(Request.state.in_(WAITING))
    found = model.Session.scalars(query.order_by(Request.since).limit(_MOST)).all()
    lines = Reader(user_id).lines(list(found))
    return sorted(lines, key=lambda line: (line.days is None, line.days or 0))


def of_view(lines: list[Line], view: str, user_id: str) -> list[Line]:
    """Those lines of the open ones that a view shows."""
    keep = {
        "waiting": lambda line: line.waits,
        "mine": lambda line: line.request.assigned_to == user_id,
        "unassigned": lambda line: (
            line.waits
            and line.request.state in states.ASSIGNABLE
            and not line.request.assigned_to
        ),
        "overdue": lambda line: line.days is not None and line.days < 0,
    }.get(view, lambda line: True)
    return [line for line in lines if keep(line)]


def waiting(user_id: str) -> list[Line]:
    """What waits for this person: first what is in their hands, then by due day."""
    return of_view(open_lines(user_id), "waiting", user_id)


def neighbours(user_id: str, request_id: str) -> dict[str, Any]:
    """Where an application stands among those that wait for this person.

    :returns: `{count, place, before, next}`, ids of requests or None; `place` from 1,
        0 where it does not wait
    """
    ids = [line.request.id for line in waiting(user_id)]
    place = ids.index(request_id) + 1 if request_id in ids else 0
    if not place:
        return {
            "count": len(ids),
            "place": 0,
            "before": None,
            "next": next(iter(ids), None),
        }
    later = ids[place:] or ids[: place - 1]
    return {
        "count": len(ids),
        "place": place,
        "before": ids[place - 2] if place > 1 else None,
        "next": later[0] if later else None,
    }
