"""Pages of catalog sheets: take one out, bring it back, look, confirm."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import csv_files, web
from ckanext.edudata.catalog import imports, sheets, sheets_columns
from ckanext.edudata.units import people

sheets_pages = web.answer_refusals(
    Blueprint("edudata_import", __name__, url_prefix="/imports")
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OUTCOMES = {
    "wrong": "To be corrected",
    "new": "New",
    "changed": "Changed",
    "unchanged": "Unchanged",
}
SHOWN = 100


@sheets_pages.route("/", methods=["GET", "POST"], strict_slashes=False)
def index() -> Any:
    """Take a sheet out, bring one in, and one's own imports."""
    if current_user.is_anonymous:
        return web.to_login()
    tk.check_access("edudata_import_list", {"user": tk.g.user}, {})
    error = None
    if tk.request.method == "POST":
        try:
            made = web.call(
                "edudata_import_create",
                upload=tk.request.files.get("upload") or "",
                no_state_secret=tk.request.form.get("no_state_secret", ""),
            )
        except tk.ValidationError as refused:
            error = refused
        else:
            return tk.redirect_to("edudata_import.show", id=made["id"])
    labels = {"upload": tk._("Workbook"), "no_state_secret": tk._("Declaration")}
    page = tk.render(
        "edudata/catalog/imports.html",
        {
            "units": sheets_columns.units_of(
                people.all_units_where(current_user.id, ["compiler"])
            ),
            "held": people.units_where(current_user.id, ["compiler"]),
            "imports": web.call("edudata_import_list"),
            "states": imports.STATES,
            "summary": web.summary(error, labels) if error else [],
            "errors": error.error_dict if error else {},
        },
    )
    return (page, 422) if error else page


@sheets_pages.route("/sheet.xlsx")
def sheet() -> Any:
    """The workbook of a unit and all below."""
    asked = tk.request.args
    found = web.call(
        "edudata_catalog_sheet",
        unit_id=asked.get("unit", ""),
        below=asked.get("below", "true"),
        empty=asked.get("empty", ""),
    )
    return web.download(base64.b64decode(found["content"]), found["filename"], XLSX)


@sheets_pages.route("/<id>")
def show(id: str) -> Any:
    """What the dry run says, or how far it is."""
    return _page(id, None)


def _page(id: str, error: tk.ValidationError | None) -> Any:
    asked = tk.request.args.get("outcome", "")
    number = tk.request.args.get("from", "0")
    offset = int(number) if number.isdigit() and len(number) < 9 else 0
    first = web.call("edudata_import_show", id=id, limit=0)
    counts = first["counts"] or {}
    if asked not in OUTCOMES:
        asked = next((name for name in OUTCOMES if counts.get(name)), "")
    found = web.call(
        "edudata_import_show", id=id, outcome=asked, offset=offset, limit=SHOWN
    )
    page = tk.render(
        "edudata/catalog/import.html",
        {
            "found": found,
            "states": imports.STATES,
            "outcomes": OUTCOMES,
            "outcome": asked,
            "offset": offset,
            "shown": SHOWN,
            "working": found["state"] in ("checking", "writing")
            or (found["state"] == "done" and not found["settled"]),
            "wrong": counts.get("wrong", 0) + counts.get("stray", 0),
            "summary": web.summary(error, {"state": ""}) if error else [],
        },
    )
    return (page, 422) if error else page


@sheets_pages.route("/<id>/<any(run, check, withdraw):command>", methods=["POST"])
def command(id: str, command: str) -> Any:
    """Confirm, look again or give up."""
    data = {"id": id}
    if command == "run":
        data["sha256"] = tk.request.form.get("sha256") or "none"
    try:
        web.call(f"edudata_import_{command}", **data)
    except tk.ValidationError as error:
        return _page(id, error)
    if command == "withdraw":
        tk.h.flash_success(tk._("The import was withdrawn; nothing was written."))
        return tk.redirect_to("edudata_import.index")
    return tk.redirect_to("edudata_import.show", id=id)


@sheets_pages.route("/<id>/rows.csv")
def listing(id: str) -> Any:
    """Changes and errors of all rows, to be taken along."""
    heads = ("Sheet", "Row", "What", "Title", "Column", "Before", "After", "Message")
    first = web.call("edudata_import_show", id=id, limit=0)
    rows = [_line(row, tk._(OUTCOMES["wrong"]), "") for row in first["sheet"]["stray"]]
    offset = 0
    while True:
        more = web.call("edudata_import_show", id=id, offset=offset, limit=1000)["rows"]
        if not more:
            break
        offset += len(more)
        for row in more:
            rows += _lines(row)
    content = csv_files.as_csv([tk._(word) for word in heads], rows)
    return web.download(content, f"{tk._('Import')}-{id[:8]}.csv", "text/csv")


def _lines(row: dict[str, Any]) -> list[list[Any]]:
    what = tk._(OUTCOMES[row["outcome"]]) if row["outcome"] in OUTCOMES else ""
    begin = [sheets.ENTRIES, row["number"], what, row["title"]]
    found = [_line(wrong, what, row["title"]) for wrong in row["errors"]]
    found += [
        [*begin, change["label"], change["old"], change["new"]]
        for change in row["changes"]
    ]
    if row["outcome"] == "new" and not row["errors"]:
        found.append(begin)
    return found


def _line(wrong: dict[str, Any], what: str, title: str) -> list[Any]:
    place = [wrong["sheet"], wrong["row"], what, title, wrong["label"]]
    return [*place, "", "", wrong["message"]]
