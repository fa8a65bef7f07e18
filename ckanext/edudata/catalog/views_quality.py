"""Pages of quality: figures by unit, what waits to be mended, and “still current”."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import csv_files, web
from ckanext.edudata.catalog import quality_words as words
from ckanext.edudata.catalog.schema_quality import STATES

quality = web.answer_refusals(Blueprint("edudata_quality", __name__))

PAGE = 20

_COLUMNS = (
    ("entries", "Data resources"),
    ("completeness", "Completeness (%)"),
    ("dated", "With a due date"),
    ("due_soon", "Due soon"),
    ("overdue", "Overdue"),
    ("current_rate", "Currency (%)"),
    ("checked", "With checked rows"),
    ("invalid", "With rows that do not fit"),
    ("rows", "Rows checked"),
    ("bad_rows", "Rows that do not fit"),
    ("valid_rate", "Validity (%)"),
)


@quality.route("/quality", strict_slashes=False, endpoint="index")
def overview() -> Any:
    """Figures of a unit and all below it, and its entries, the most urgent first."""
    if current_user.is_anonymous:
        return web.to_login()
    unit = _unit()
    state = tk.request.args.get("state", "")
    state = state if state in STATES else ""
    page = tk.h.get_page_number(tk.request.args)
    figures = web.call("edudata_quality_unit_list", **unit)
    here = unit or {"unit_id": figures["unit_id"] or ""}
    listed = web.call(
        "edudata_quality_list",
        **here,
        state=state,
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )
    tree = {unit["id"]: unit for unit in web.call("edudata_unit_tree")}
    return tk.render(
        "edudata/catalog/quality.html",
        {
            "figures": figures,
            "units": tree,
            "unit": tree.get(figures["unit_id"] or ""),
            "above": _above(tree, figures["unit_id"]),
            "state": state,
            "choices": words.CHOICES,
            "listed": listed,
            "page": page,
            "pages": max(1, -(-listed["count"] // PAGE)),
        },
    )


@quality.route("/quality.csv")
def export() -> Any:
    """The same figures as a table."""
    if current_user.is_anonymous:
        return web.to_login()
    figures = web.call("edudata_quality_unit_list", **_unit())
    tree = {unit["id"]: unit for unit in web.call("edudata_unit_tree")}
    head = [tk._("Unit"), tk._("Code"), tk._("Counted")]
    rows = [(figures["whole"], "With all below"), (figures["own"], "Its own")]
    rows += [(row, "With all below") for row in figures["results"]]
    lines = []
    for row, counted in rows:
        if row:
            unit = tree.get(row["unit_id"], {})
            begin = [unit.get("title"), unit.get("code"), tk._(counted)]
            lines.append([*begin, *(row[key] for key, _ in _COLUMNS)])
    content = csv_files.as_csv([*head, *(tk._(word) for _, word in _COLUMNS)], lines)
    return web.download(content, f"{tk._('Data quality')}.csv", "text/csv")


@quality.route("/entry/<id>/still-current", methods=["POST"])
def still_current(id: str) -> Any:
    """The button “still current”; back to where it was pressed."""
    pkg = web.call("package_show", id=id)
    try:
        found = web.call("edudata_entry_still_current", id=pkg["id"])
    except tk.ValidationError as error:
        for item in web.summary(error, {}):
            tk.h.flash_error(item["message"])
    else:
        said = tk._("Noted as still current. The next date is {date}.")
        tk.h.flash_success(said.format(date=tk.h.edudata_date(found["due_on"])))
    if tk.request.form.get("back") == "desk":
        return tk.redirect_to("edudata_desk.desk", _anchor="quality")
    if tk.request.form.get("back") == "list":
        return tk.redirect_to("edudata_quality.index", state="overdue")
    return tk.redirect_to("entry.read", id=pkg["name"], _anchor="quality")


def _unit() -> dict[str, str]:
    """The unit that is asked for; one that does not exist is answered with 404."""
    reference = tk.request.args.get("unit", "").strip()
    if not reference:
        return {}
    unit = model.Group.get(reference)
    if unit is None or not unit.is_organization or unit.state != "active":
        raise tk.ObjectNotFound
    return {"unit_id": unit.id}


def _above(tree: dict[str, Any], unit_id: str | None) -> list[dict[str, Any]]:
    """Units above, the highest first, as far as the person sees their figures."""
    found: list[dict[str, Any]] = []
    unit = tree.get(unit_id or "")
    while unit and unit["superior"] in tree and len(found) < 32:
        unit = tree[unit["superior"]]
        if not web.may("edudata_quality_unit_list", unit_id=unit["id"]):
            break
        found.insert(0, unit)
    return found
