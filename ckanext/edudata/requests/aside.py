"""What comes with a decision and beside it: reasons, notes, whose hands it is in."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.requests import book, reasons, states, telling, who
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_reasons import ReasonTemplate
from ckanext.edudata.units import people, tree

LONGEST = 2000
"""Most characters of words that go with a command."""


def templates(unit_id: str, command: str | None = None) -> list[ReasonTemplate]:
    """Templates of the unit and of those above it, the nearest first."""
    line = tree.with_superiors(unit_id)
    query = sa.select(ReasonTemplate).where(
        ReasonTemplate.unit_id.in_(line), ReasonTemplate.ended_at.is_(None)
    )
    if command:
        query = query.where(
            ReasonTemplate.command == reasons.LIKE.get(command, command)
        )
    found = model.Session.scalars(query.order_by(ReasonTemplate.title))
    return sorted(found, key=lambda one: line.index(one.unit_id))


def reasoned(
    request: Request, command: str, given: dict[str, Any]
) -> tuple[str | None, str]:
    """The code of a reason and the words that go with a command.

    `reason` is a code of `reasons.REASONS`, or the id of a template of the unit.
    Where no words came, a template that is complete speaks for itself.

    :raises ValidationError: there is no such reason, or too many words
    """
    # PostgreSQL keeps no NUL.
    words = (given.get("words") or "").replace("\x00", "").strip()
    reason = given.get("reason")
    if len(words) > LONGEST:
        told = tk._("Write at most {most} characters.").format(most=LONGEST)
        raise tk.ValidationError({"words": [told]})
    if not reason:
        return None, words
    built_in = reasons.find(command, reason)
    if built_in:
        text = tk._(built_in.words) if built_in.words else ""
        code = built_in.code
    else:
        own = next(
            (one for one in templates(request.unit_id, command) if one.id == reason),
            None,
        )
        if own is None:
            raise tk.ValidationError({"reason": [tk._("Choose a reason of the list.")]})
        text, code = own.words, own.code
    complete = not text.rstrip().endswith((":", "："))
    return code, words or (text if complete else "")


def note(
    request: Request,
    transition: states.Transition,
    actor_id: str | None,
    *,
    reason: str | None = None,
    words: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Do what stands beside the decision, in the open transaction: event, record and
    notices; state and version stay, so that nobody's page grows stale by it."""
    detail = detail or {}
    book.note(request, transition, actor_id, reason, words, detail)
    trail.record(
        f"request_{transition.command}",
        actor_id=actor_id,
        object_type="request",
        object_id=request.id,
        unit_id=request.unit_id,
        detail={
            "internal": bool(detail.get("internal")),
            **{key: detail[key] for key in ("assigned_to",) if key in detail},
        },
    )
    telling.after(request, transition, actor_id)


def reviewers(request: Request) -> list[str]:
    """Ids of those to whom it may be assigned: whose turn it is to review it."""
    apart = who.apart(request)
    found = people.responsible(request.unit_id, who.REVIEWERS, apart)
    if who.overdue(request):
        above = who.superior(request.unit_id)
        found += people.responsible(above, who.REVIEWERS, apart) if above else []
    return list(dict.fromkeys(found))
