"""Pages of catalog templates: made by a district, answered by each school."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.lib.navl.dictization_functions import unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from flask import Blueprint

from ckanext.edudata import csv_files, web
from ckanext.edudata.catalog import (
    forms,
    sheets,
    sheets_columns,
    sheets_entries,
    templates_content,
    templates_showing,
)
from ckanext.edudata.catalog.views_imports import XLSX
from ckanext.edudata.units import people, who_may

templates = web.answer_refusals(
    Blueprint("edudata_template", __name__, url_prefix="/templates")
)

STATES = {"draft": "Not sent yet", "sent": "Sent", "ended": "Ended"}
#: Entries offered to make a template of.
OFFERED = 200


@templates.before_request
def _known_people() -> Any:
    return web.to_login() if current_user.is_anonymous else None


@templates.route("/", strict_slashes=False)
def index() -> Any:
    """Templates that wait for one's units, and those one's units made."""
    found = web.call("edudata_template_list")
    return tk.render(
        "edudata/catalog/templates.html",
        {
            **found,
            "states": STATES,
            "may_make": web.may("edudata_template_create"),
        },
    )


@templates.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Make a template from a workbook or from entries."""
    tk.check_access("edudata_template_create", {"user": tk.g.user}, {})
    form = tk.request.form
    error = None
    if tk.request.method == "POST":
        data: dict[str, Any] = {
            "unit_id": form.get("unit_id", ""),
            "title": form.get("title", ""),
            "no_state_secret": form.get("no_state_secret", ""),
            "entries": form.getlist("entries"),
        }
        upload = tk.request.files.get("upload")
        if upload is not None and upload.filename:
            data["upload"] = upload
        try:
            made = web.call("edudata_template_create", **data)
        except tk.ValidationError as refused:
            error = refused
        else:
            tk.h.flash_success(tk._("The template was made. Send it to units now."))
            return tk.redirect_to("edudata_template.show", id=made["id"])
    roles = who_may.roles_for("template_make")
    units = people.units_where(current_user.id, roles)
    offered = []
    for entry in sheets_entries.of_units(units):
        offered.append({"id": entry["id"], "title": entry["title"]})
        if len(offered) >= OFFERED:
            break
    page = tk.render(
        "edudata/catalog/template_new.html",
        {
            "units": sheets_columns.units_of(units),
            "offered": offered,
            "typed": form,
            "chosen": form.getlist("entries"),
            **_said(error),
        },
    )
    return (page, 422) if error else page


@templates.route("/empty.xlsx")
def empty() -> Any:
    """An empty workbook for a template."""
    tk.check_access("edudata_template_create", {"user": tk.g.user}, {})
    from ckanext.edudata.catalog import templates_reading

    name = tk._("Catalog template")
    return web.download(templates_reading.workbook([]), f"{name}.xlsx", XLSX)


@templates.route("/<id>", methods=["GET", "POST"])
def show(id: str) -> Any:
    """A template: its rows, to whom it was sent, how far they are."""
    error = None
    if tk.request.method == "POST":
        try:
            return _given(id, tk.request.form)
        except tk.ValidationError as refused:
            error = refused
    found = web.call("edudata_template_show", id=id)
    below = templates_showing.units_below(found["unit_id"])
    progress = web.call("edudata_template_progress", id=id)
    has_it = {unit["unit_id"] for unit in progress}
    kinds: dict[str, int] = {}
    for unit in below:
        kinds[unit["kind"]] = kinds.get(unit["kind"], 0) + 1
    page = tk.render(
        "edudata/catalog/template.html",
        {
            "found": found,
            "states": STATES,
            "kinds": [
                {"value": kind, "label": _kind(kind), "count": count}
                for kind, count in kinds.items()
                if kind
            ],
            "others": [unit for unit in below if unit["id"] not in has_it],
            "progress": progress,
            "total": _total(progress),
            "may_make": web.may("edudata_template_update", id=id),
            **_said(error),
        },
    )
    return (page, 422) if error else page


def _given(id: str, form: Any) -> Any:
    """What one of the forms of a template's page asks for."""
    asked = form.get("do", "")
    if asked == "send":
        sent = web.call(
            "edudata_template_send",
            id=id,
            kinds=form.getlist("kinds"),
            units=form.getlist("units"),
        )
        tk.h.flash_success(
            tk._("Sent to {n} units; their compilers are told.").format(n=sent["sent"])
        )
    elif asked == "remind":
        count = web.call("edudata_template_remind", id=id)
        tk.h.flash_success(tk._("{n} units were reminded.").format(n=count))
    else:
        data: dict[str, Any] = {"no_state_secret": form.get("no_state_secret", "")}
        upload = tk.request.files.get("upload")
        if upload is not None and upload.filename:
            data["upload"] = upload
        if form.getlist("remove"):
            data["remove"] = form.getlist("remove")
        if asked == "end":
            data["end"] = True
        web.call("edudata_template_update", id=id, **data)
        tk.h.flash_success(tk._("The template was changed."))
    return tk.redirect_to("edudata_template.show", id=id)


@templates.route("/<id>/sheet.xlsx")
def sheet(id: str) -> Any:
    """The template as a workbook, to be changed."""
    found = web.call("edudata_template_sheet", id=id)
    return web.download(base64.b64decode(found["content"]), found["filename"], XLSX)


@templates.route("/<id>/progress.csv")
def progress_listing(id: str) -> Any:
    """How far each unit is, for a spreadsheet."""
    labels = ["Unit", "Kind", "Sent", *templates_content.STATES.values()]
    labels += ["Changed since", "Last answer", "Reminded"]
    rows = []
    for unit in web.call("edudata_template_progress", id=id):
        counts = unit["counts"]
        states = [counts[state] for state in templates_content.STATES]
        begin = [unit["title"], _kind(unit["kind"]), counts["sent"], *states]
        days = [(unit[key] or "")[:10] for key in ("last", "reminded")]
        rows.append([*begin, counts["changed"], *days])
    content = csv_files.as_csv([tk._(label) for label in labels], rows)
    return web.download(content, f"{tk._('Progress')}-{id[:8]}.csv", "text/csv")


@templates.route("/<id>/units/<unit>", methods=["GET", "POST"])
def answer(id: str, unit: str) -> Any:
    """A unit's page: confirm each row, correct it, or say that it is not there."""
    form, refused, error = tk.request.form, {}, None
    if tk.request.method == "POST":
        data: dict[str, Any] = {
            "answer": form.get("answer", ""),
            "reason": form.get("reason", ""),
            "no_state_secret": form.get("no_state_secret", ""),
        }
        if form.get("row"):
            data["rows"] = [form["row"]]
        try:
            done = web.call("edudata_template_answer", id=id, unit_id=unit, **data)
        except tk.ValidationError as problem:
            error = problem
        else:
            refused = done["refused"]
            if done["done"]:
                tk.h.flash_success(tk._("{n} rows answered.").format(n=done["done"]))
            if not refused:
                return tk.redirect_to("edudata_template.answer", id=id, unit=unit)
    found = web.call("edudata_template_show", id=id, unit_id=unit)
    labels = {c.name: c.label for c in sheets_columns.of_entries({}, own=False)}
    page = tk.render(
        "edudata/catalog/template_answer.html",
        {
            "found": found,
            "labels": labels,
            "states": templates_content.STATES,
            "refused": refused,
            "may_answer": web.may("edudata_template_answer", id=id, unit_id=unit),
            "shown": _facts(found, labels),
            **_said(error),
        },
    )
    return (page, 422) if error or refused else page


@templates.route("/<id>/units/<unit>/<row>", methods=["GET", "POST"])
def correct(id: str, unit: str, row: str) -> Any:
    """Correct one row's description before it becomes an entry."""
    found = web.call("edudata_template_show", id=id, unit_id=unit)
    item = next((item for item in found["rows"] if item["id"] == row), None)
    if item is None or item["entry_id"]:
        raise tk.ObjectNotFound
    data = {**item["fields"], "owner_org": found["unit"]["id"]}
    errors: dict[str, Any] = {}
    if tk.request.method == "POST":
        typed = clean_dict(unflatten(tuplize_dict(parse_params(tk.request.form))))
        fields = tk.h.scheming_get_dataset_schema("entry")["dataset_fields"]
        names = {field["field_name"] for field in fields}
        values = {key: typed[key] for key in typed if key in names}
        # A box without its mark is not sent at all.
        boxes = {name for name in names if f"{name}-offered" in typed}
        values.update(dict.fromkeys(boxes - values.keys(), ""))
        values.update(forms.answered(typed))
        declared = values.pop("no_state_secret", "")
        try:
            done = web.call(
                "edudata_template_answer",
                id=id,
                unit_id=unit,
                rows=[row],
                answer="correct",
                values=values,
                no_state_secret=declared,
            )
            problems = done["refused"].get(row, {})
            errors = {name: [message] for name, message in problems.items()}
        except tk.ValidationError as problem:
            errors = problem.error_dict
        if not errors:
            tk.h.flash_success(tk._("Corrected; the data resource is a draft now."))
            return tk.redirect_to("edudata_template.answer", id=id, unit=unit)
        data.update(forms.as_typed(values))
    error = tk.ValidationError(errors) if errors else None
    page = tk.render(
        "edudata/catalog/template_correct.html",
        {
            "found": found,
            "row": item,
            "data": data,
            "errors": errors,
            "summary": web.summary(error, _labels()) if error else [],
        },
    )
    return (page, 422) if errors else page


def _facts(
    found: dict[str, Any], labels: dict[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """What a row's description says, as label and words."""
    columns = [
        column
        for column in sheets_columns.of_entries({}, own=False)
        if column.name not in ("title", "notes", sheets.NUMBER)
    ]
    return {
        row["id"]: [
            (labels[column.name], sheets.shown(column, row["fields"][column.name]))
            for column in columns
            if row["fields"].get(column.name)
        ]
        for row in found["rows"]
    }


def _labels() -> dict[str, str]:
    schema = tk.h.scheming_get_dataset_schema("entry")
    return {
        field["field_name"]: tk.h.scheming_language_text(field["label"])
        for field in schema["dataset_fields"]
        if field.get("label")
    }


def _kind(kind: str) -> str:
    fields = tk.h.scheming_get_organization_schema("organization")["fields"]
    field = next(field for field in fields if field["field_name"] == "kind")
    for choice in field["choices"]:
        if choice["value"] == kind:
            return tk.h.scheming_language_text(choice["label"])
    return kind


def _total(progress: list[dict[str, Any]]) -> dict[str, int]:
    found = {"units": len(progress), "ready": 0}
    for unit in progress:
        for key, number in unit["counts"].items():
            found[key] = found.get(key, 0) + number
        found["ready"] += not unit["counts"]["waiting"]
    return found


def _said(error: tk.ValidationError | None) -> dict[str, Any]:
    labels = {
        "title": tk._("Name of the template"),
        "upload": tk._("Workbook"),
        "entries": tk._("Data resources"),
        "units": tk._("Units"),
        "reason": tk._("Reason"),
        "rows": "",
        "state": "",
        "no_state_secret": tk._("Declaration"),
    }
    return {
        "summary": web.summary(error, labels) if error else [],
        "errors": error.error_dict if error else {},
    }
