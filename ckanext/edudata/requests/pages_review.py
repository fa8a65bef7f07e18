"""Pages of those who decide: from forms to parameters, from answers to templates."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.edudata import web
from ckanext.edudata.requests import forms, reasons, states, words
from ckanext.edudata.requests.inbox_review import DUE, VIEWS

PAGE = 50
LABELS = {
    **forms.LABELS,
    "quota_rows": "Most rows a day",
    "quota_calls": "Most calls a minute",
    "reason": "Reason",
    "words": "Words to the applicant",
    "assignee": "Reviewer",
    "requests": "Applications",
    "code": "Counts as",
    "title": "Short name",
}
QUICK = ("accept", "approve", "consent", "provision", "unfreeze", "escalate")
"""Commands that one click gives, with nothing to be written."""

TERMS = ("approve", "overturn")
"""Commands that may grant less than was asked for."""


def narrowed_rows(sent: MultiDict[str, str]) -> dict[str, Any]:
    """The filter of rows granted: what is kept of each filter asked for, and one more.

    Filters asked for come as `row:<field>`, each value in JSON, so that a number stays
    one; ranges come whole, as `range:<field>`.
    """
    found: dict[str, Any] = {}
    for key in sent:
        kind, _, field = key.partition(":")
        if kind == "row" and field:
            found[field] = [_parsed(value) for value in sent.getlist(key)]
        elif kind == "range" and field:
            found[field] = _parsed(sent[key])
    name = sent.get("row_field") or ""
    lines = [line.strip() for line in sent.get("row_values", "").splitlines()]
    if name:
        found[name] = [line for line in lines if line]
    return {field: wanted for field, wanted in found.items() if field in sent or wanted}


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def decision(sent: MultiDict[str, str], command: str) -> dict[str, Any]:
    """What came with a command, as its action takes it."""
    given: dict[str, Any] = {"words": sent.get("words", "").strip()}
    if sent.get("version", "").isdigit():
        given["version"] = int(sent["version"])
    if sent.get("reason"):
        given["reason"] = sent["reason"]
    if command == "comment":
        given["internal"] = sent.get("internal") == "yes"
    if command == "assign":
        given["assignee"] = sent.get("assignee", "")
    if command in TERMS and sent.get("as_asked") != "yes":
        given["fields"] = sent.getlist("fields")
        given["rows"] = narrowed_rows(sent)
        given["until"] = sent.get("until", "")
        given["way"] = sent.get("way", "")
        for name in ("quota_rows", "quota_calls"):
            if sent.get(name):
                given[name] = sent[name]
    return given


def summary(errors: dict[str, Any]) -> list[dict[str, str]]:
    """Errors for the top of a page."""
    labels = {name: tk._(label) for name, label in LABELS.items()}
    return web.summary(tk.ValidationError(errors), labels)


def shared() -> dict[str, Any]:
    return {
        "labels": LABELS,
        "kinds": forms.KINDS,
        "ways": forms.WAYS,
        "states": states.STATES,
        "commands": states.COMMANDS,
        "tones": words.TONES,
    }


def inbox(
    found: dict[str, Any],
    asked: dict[str, Any],
    results: dict[str, Any] | None = None,
    errors: dict[str, Any] | None = None,
) -> str:
    """The inbox, with what became of many taken at once."""
    page = asked["offset"] // PAGE + 1
    kept = {key: asked[key] for key in ("view", "state", "dataset_id", "due", "q")
            if asked.get(key)}  # fmt: skip
    reviewers = {
        one["id"]: one for line in found["results"] for one in line["reviewers"]
    }
    return tk.render(
        "edudata/requests/inbox.html",
        {
            **shared(),
            "found": found,
            "asked": asked,
            "kept": kept,
            "views": VIEWS,
            "dues": DUE,
            "page": page,
            "last": max(1, -(-found["count"] // PAGE)),
            "reviewers": list(reviewers.values()),
            "results": results,
            "errors": errors or {},
            "summary": summary(errors or {}),
        },
    )


def case(
    found: dict[str, Any],
    place: dict[str, Any],
    given: dict[str, Any] | None = None,
    errors: dict[str, Any] | None = None,
    tried: str = "",
) -> str:
    """The page on which an application is decided, side by side with what one has to
    know for it."""
    request, given = found["request"], given or {}
    state, asked = request["state"], request["form"]
    due = {"due": tk.h.edudata_due(request["due"], request.get("due_provisional"))}
    columns = (found["dataset"] or {}).get("items", [])
    can = [name for name in request["commands"] if name not in states.BESIDE]
    return tk.render(
        "edudata/requests/review.html",
        {
            **shared(),
            "case": {**found, "applicant_url": _applicant(request)},
            "application": request,
            "asked": asked,
            "names": {column["id"]: column["label"] for column in columns},
            "columns": columns,
            "meaning": tk._(words.meaning(state, False) or " ") % due,
            "grade": _label("data_grade", (found["dataset"] or {}).get("data_grade")),
            "can": can,
            "quick": [name for name in can if name in QUICK],
            "with_words": sorted(
                (name for name in can if name not in QUICK or name in TERMS),
                key=lambda name: name not in TERMS,
            ),
            "obliged": {name for name in can if "reason" in states.needs(state, name)},
            "terms": TERMS,
            "assigns": "assign" in request["commands"],
            "comments": "comment" in request["commands"],
            "place": place,
            "given": given,
            "tried": tried,
            "errors": errors or {},
            "summary": summary(errors or {}),
            "reason_label": reasons.label,
        },
    )


def _label(field: str, value: str | None) -> str:
    """The label of a choice of an entry's field."""
    schema = tk.h.scheming_get_dataset_schema("entry")
    known = tk.h.scheming_field_by_name(schema["dataset_fields"], field)
    choices = tk.h.scheming_field_choices(known) if value else []
    return tk.h.scheming_choices_label(choices, value) if value else ""


def _applicant(request: dict[str, Any]) -> str:
    """Where who applies is shown, to those who may look."""
    asked = {"user_id": request["applicant"]["id"], "request_id": request["id"]}
    if not web.may("edudata_applicant_show", **asked):
        return ""
    return tk.h.url_for("edudata_applicant.of_request", id=request["id"])
