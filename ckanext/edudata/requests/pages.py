"""From forms to parameters of the actions, and from their answers to templates."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.edudata.requests import applying, forms, states, words
from ckanext.edudata.requests.pages_apply import rows

LABELS = {
    **forms.LABELS,
    "quota_rows": "Most rows a day",
    "words": "Words to the other side",
}


def decision(sent: MultiDict[str, str], command: str) -> dict[str, Any]:
    """What came with a command, as its action takes it."""
    given: dict[str, Any] = {"words": sent.get("words", "").strip()}
    if sent.get("version", "").isdigit():
        given["version"] = int(sent["version"])
    if command in ("approve", "overturn"):
        given["fields"] = sent.getlist("fields")
        given["rows"] = rows(sent)
        given["until"] = sent.get("until", "")
        given["way"] = sent.get("way", "")
        if sent.get("quota_rows"):
            given["quota_rows"] = sent["quota_rows"]
    return given


def _summary(errors: dict[str, Any]) -> list[dict[str, str]]:
    """Errors for the top of a page."""
    return [
        {
            "field": name,
            "label": tk._(LABELS[name]) if name in LABELS else "",
            "message": " ".join(found),
        }
        for name, found in errors.items()
        if isinstance(found, list)
    ]


def _shared() -> dict[str, Any]:
    return {
        "labels": LABELS,
        "kinds": forms.KINDS,
        "ways": forms.WAYS,
        "limits": forms.WORDS,
        "states": states.STATES,
        "commands": states.COMMANDS,
        "tones": words.TONES,
    }


def listing(found: dict[str, Any], *, inbox: bool, state: str | None, page: int) -> str:
    """The inbox of who decides, or the list of who applied."""
    return tk.render(
        "edudata/requests/list.html",
        {
            **_shared(),
            "found": found,
            "inbox": inbox,
            "state": state,
            "page": page,
            "last": max(1, -(-found["count"] // 50)),
        },
    )


def one(request: dict[str, Any], given: dict[str, Any], errors: dict[str, Any]) -> str:
    """The page of an application, for its applicant or for who decides."""
    try:
        columns = applying.released(request["resource_id"])["columns"]
    except tk.ObjectNotFound:
        columns = []
    state = request["state"]
    due = {"due": request["due"] or ""}
    asked = request["form"]
    commands = [name for name in request["commands"] if name != "update"]
    return tk.render(
        "edudata/requests/show.html",
        {
            **_shared(),
            "application": request,
            "asked": asked,
            "names": {column["id"]: column["label"] for column in columns},
            "columns": columns,
            "columns_asked": [c for c in columns if c["id"] in asked.get("fields", [])],
            "meaning": tk._(words.meaning(state, request["mine"]) or " ") % due,
            "can": [name for name in commands if name not in ("submit", "resubmit")],
            "edits": "update" in request["commands"],
            "decides": {"approve", "overturn"} & set(commands),
            "obliged": [
                name
                for name in commands
                if "reason" in states.needs(state, name)
            ],
            "given": given,
            "errors": errors,
            "summary": _summary(errors),
            "row": next(iter((given.get("rows", asked.get("rows")) or {}).items()),
                        ("", [])),
        },
    )  # fmt: skip
