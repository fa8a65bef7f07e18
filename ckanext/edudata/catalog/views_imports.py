"""Pages of catalog sheets: take one out, bring it back, look, confirm."""

from __future__ import annotations

import base64
import csv
import io
import os
from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response

from ckanext.edudata import web
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
    return download(base64.b64decode(found["content"]), found["filename"], XLSX)


def download(content: bytes, filename: str, kind: str) -> Response:
    """A file to be saved, kept by nobody on the way."""
    answer = Response(content, mimetype=kind)
    plain = "catalog" + os.path.splitext(filename)[1]
    # RFC 6266: Chinese names go percent-encoded, or no server lets them pass.
    answer.headers["Content-Disposition"] = (
        f"attachment; filename={plain}; filename*=UTF-8''{quote(filename, safe='')}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


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
    target = io.StringIO()
    out = csv.writer(target)
    heads = ("Sheet", "Row", "What", "Title", "Column", "Before", "After", "Message")
    out.writerow([tk._(word) for word in heads])
    first = web.call("edudata_import_show", id=id, limit=0)
    for stray in first["sheet"]["stray"]:
        out.writerow(_line(stray, tk._(OUTCOMES["wrong"]), ""))
    offset = 0
    while True:
        rows = web.call("edudata_import_show", id=id, offset=offset, limit=1000)["rows"]
        if not rows:
            break
        offset += len(rows)
        for row in rows:
            _write_row(out, row)
    content = ("\ufeff" + target.getvalue()).encode()
    return download(content, f"{tk._('Import')}-{id[:8]}.csv", "text/csv")


def _write_row(out: Any, row: dict[str, Any]) -> None:
    what = tk._(OUTCOMES[row["outcome"]]) if row["outcome"] in OUTCOMES else ""
    title = sheets.neutral(row["title"])
    for wrong in row["errors"]:
        out.writerow(_line(wrong, what, title))
    for change in row["changes"]:
        cells = [change["label"], change["old"], change["new"]]
        out.writerow(
            [sheets.ENTRIES, row["number"], what, title, *map(sheets.neutral, cells)]
        )
    if row["outcome"] == "new" and not row["errors"]:
        out.writerow([sheets.ENTRIES, row["number"], what, title])


def _line(wrong: dict[str, Any], what: str, title: str) -> list[Any]:
    message = sheets.neutral(wrong["message"])
    return [wrong["sheet"], wrong["row"], what, title, wrong["label"], "", "", message]
