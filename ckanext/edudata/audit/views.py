"""The audit trail as a page, for audit administrators and supervisors (Art. 35)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.audit import words

audit = web.answer_refusals(Blueprint("edudata_audit", __name__))

PAGE = 50


@audit.route("/audit")
def records() -> Any:
    """Records, newest first, by action, unit and object."""
    if current_user.is_anonymous:
        return web.to_login()
    given = {
        key: tk.request.args.get(key, "").strip()
        for key in ("action", "unit_id", "object_id", "outcome", "from", "to", "actor")
    }
    before = tk.request.args.get("before", "")
    query: dict[str, Any] = {key: value for key, value in given.items() if value}
    if before.isdecimal() and len(before) < 18:
        query["before"] = int(before)
    if name := query.pop("actor", ""):
        person = model.User.get(name)
        # Nobody has no id: a name that is unknown finds nothing.
        query["actor_id"] = person.id if person else "-"
    try:
        found = web.call("edudata_audit_list", limit=PAGE, **query)
        errors: dict[str, Any] = {}
    except tk.ValidationError as error:
        found, errors = {"records": [], "count": 0}, error.error_dict
    tree = web.call("edudata_unit_tree")
    last = found["records"][-1]["id"] if len(found["records"]) == PAGE else None
    return tk.render(
        "edudata/audit/records.html",
        {
            "records": found["records"],
            "count": found["count"],
            "older": last,
            "before": before,
            "given": given,
            "errors": errors,
            "outcomes": [(code, tk._(name)) for code, name in words.OUTCOMES.items()],
            "actions": sorted(
                ((code, tk._(label)) for code, label in words.ACTIONS.items()),
                key=lambda item: item[1],
            ),
            "tree": tree,
            "units": {unit["id"]: unit["title"] for unit in tree},
        },
    )
