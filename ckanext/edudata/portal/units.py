"""Units as a tree to walk piece by piece, with what each has opened."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import make_response

from ckanext.edudata.portal.datasets import caller
from ckanext.edudata.units import tree as places

ROWS = 20
UNITS = 100
SHORT = 40


def tree() -> list[dict[str, Any]]:
    """All units, each after the one above it."""
    return tk.get_action("edudata_unit_tree")({}, {})


def opened(unit_id: str = "", *, rows: int = 0, start: int = 0) -> dict[str, Any]:
    """Open datasets of a unit and all below it, newest first, and how many each of
    these units has with all below it.

    :returns: as `package_search`, with `by_unit`: id of a unit → number
    """
    fq = "+dataset_type:dataset"
    if unit_id:
        fq += f' +{places.INDEXED}:"{unit_id}"'
    found = tk.get_action("package_search")(
        caller(),
        {
            "fq": fq,
            "sort": "metadata_modified desc",
            "rows": rows,
            "start": start,
            "facet.field": [places.INDEXED],
            "facet.limit": -1,
        },
    )
    found["by_unit"] = found["facets"].get(places.INDEXED, {})
    return found


def entries(unit_id: str) -> int | None:
    """How many data resources of the unit and all below it the person may see; None
    for the public."""
    if tk.current_user.is_anonymous:
        return None
    found = tk.get_action("package_search")(
        caller(),
        {
            "fq": f'+dataset_type:entry +{places.INDEXED}:"{unit_id}"',
            "rows": 0,
            "include_private": True,
            "facet": "false",
        },
    )
    return found["count"]


def tree_page() -> str:
    """The tree from the top or from one unit, or units found by name, code or kind."""
    asked = {key: tk.request.args.get(key, "").strip() for key in ("at", "q", "kind")}
    page = max(1, tk.h.get_page_number(tk.request.args))
    try:
        found = tk.get_action("edudata_unit_below")(
            {},
            {
                "id": asked["at"][:100],
                "q": asked["q"][:100],
                "kind": asked["kind"][:40],
                "limit": UNITS,
                "offset": (page - 1) * UNITS,
            },
        )
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no unit at this address."))
    at = found["unit"]
    numbers = opened(at["id"] if at else "")
    shown = found["results"]
    every = tree()
    if not (at or asked["q"] or asked["kind"]):
        _unfold(shown, every)
    return tk.render(
        "edudata/portal/units.html",
        {
            **asked,
            "found": found,
            "at_unit": at,
            "numbers": numbers["by_unit"],
            "searched": bool(asked["q"] or asked["kind"]),
            "total": len(every),
            "page": page,
            "pages": max(1, -(-found["count"] // UNITS)),
        },
    )


def _unfold(top: list[dict[str, Any]], every: list[dict[str, Any]]) -> None:
    """Show what stands below the top too: a small tree whole, else one level."""
    whole = len(every) <= UNITS
    if not whole and len(top) > 3:
        return
    todo = list(top)
    for unit in todo:
        if unit["below"]:
            unit["inside"] = tk.get_action("edudata_unit_below")(
                {}, {"id": unit["id"], "limit": UNITS}
            )["results"]
            if whole:
                todo.extend(unit["inside"])


def unit_page(reference: str) -> Any:
    """A unit, where it stands, and what it and those below it have opened."""
    try:
        shown = tk.get_action("organization_show")(
            caller(),
            {
                "id": reference,
                "include_datasets": False,
                "include_dataset_count": False,
                "include_users": False,
                "include_groups": False,
                "include_followers": False,
            },
        )
        if reference != shown["name"]:
            return tk.redirect_to("edudata_portal.unit", id=shown["name"])
        place = tk.get_action("edudata_unit_below")(
            {}, {"id": shown["id"], "limit": SHORT}
        )
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return _ended(reference)
    page = max(1, tk.h.get_page_number(tk.request.args))
    found = opened(shown["id"], rows=ROWS, start=(page - 1) * ROWS)
    return tk.render(
        "edudata/portal/unit.html",
        {
            "unit": shown,
            "group_dict": shown,
            "node": place["unit"],
            "above": place["path"][:-1],
            "superior": place["path"][-2] if len(place["path"]) > 1 else None,
            "below": place["results"],
            "numbers": found["by_unit"],
            "entries": entries(shown["id"]),
            "departments": _departments(shown),
            "found": found,
            "page": page,
            "pages": max(1, -(-found["count"] // ROWS)),
        },
    )


def _departments(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """Departments that act for the unit: `[{label, unit}]`."""
    labels = {
        "coordinating_department": tk._("Coordinating department"),
        "technical_department": tk._("Technical department"),
        "acting_office": tk._("Office that acts for this unit"),
    }
    found = []
    for key, label in labels.items():
        if unit.get(key):
            try:
                place = tk.get_action("edudata_unit_below")(
                    {}, {"id": unit[key], "limit": 0}
                )
            except tk.ObjectNotFound:
                continue
            found.append({"label": label, "unit": place["unit"]})
    return found


def _ended(reference: str) -> Any:
    try:
        end = tk.get_action("edudata_unit_end_show")({}, {"id": reference})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no unit at this address."))
    return make_response(tk.render("edudata/portal/unit_ended.html", end), 410)
