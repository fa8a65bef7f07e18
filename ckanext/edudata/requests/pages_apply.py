"""The form of an application: from what was typed to the action, and to the page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.edudata import web
from ckanext.edudata.requests import (
    filling_apply,
    forms,
    keeping_agreements,
    sheets_apply,
    states,
    terms_agreements,
    words,
)
from ckanext.edudata.requests.filling_apply import ANSWER
from ckanext.edudata.requests.sheets_apply import Sheet

OWN = ("fields_reason", "way", "way_reason")


def rows(sent: MultiDict[str, str], prefix: str = "") -> dict[str, Any]:
    """One filter of rows: a field, and values one a line; nothing means all rows."""
    lines = sent.get(f"{prefix}row_values", "").splitlines()
    values = [line.strip() for line in lines]
    name = sent.get(f"{prefix}row_field") or ""
    return {name: [value for value in values if value]} if name else {}


def common(sent: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed for all parts."""
    return {
        **{name: sent[name] for name in forms.COMMON if name in sent},
        "agreed": sent.get("agreed") == "yes",
        "agreed_name": sent.get("agreed_name", ""),
    }


def own(sent: MultiDict[str, str], sheet: Sheet) -> dict[str, Any]:
    """What was typed for one part."""
    prefix = sheet.prefix
    answers = {}
    for question in sheet.questions:
        name = f"{prefix}{ANSWER}{question['key']}"
        several = question["kind"] == "choices"
        answers[question["key"]] = sent.getlist(name) if several else sent.get(name, "")
    return {
        **{name: sent[prefix + name] for name in OWN if prefix + name in sent},
        "fields": sent.getlist(f"{prefix}fields"),
        "rows": rows(sent, prefix),
        **({"answers": answers} if sheet.questions else {}),
    }


def flat(errors: dict[str, Any], sheets: list[Sheet]) -> dict[str, Any]:
    """Errors by the names of the page's fields."""
    found = {name: each for name, each in errors.items() if name != "parts"}
    parts = errors.get("parts") or []
    for sheet, mine in zip(sheets, parts, strict=False):
        if isinstance(mine, dict):
            found |= {sheet.prefix + name: each for name, each in mine.items()}
        else:
            found["parts"] = [str(mine)]
    return found


def _labels(sheets: list[Sheet]) -> dict[str, str]:
    """Labels of the page's fields, in its order."""
    found = {name: tk._(forms.LABELS[name]) for name in ("applicant_kind",)}
    common_first = ("purpose", "scenario", "until", "security", "results")
    found |= {name: tk._(forms.LABELS[name]) for name in common_first}
    for sheet in sheets:
        about = f" ({sheet.data['dataset_title']})" if sheet.prefix else ""
        for name in ("fields", "fields_reason", "rows", "way", "way_reason"):
            found[sheet.prefix + name] = tk._(forms.LABELS[name]) + about
        for question in sheet.questions:
            name = f"{sheet.prefix}{ANSWER}{question['key']}"
            found[name] = question["label"] + about
        found[f"{sheet.prefix}resource_id"] = sheet.data["dataset_title"]
    signed = ("agreed", "agreed_name")
    return found | {name: tk._(forms.LABELS[name]) for name in signed}


def summary(errors: dict[str, Any], sheets: list[Sheet]) -> list[dict[str, str]]:
    """Errors for the top of the page, in the order of its fields."""
    return web.summary(tk.ValidationError(errors), _labels(sheets))


def form(
    sheets: list[Sheet],
    given: dict[str, Any],
    errors: dict[str, Any],
    *,
    application: dict[str, Any] | None = None,
    corrected: dict[str, Any] | None = None,
    profile: dict[str, Any] | None = None,
    drafts: list[dict[str, Any]] | None = None,
) -> str:
    """The page on which one applies.

    :param application: the draft, if there is one already
    :param corrected: the part that was returned, instead
    :param drafts: other drafts to which these data could be added
    """
    terms = keeping_agreements.in_force()
    errors = flat(errors, sheets)
    return tk.render(
        "edudata/requests/apply.html",
        {
            "labels": forms.LABELS,
            "hints": forms.HINTS,
            "kinds": forms.KINDS,
            "ways": forms.WAYS,
            "limits": forms.WORDS,
            "states": states.STATES,
            "tones": words.TONES,
            "sheets": sheets,
            "application": application,
            "corrected": corrected,
            "profile": profile,
            "drafts": drafts or [],
            "given": given,
            "errors": errors,
            "summary": summary(errors, sheets),
            # `summary.html` links to the fields of a page that has data.
            "data": sheets[0].data,
            "terms": terms,
            "clauses": terms_agreements.clauses(terms.text(tk.h.lang())),
            "signed": _signed(given, terms),
            "answer": ANSWER,
            "longest": tk.config["ckanext.edudata.requests.longest_days"],
        },
    )


def _signed(given: dict[str, Any], terms: terms_agreements.Terms) -> dict[str, Any]:
    """What of the agreement is filled in: as typed, or as accepted before."""
    if "agreed" in given:
        return {"agreed": given["agreed"], "name": given.get("agreed_name", "")}
    kept = given.get("agreement") or {}
    if kept.get("version") != terms.version:
        return {"agreed": False, "name": "", "outdated": bool(kept)}
    return {"agreed": True, "name": kept["name"], "way": kept["way"]}


def one(application: dict[str, Any], files: list[dict[str, Any]] | None = None) -> str:
    """The page of an application for its applicant: each part and what to do."""
    for part in application["parts"]:
        due = {"due": tk.h.edudata_due(part["due"], part["due_provisional"])}
        part["meaning"] = tk._(words.meaning(part["state"], True) or " ") % due
        part["unit_title"] = sheets_apply.unit_title(part["unit_id"])
    return tk.render(
        "edudata/requests/application.html",
        {
            "application": application,
            "files": files or [],
            "labels": forms.LABELS,
            "states": states.STATES,
            "commands": states.COMMANDS,
            "tones": words.TONES,
        },
    )


def listing(found: dict[str, Any], page: int, size: int) -> str:
    """One's applications."""
    return tk.render(
        "edudata/requests/applications.html",
        {
            "found": found,
            "page": page,
            "last": max(1, -(-found["count"] // size)),
            "states": states.STATES,
            "tones": words.TONES,
        },
    )


released = filling_apply.released
