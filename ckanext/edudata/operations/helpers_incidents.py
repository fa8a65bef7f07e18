"""What the pages of incidents need."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.operations import incident_rules
from ckanext.edudata.units import people, who_may


def edudata_incident_choices(name: str) -> list[tuple[str, str]]:
    """Choices of a form, in words: of `KINDS`, `LEVELS` or `NOTED`."""
    found: dict[str, str] = getattr(incident_rules, name)
    return [(key, tk._(label)) for key, label in found.items()]


def edudata_desk_incidents() -> dict[str, Any]:
    """What the desk says of incidents: `may` see the page; how many are `open`, and
    `frozen` datasets, as far as the person may know."""
    if tk.current_user.is_anonymous:
        return {"may": False}
    reads = web.may("edudata_incident_list")
    freezes = web.may("edudata_freeze_list")
    opens = people.units_where(tk.current_user.id, who_may.roles_for("incident_open"))
    going = web.call("edudata_incident_list", state="open") if reads else []
    return {
        "may": bool(reads or freezes or opens),
        "open": len(going),
        "frozen": len(web.call("edudata_freeze_list")) if freezes else 0,
    }
