"""Words and addresses of open lists, for all templates."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from flask import current_app, g
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ckanext.edudata import web
from ckanext.edudata.opening import (
    open_list,
    open_list_gathered,
    open_list_reading,
    open_list_waiting,
)
from ckanext.edudata.units import tree

_KINDS = {
    open_list.OPEN: ("Open unconditionally", "open"),
    open_list.CONDITIONAL: ("Open under conditions", "conditional"),
    open_list.PLANNED: ("To be opened", "planned"),
    open_list.CLOSED: ("Not open data", "closed"),
    open_list.STOPPED: ("Opening was stopped", "stopped"),
    "withdrawn": ("Line withdrawn", "closed"),
}
_FIELDS = {
    "title": "Data resource",
    "kind": "Opening",
    "resource_code": "Resource code",
    "opening_class": "Opening class",
    "opening_ground": "Ground of the class",
    "opening_condition": "Conditions of opening",
    "ways": "Ways to get the data",
    "update_cycle": "Update cycle",
    "reason": "Reason why not open",
    "planned_date": "Planned day of opening",
    "stopped_on": "Stopped on",
    "subject_database": "Subject database",
    "school_stage": "School stage",
    "district": "District",
}
_WAYS = {
    "application": "On application",
    "download": "Download",
    "interface": "Interface",
}
_SHOWN = 5


def edudata_open_list_kind(kind: str) -> dict[str, str]:
    """Label of a kind of line, and the look of its tag."""
    label, mark = _KINDS.get(kind, (kind, "closed"))
    return {"label": tk._(label), "mark": mark}


def edudata_open_list_kinds() -> list[str]:
    """Kinds of lines, in the order of the list."""
    return list(open_list.KINDS)


def edudata_open_list_field(name: str) -> str:
    """Label of a field of a line."""
    return tk._(_FIELDS.get(name, name))


def edudata_open_list_value(name: str, value: Any) -> str:
    """A field's value in words."""
    if not value:
        return ""
    if name == "kind":
        return edudata_open_list_kind(value)["label"]
    if name == "ways":
        return tk._(", ").join(tk._(_WAYS.get(way, way)) for way in value)
    if name in ("planned_date", "stopped_on"):
        return str(value)
    if name in ("title", "resource_code", "opening_condition", "reason"):
        return str(value)
    # A list has thousands of codes and a few dozen labels.
    labels = g.setdefault("edudata_open_list_labels", {})
    key = (name, str(value))
    if key not in labels:
        label = tk.h.edudata_choice_label(*key)
        if name == "opening_ground":
            # The label begins with the class, which stands beside it.
            label = label.split("：", 1)[-1].split(": ", 1)[-1]
        labels[key] = label
    return labels[key]


def edudata_open_list_facts(line: dict[str, Any], *leave: str) -> list[tuple[str, str]]:
    """Label and value of what a line says, without the fields to be left out."""
    fields = line["fields"]
    return [
        (edudata_open_list_field(name), edudata_open_list_value(name, fields[name]))
        for name in open_list.FIELDS
        if fields.get(name) and name not in leave
    ]


def edudata_open_list_district(code: str) -> str:
    """The district of a unit in words."""
    if not code or code == open_list_gathered.MUNICIPAL:
        return tk._("Municipal level")
    return edudata_open_list_value("district", code)


def edudata_open_list_today() -> str:
    """Today's date in the portal's time zone, as planned days are written."""
    zone = tk.h.get_display_timezone()
    return datetime.datetime.now(zone).date().isoformat()


def edudata_leads_somewhere(path: str) -> bool:
    """Whether there is a page at a path of the portal."""
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint = adapter.match(path, method="GET")[0]
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return endpoint.startswith("edudata_")


def edudata_open_list_ask_url(unit_name: str, title: str) -> str:
    """Where one asks for data that are not open; empty where that is not offered."""
    offered = g.get("edudata_open_list_asks")
    if offered is None:
        offered = g.edudata_open_list_asks = edudata_leads_somewhere("/demands/new")
    if not offered:
        return ""
    return tk.h.url_for("/demands/new", unit=unit_name, line=title)


def edudata_open_list_of_unit(unit_id: str) -> dict[str, Any] | None:
    """The newest list of a unit, and how many of those below it have one."""
    try:
        found: dict[str, Any] = open_list_reading.head(
            open_list_reading.version(unit_id)
        )
    except tk.ObjectNotFound:
        found = {}
    below = open_list_reading.has_lists(tree.with_subordinates(unit_id)[1:])
    if not found and not below:
        return None
    return {"newest": found, "below": below}


def edudata_open_list_desk() -> dict[str, Any] | None:
    """What waits on the desk of those who publish; None for others."""
    if not web.may("edudata_open_list_waiting"):
        return None
    rows = web.call("edudata_open_list_waiting")
    waiting = [row for row in rows if row["waiting"] or row["refused"]]
    waiting.sort(key=lambda row: -row["waiting"])
    return {
        "waiting": waiting[:_SHOWN],
        "count": len(waiting),
        "unseen": sum(not row["looked"] for row in rows),
        "at_once": open_list_waiting.AT_ONCE,
        "units": len(rows),
    }
