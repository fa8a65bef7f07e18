"""What the pages of data demands show in words, and what the desk shows of them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.feedback import states_demands as states
from ckanext.edudata.units import people, who_may


def edudata_demand_state(demand: dict[str, Any]) -> dict[str, str]:
    """Label and look of a demand's state, for a public tag."""
    state = demand["state"]
    looks = {"existing": "open", "planned": "conditional", "declined": "closed"}
    if state == "answered":
        label = states.ANSWERS[demand["answer"]]
        return {"label": tk._(label), "look": looks[demand["answer"]]}
    return {
        "label": tk._(states.STATES[state]),
        "look": "conditional" if state == "open" else "closed",
    }


def edudata_demands_waiting() -> dict[str, Any]:
    """Demands that the person may answer, oldest first: `{count, results}`."""
    none: dict[str, Any] = {"count": 0, "results": []}
    if tk.current_user.is_anonymous:
        return none
    roles = who_may.roles_for("demand_answer")
    if not people.holds(tk.current_user.id, roles, None):
        return none
    return web.call("edudata_demand_list", inbox=True, state="open", limit=4)
