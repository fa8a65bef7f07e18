"""From forms to parameters of the actions, and from their answers to templates."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.edudata.requests import applying, forms, states, words

LABELS = {
    "applicant_kind": "Who applies",
    "body_name": "Name of the body",
    "body_code": "Unified social credit code",
    "purpose": "Purpose",
    "scenario": "How the data are used",
    "fields": "Fields",
    "rows": "Rows wanted",
    "until": "Until",
    "way": "Way",
    "way_reason": "Why a copy is needed",
    "security": "Security measures",
    "results": "Results expected",
    "agreed": "Terms of use",
    "quota_rows": "Most rows a day",
    "words": "Words to the other side",
}
HINTS = {
    "purpose": "What the data are for. Data may be used for this and nothing else.",
    "scenario": "Who works with them, how, and for how long.",
    "security": "Where the data are kept, who can get at them, when they are deleted.",
    "results": "Papers, reports, services: what is to come of it.",
    "fields": "Choose only what the purpose needs; each field is decided.",
}


def _rows(sent: MultiDict[str, str]) -> dict[str, Any]:
    """One filter of rows: a field, and values one a line; nothing means all rows."""
    values = [line.strip() for line in sent.get("row_values", "").splitlines()]
    name = sent.get("row_field") or ""
    return {name: [value for value in values if value]} if name else {}


def typed(sent: MultiDict[str, str], data: dict[str, Any]) -> dict[str, Any]:
    """The applicant's form as `edudata_request_update` takes it."""
    return {
        **{name: sent[name] for name in forms.WORDS if name in sent},
        **{name: sent.get(name, "") for name in ("applicant_kind", "way", "until")},
        "fields": sent.getlist("fields"),
        "rows": _rows(sent),
        "agreed": sent.get("agreed") == "yes",
    }


def decision(sent: MultiDict[str, str], command: str) -> dict[str, Any]:
    """What came with a command, as its action takes it."""
    given: dict[str, Any] = {"words": sent.get("words", "").strip()}
    if sent.get("version", "").isdigit():
        given["version"] = int(sent["version"])
    if command in ("approve", "overturn"):
        given["fields"] = sent.getlist("fields")
        given["rows"] = _rows(sent)
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
        "hints": HINTS,
        "kinds": forms.KINDS,
        "ways": forms.WAYS,
        "limits": forms.WORDS,
        "states": states.STATES,
        "commands": states.COMMANDS,
        "tones": words.TONES,
    }


def form(
    data: dict[str, Any],
    mine: dict[str, Any] | None,
    given: dict[str, Any],
    errors: dict[str, Any],
) -> str:
    """The page on which one applies."""
    return tk.render(
        "edudata/requests/apply.html",
        {
            **_shared(),
            "data": data,
            "mine": mine,
            "given": given,
            "errors": errors,
            "summary": _summary(errors),
            "row": next(iter((given.get("rows") or {}).items()), ("", [])),
            "longest": tk.config["ckanext.edudata.requests.longest_days"],
        },
    )


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
