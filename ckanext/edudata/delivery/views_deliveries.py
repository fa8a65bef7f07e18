"""The record of deliveries as a page and as CSV (Art. 30, 35).

Who takes data sees what they took; who watches over a unit's deliveries all that left
of it, by data, person, way and day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import csv_files, web
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.units import people, who_may

deliveries = web.answer_refusals(Blueprint("edudata_deliveries", __name__))

PAGE = 50
CSV_MOST = 50000
FILTERS = ("resource_id", "person", "way", "outcome", "since", "until")
WAYS = {
    "interface": "Interface",
    "structure": "Structure",
    "dump_csv": "Download as CSV",
    "dump_tsv": "Download as TSV",
    "dump_json": "Download as JSON",
    "dump_xml": "Download as XML",
    "extract_csv": "Copy as CSV",
    "extract_xlsx": "Copy as XLSX",
}
OUTCOMES = {
    "done": "complete",
    "started": "running or broken off",
    "broken": "broken off",
}


@deliveries.route("/deliveries")
def record() -> Any:
    """What left, newest first."""
    if current_user.is_anonymous:
        return web.to_login()
    units, unit_id, given = _asked()
    query = _query(given, unit_id)
    before = tk.request.args.get("before", "")
    page = {"before": int(before)} if before.isdecimal() and len(before) < 18 else {}
    errors: dict[str, Any] = {}
    found: dict[str, Any] = {"count": 0, "results": []}
    try:
        found = web.call("edudata_delivery_list", limit=PAGE, **query, **page)
    except tk.ValidationError as error:
        errors = error.error_dict
    rows = found["results"]
    return tk.render(
        "edudata/delivery/deliveries.html",
        {
            "units": units,
            "unit_id": unit_id,
            "given": given,
            "errors": errors,
            "before": before,
            "count": found["count"],
            "deliveries": rows,
            "older": rows[-1]["id"] if len(rows) == PAGE else None,
            "people": _names(model.User, rows, "user_id"),
            "resources": _names(model.Resource, rows, "resource_id"),
            "choices": _resources(unit_id),
            "ways": {code: tk._(name) for code, name in WAYS.items()},
            "outcomes": {code: tk._(name) for code, name in OUTCOMES.items()},
            "most": CSV_MOST,
        },
    )


@deliveries.route("/deliveries.csv")
def as_csv() -> Any:
    """The same records as a file, at most `CSV_MOST` of the newest."""
    if current_user.is_anonymous:
        return web.to_login()
    _, unit_id, given = _asked()
    try:
        rows = list(_all(_query(given, unit_id)))
    except tk.ValidationError:
        return tk.redirect_to("edudata_deliveries.record", unit=unit_id, **given)
    head = [
        *(tk._("No."), tk._("Time"), tk._("To"), tk._("Data"), tk._("Resource number")),
        *(tk._("Grant"), tk._("Version"), tk._("Content digest"), tk._("Fields")),
        *(tk._("Asked for"), tk._("Rows"), tk._("Way"), tk._("Network")),
        tk._("Outcome"),
    ]
    names = _names(model.User, rows, "user_id")
    resources = _names(model.Resource, rows, "resource_id")
    lines = [
        [
            row["id"],
            row["at"],
            names.get(row["user_id"], row["user_id"]),
            resources.get(row["resource_id"], ""),
            row["resource_id"],
            row["grant_id"],
            row["release_id"],
            row["content_digest"],
            "、".join(row["fields"]),
            json.dumps(row["asked"] or {}, ensure_ascii=False),
            row["rows"],
            tk._(WAYS.get(row["way"], row["way"])),
            row["network"],
            tk._(OUTCOMES.get(row["outcome"], row["outcome"])),
        ]
        for row in rows
    ]
    name = f"{tk._('Deliveries')}.csv"
    return web.download(csv_files.as_csv(head, lines), name, "text/csv")


def _asked() -> tuple[list[model.Group], str, dict[str, str]]:
    """Units whose deliveries the person watches over, the one asked for, filters."""
    roles = who_may.roles_for("delivery_read")
    found = people.all_units_where(current_user.id, roles)
    units = [unit for unit_id in found if (unit := model.Group.get(unit_id))]
    unit_id = tk.request.args.get("unit", units[0].id if units else "")
    if unit_id and unit_id not in {unit.id for unit in units}:
        raise tk.NotAuthorized(tk._("You do not watch over this unit’s deliveries."))
    given = {key: tk.request.args.get(key, "").strip() for key in FILTERS}
    return units, unit_id, given


def _query(given: dict[str, str], unit_id: str) -> dict[str, Any]:
    query: dict[str, Any] = {key: value for key, value in given.items() if value}
    if unit_id:
        query["unit_id"] = unit_id
    if name := query.pop("person", ""):
        person = model.User.get(name)
        # Nobody has no id: a name that is unknown finds nothing.
        query["user_id"] = person.id if person else "-"
    return query


def _all(query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    left = CSV_MOST
    before: dict[str, int] = {}
    while left > 0:
        found = web.call(
            "edudata_delivery_list", limit=500, counted=False, **query, **before
        )
        rows = found["results"][:left]
        yield from rows
        left -= len(rows)
        if not rows:
            return
        before = {"before": rows[-1]["id"]}


def _names(kind: Any, rows: list[dict[str, Any]], key: str) -> dict[str, str]:
    """Names of accounts or resources that the rows speak of."""
    ids = {row[key] for row in rows}
    found = model.Session.scalars(sa.select(kind).where(kind.id.in_(ids)))
    return {
        row.id: row.display_name if kind is model.User else row.name or row.id
        for row in found
    }


def _resources(unit_id: str) -> list[tuple[str, str]]:
    """Data that grants were given on, to choose from: of the unit, or one's own."""
    condition = (
        Grant.unit_id == unit_id if unit_id else Grant.user_id == current_user.id
    )
    query = (
        sa.select(model.Resource.id, model.Resource.name, model.Package.title)
        .join(Grant, Grant.resource_id == model.Resource.id)
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .where(condition)
        .distinct()
    )
    found = model.Session.execute(query).all()
    return sorted(
        ((id, f"{title} · {name}") for id, name, title in found),
        key=lambda pair: pair[1],
    )
