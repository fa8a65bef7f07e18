"""What waits for a person: entries by state, reviews, findings, applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.catalog.states import LABELS
from ckanext.edudata.units import who_may

SHOWN = 10
PAGE = 50
_ASKED = ("q", "unit_id", "template_id", "batch_id")

# What waits for a decision: its name on the page, the state, who decides.
_WAIT = (
    ("to_review", "submitted", "entry_review"),
    ("to_secure", "security_review", "security_review"),
    ("to_release", "approved", "release"),
)


def of_person() -> dict[str, Any]:
    """All that the desk shows.

    :returns: `{roles, units, assigns, entries, more, counts, state, to_review,
        to_secure, to_release, findings, own}` and what their roles show
    """
    roles = web.call("edudata_role_list")
    held = {role["role"] for role in roles}
    state = tk.request.args.get("state", "")
    found: dict[str, Any] = {
        "roles": roles,
        "units": {u["id"]: u["title"] for u in web.call("edudata_unit_tree")},
        "state": state if state in LABELS else "",
        "compiles": "compiler" in held,
        "reviews": "reviewer" in held,
        "secures": bool(held & who_may.roles_for("security_review")),
        "sees_findings": bool(held & who_may.roles_for("finding_read")),
        "assigns": [
            unit_id
            for unit_id in dict.fromkeys(role["unit_id"] for role in roles)
            if web.may("edudata_role_give", unit_id=unit_id)
        ],
        "audits": bool(held & who_may.roles_for("audit_read")),
        "entries": [],
        "counts": {},
        "to_review": None,
        "to_secure": None,
        "to_release": None,
        "findings": [],
        "own": web.call("edudata_request_list"),
    }
    if held & {"compiler", "reviewer", "security_officer"}:
        found.update(_entries(held, found["state"]))
    if found["sees_findings"]:
        found["findings"] = web.call("edudata_check_attention")
    return found


def _entries(held: set[str], state: str) -> dict[str, Any]:
    counts = web.call("edudata_entry_count")
    found: dict[str, Any] = {
        "counts": counts,
        "entries": web.call("edudata_entry_list", state=state, limit=SHOWN),
    }
    chosen = counts[state] if state else sum(counts.values())
    found["more"] = max(0, chosen - SHOWN)
    for name, waiting, permission in _WAIT:
        if held & who_may.roles_for(permission):
            asked = {"state": waiting, "permission": permission}
            number = web.call("edudata_entry_count", **asked)[waiting]
            asked |= {"order": "since", "limit": SHOWN}
            listed = web.call("edudata_entry_list", **asked) if number else []
            found[name] = {"count": number, "entries": listed}
    return found


def entries(asked: Mapping[str, str]) -> dict[str, Any]:
    """A page of the list of entries, as its form asks.

    :returns: `{asked, units, counts, entries, page, pages, total}`
    """
    wanted: dict[str, Any] = {
        key: asked[key].strip() for key in _ASKED if asked.get(key, "").strip()
    }
    state = asked.get("state", "")
    state = state if state in LABELS else ""
    counts = web.call("edudata_entry_count", **wanted)
    total = counts[state] if state else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    number = asked.get("page", "")
    page = min(int(number), pages) if number.isdecimal() and int(number) else 1
    order = "since" if state in ("submitted", "security_review") else "modified"
    mine = tk.h.edudata_worked_units()
    return {
        "asked": {**wanted, "state": state},
        "units": mine,
        "titles": {unit["id"]: unit["title"] for unit in mine},
        "counts": counts,
        "entries": web.call(
            "edudata_entry_list",
            **wanted,
            state=state,
            order=order,
            limit=PAGE,
            offset=(page - 1) * PAGE,
        ),
        "page": page,
        "pages": pages,
        "total": total,
    }
