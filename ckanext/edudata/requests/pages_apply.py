"""The form of an application: from what was typed to the action, and to the page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.edudata import web
from ckanext.edudata.requests import forms, states, words


def rows(sent: MultiDict[str, str]) -> dict[str, Any]:
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
        "rows": rows(sent),
        "agreed": sent.get("agreed") == "yes",
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
            "labels": forms.LABELS,
            "hints": forms.HINTS,
            "kinds": forms.KINDS,
            "ways": forms.WAYS,
            "limits": forms.WORDS,
            "states": states.STATES,
            "tones": words.TONES,
            "data": data,
            "mine": mine,
            "given": given,
            "errors": errors,
            "summary": web.summary(
                tk.ValidationError(errors),
                {name: tk._(label) for name, label in forms.LABELS.items()},
            ),
            "row": next(iter((given.get("rows") or {}).items()), ("", [])),
            "longest": tk.config["ckanext.edudata.requests.longest_days"],
        },
    )
