"""Who may look at an applicant: those who decide, while they have to or once they did.

A look of somebody else is on record, in the transaction in which it is answered.
"""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.requests import book, showing, states, who
from ckanext.edudata.requests.model import Request, RequestEvent

DECIDING = frozenset(
    {
        *("accept", "return", "refuse", "approve", "consent", "send_back"),
        *("escalate", "uphold", "overturn", "freeze", "unfreeze", "revoke"),
    }
)
"""Commands for which one has to know who applies. Carrying out is none of them."""


def may_look(request: Request, user_id: str | None) -> bool:
    """Whether the person decides about this part now, or had a part in deciding it."""
    if not user_id or request.user_id == user_id or request.submitted_at is None:
        return False
    if not who.may_see(request, user_id):
        return False
    facts = who.facts(request, user_id, **showing.circumstances(request))
    if DECIDING.intersection(states.possible(book.state_now(request), facts)):
        return True
    acted = sa.select(RequestEvent.id).where(
        RequestEvent.request_id == request.id,
        RequestEvent.actor_id == user_id,
        RequestEvent.command.in_(DECIDING),
    )
    return model.Session.scalar(acted.limit(1)) is not None


def parts(user_id: str) -> list[Request]:
    """Parts that an applicant has submitted, the newest first."""
    query = sa.select(Request).where(
        Request.user_id == user_id, Request.submitted_at.is_not(None)
    )
    return list(model.Session.scalars(query.order_by(Request.submitted_at.desc())))


def part_for(
    applicant_id: str, looker_id: str | None, request_id: str | None
) -> Request | None:
    """The part by which somebody may look; the one asked for, if one was."""
    if request_id:
        found = model.Session.get(Request, request_id)
        known = [found] if found and found.user_id == applicant_id else []
    else:
        known = parts(applicant_id)
    return next((part for part in known if may_look(part, looker_id)), None)


def on_record(request: Request, looker_id: str | None, what: str) -> None:
    """Note that somebody else has looked, in the open transaction."""
    trail.record(
        "applicant_look",
        actor_id=looker_id,
        object_type="applicant",
        object_id=request.user_id,
        unit_id=request.unit_id,
        detail={"request": request.id, "what": what},
    )
