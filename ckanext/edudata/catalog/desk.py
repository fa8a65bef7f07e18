"""What waits for a person: entries by state, reviews, findings, applications."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.catalog.states import LABELS
from ckanext.edudata.units import people, who_may

LIMIT = 1000
SHOWN = 100

# States of an application in which its authority has to act.
_WAITING = (
    "submitted",
    "in_review",
    "awaiting_consent",
    "approved",
    "mediation",
    "superior_review",
)


def of_person(user_id: str) -> dict[str, Any]:
    """All that the desk shows.

    :returns: `{roles, units, assigns, entries, more, counts, state, to_review,
        to_release, findings, inbox, own}` and what their roles show
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
        "sees_findings": bool(held & who_may.roles_for("finding_read")),
        "assigns": [
            unit_id
            for unit_id in dict.fromkeys(role["unit_id"] for role in roles)
            if web.may("edudata_role_give", unit_id=unit_id)
        ],
        "audits": bool(held & who_may.roles_for("audit_read")),
        "entries": [],
        "counts": {},
        "to_review": [],
        "to_release": [],
        "findings": [],
    }
    if held & {"compiler", "reviewer"}:
        found.update(_entries(user_id, found["state"]))
    if found["sees_findings"]:
        found["findings"] = web.call("edudata_check_attention")
    found.update(_requests(held))
    return found


def _entries(user_id: str, state: str) -> dict[str, Any]:
    entries = web.call("edudata_entry_list", limit=LIMIT)
    reviewed = set(people.all_units_where(user_id, who_may.roles_for("entry_review")))
    released = set(people.all_units_where(user_id, who_may.roles_for("release")))
    counts = dict.fromkeys(LABELS, 0)
    for entry in entries:
        counts[entry["state"]] += 1
    chosen = [entry for entry in entries if state in ("", entry["state"])]
    return {
        "entries": chosen[:SHOWN],
        "more": max(0, len(chosen) - SHOWN),
        "counts": counts,
        "to_review": [
            entry
            for entry in entries
            if entry["state"] == "submitted" and entry["unit_id"] in reviewed
        ],
        "to_release": [
            entry
            for entry in entries
            if entry["state"] == "approved" and entry["unit_id"] in released
        ],
    }


def _requests(held: set[str]) -> dict[str, Any]:
    """Applications: one's own, and those that wait for people in one's roles."""
    found: dict[str, Any] = {"inbox": None, "own": web.call("edudata_request_list")}
    deciders: set[str] = set()
    for permission, roles in who_may.PERMISSIONS.items():
        if permission.startswith(("request_", "grant_")):
            deciders |= roles
    if held & deciders:
        counts = web.call("edudata_request_list", inbox=True, limit=1)["states"]
        waiting = [state for state in _WAITING if counts.get(state)]
        found["inbox"] = {
            "count": sum(counts[state] for state in waiting),
            "results": [
                request
                for state in waiting
                for request in web.call(
                    "edudata_request_list", inbox=True, state=state, limit=20
                )["results"]
            ],
        }
    return found
