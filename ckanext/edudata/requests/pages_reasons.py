"""The page of a unit's templates of reasons."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.edudata import web
from ckanext.edudata.requests import pages_review, reasons

FIELDS = ("id", "command", "code", "title", "words")


def typed(sent: MultiDict[str, str], unit_id: str) -> dict[str, Any]:
    """The form as `edudata_request_reason_save` takes it; the reason to be counted is
    chosen together with its command, as `command:code`."""
    found = {name: sent.get(name, "").strip() for name in FIELDS}
    found["command"], _, found["code"] = sent.get("what", "").partition(":")
    if not found["id"]:
        del found["id"]
    return {**found, "unit_id": unit_id}


def page(
    unit_id: str, units: list[str], given: dict[str, Any], errors: dict[str, Any]
) -> str:
    """Templates of the unit and of those above it, and the form."""
    titles = {unit["id"]: unit["title"] for unit in web.call("edudata_unit_tree")}
    return tk.render(
        "edudata/requests/reasons.html",
        {
            **pages_review.shared(),
            "unit_id": unit_id,
            "units": [{"id": each, "title": titles.get(each, "")} for each in units],
            "titles": titles,
            "found": web.call("edudata_request_reason_list", unit_id=unit_id),
            "choices": {name: reasons.REASONS[name] for name in reasons.EDITABLE},
            "reason_label": reasons.label,
            "given": given,
            "errors": errors,
            "summary": pages_review.summary(errors),
        },
    )
