"""Applications as their actions return them, to the applicant and to who decides."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.requests import (
    book,
    keeping_agreements,
    keeping_unit_forms,
    states,
    who,
)
from ckanext.edudata.requests.model import Request

PLAIN = (
    *(
        "id",
        "number",
        "application_id",
        "place",
        "renews",
        "dataset_id",
        "resource_id",
        "release_id",
        "unit_id",
    ),
    *("applicant_kind", "version", "agreed_terms", "appealed"),
)


def brief(request: Request) -> dict[str, Any]:
    """A line of a list: nothing the applicant wrote, and no names."""
    state = book.state_now(request)
    due = book.due(request, state)
    package = model.Package.get(request.dataset_id)
    submitted = request.submitted_at
    return {
        **{name: getattr(request, name) for name in PLAIN},
        "dataset_name": package.name if package else "",
        "dataset_title": package.title if package else "",
        "state": state,
        "since": request.since.isoformat(),
        "due": due.isoformat() if due else None,
        "due_provisional": book.provisional(request, due),
        "overdue": bool(due and book.today() > due and state != "refused"),
        "created_at": request.created_at.isoformat(),
        "submitted_at": submitted.isoformat() if submitted else None,
    }


def whole(request: Request, user_id: str | None) -> dict[str, Any]:
    """All of it, and the commands that this reader may give now.

    Who applied is told to those who decide; who decided is not told to who applied.
    """
    facts = who.facts(request, user_id, **circumstances(request))
    found = {
        **brief(request),
        "form": request.form,
        "questions": keeping_unit_forms.answered(request),
        "agreement": keeping_agreements.shown(request.acceptance_id),
        "decided": request.decided,
        "mine": facts.applicant,
        "commands": states.possible(book.state_now(request), facts),
        "history": [
            {
                "at": event.at.isoformat(),
                "command": event.command,
                "source": event.source,
                "target": event.target,
                "by": _by(request, event.actor_id),
                "reason": event.reason,
                "words": event.words,
                "detail": event.detail,
                **({} if facts.applicant else {"actor_id": event.actor_id}),
            }
            for event in book.events(request)
            if not (facts.applicant and event.detail.get("internal"))
        ],
    }
    if not facts.applicant:
        found["applicant"] = _applicant(request)
    return found


def circumstances(request: Request) -> dict[str, Any]:
    """Facts of the application that do not depend on the reader."""
    due = book.due(request, request.state)
    return {
        "second_consent": second_consent(request),
        "in_time": due is None or book.today() <= due,
    }


def second_consent(request: Request) -> bool:
    """Whether a coordinator's consent is wanted too (Art. 25, by the unit's option)."""
    wanted = tk.config["ckanext.edudata.requests.second_consent"]
    way = (request.decided or request.form).get("way")
    return bool(wanted) and way == "copy"


def _by(request: Request, actor_id: str | None) -> str:
    if actor_id is None:
        return "portal"
    return "applicant" if actor_id == request.user_id else "authority"


def _applicant(request: Request) -> dict[str, Any]:
    user = model.User.get(request.user_id)
    return {
        "id": request.user_id,
        "name": user.display_name if user else "",
    }
