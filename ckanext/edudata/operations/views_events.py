"""Events as a page, for system and security administrators."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.operations import event_kinds

events = web.answer_refusals(Blueprint("edudata_events", __name__))

PAGE = 50

_SERVICES = {
    "database": "Database",
    "datastore": "Data tables",
    "solr": "Search",
    "redis": "Sessions and jobs",
    "storage": "Disk of files",
    "mail": "Mail",
}
_STATES = {"up": "Answers", "down": "Away", "low": "Nearly full", "off": "Not set"}


@events.route("/operations/events")
def shown() -> Any:
    """Events, newest first, and what answers now."""
    if current_user.is_anonymous:
        return web.to_login()
    asked = tk.request.args
    severity, kind = asked.get("severity", ""), asked.get("kind", "")
    severity = severity if severity in event_kinds.SEVERITIES else ""
    kind = kind if kind in event_kinds.KINDS else ""
    query: dict[str, Any] = {"severity": severity, "kind": kind}
    query["open"] = asked.get("open") == "true"
    before = asked.get("before", "")
    if before.isdecimal() and len(before) < 18:
        query["before"] = int(before)
    found = web.call("edudata_event_list", limit=PAGE, **query)
    last = found["events"][-1]["id"] if len(found["events"]) == PAGE else None
    labels = {code: tk._(event_kinds.label(code)) for code in event_kinds.KINDS}
    return tk.render(
        "edudata/operations/events.html",
        {
            **found,
            "given": {"severity": severity, "kind": kind, "open": query["open"]},
            "older": last,
            "labels": labels,
            "kinds": sorted(labels.items(), key=lambda item: item[1]),
            "severities": {k: tk._(v) for k, v in event_kinds.SEVERITIES.items()},
            "answers": [
                (tk._(_SERVICES[name]), word, tk._(_STATES[word]))
                for name, word in found["services"].items()
            ],
        },
    )


@events.route("/operations/events/seen", methods=["POST"])
def see() -> Any:
    """Everything up to the newest event on the page was looked at."""
    until = tk.request.form.get("until", "")
    if not (until.isdecimal() and len(until) < 18):
        return tk.abort(400)
    done = web.call("edudata_event_see", until=int(until))
    tk.h.flash_success(tk._("{n} events noted as looked at").format(n=done["seen"]))
    return tk.redirect_to("edudata_events.shown")
