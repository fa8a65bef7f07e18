"""The page of one part of an application, for who applied."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.requests import applying, pages_review, reasons, states, words


def one(
    request: dict[str, Any],
    given: dict[str, Any],
    errors: dict[str, Any],
    tried: str = "",
) -> str:
    """An application, for its applicant."""
    try:
        columns = applying.released(request["resource_id"])["columns"]
    except tk.ObjectNotFound:
        columns = []
    due = {"due": tk.h.edudata_due(request["due"], request.get("due_provisional"))}
    apart = ("update", "submit", "resubmit", "comment")
    can = [name for name in request["commands"] if name not in apart]
    return tk.render(
        "edudata/requests/show.html",
        {
            **pages_review.shared(),
            "application": request,
            "asked": request["form"],
            "names": {column["id"]: column["label"] for column in columns},
            "meaning": tk._(words.meaning(request["state"], True) or " ") % due,
            "can": can,
            "comments": "comment" in request["commands"],
            "edits": "update" in request["commands"],
            "obliged": {
                name for name in can if "reason" in states.needs(request["state"], name)
            },
            "given": given,
            "tried": tried,
            "errors": errors,
            "summary": pages_review.summary(errors),
            "reason_label": reasons.label,
        },
    )
