"""Import of units and people by clicking: give the file, look, import."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response

from ckanext.edudata import web
from ckanext.edudata.units import helpers, importing, people, template_book, who_may

unit_import = web.answer_refusals(
    Blueprint("edudata_unit_import", __name__, url_prefix="/units/import")
)

FIELDS = ("kind", "superior", "only_column", "only_value")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@unit_import.route("/", methods=["GET", "POST"], strict_slashes=False)
def give() -> Any:
    """The form for the file; the dry run follows."""
    if current_user.is_anonymous:
        return web.to_login()
    tk.check_access("edudata_unit_import_check", _context(), {})
    form = tk.request.form
    typed = {key: form.get(key, "").strip() for key in FIELDS}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            found = web.call(
                "edudata_unit_import_check",
                upload=tk.request.files.get("upload") or "",
                **typed,
            )
        except tk.ValidationError as error:
            summary = web.summary(error, _labels())
        else:
            return tk.redirect_to("edudata_unit_import.look", id=found["id"])
    page = tk.render(
        "edudata/units/import.html",
        {"typed": typed, "summary": summary, "kinds": helpers.edudata_unit_kinds()},
    )
    return (page, 422) if summary else page


@unit_import.route("/<id>", methods=["GET", "POST"])
def look(id: str) -> Any:
    """What would change; or import it."""
    if current_user.is_anonymous:
        return web.to_login()
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            done = web.call(
                "edudata_unit_import_apply",
                id=id,
                invite=tk.request.form.get("invite") == "1",
            )
        except tk.ValidationError as error:
            summary = web.summary(error, {"id": "", "file": ""})
        else:
            del done
            tk.h.flash_success(tk._("Imported."))
            return tk.redirect_to("edudata_unit_import.look", id=id)
    found = web.call("edudata_unit_import_show", id=id)
    page = tk.render(
        "edudata/units/import_look.html", {"found": found, "summary": summary}
    )
    return (page, 422) if summary else page


@unit_import.route("/template.xlsx")
def template() -> Any:
    """The spreadsheet to fill in, with the choices of the person."""
    if current_user.is_anonymous:
        return web.to_login()
    tk.check_access("edudata_unit_import_check", _context(), {})
    actor = people.actor_id(_context())
    mine = set(people.all_units_where(actor, who_may.roles_for("unit_edit")))
    mine |= set(people.all_units_where(actor, who_may.roles_for("role_assign")))
    units = [
        each["title"] for each in web.call("edudata_unit_tree") if each["id"] in mine
    ]
    made = template_book.template(
        [each["label"] for each in helpers.edudata_unit_kinds()],
        [
            tk.h.scheming_language_text(choice["label"])
            for choice in importing.choices("district")
        ],
        [
            tk._(role.label)
            for role in who_may.ROLES.values()
            if role.name not in who_may.ADMINISTRATORS
        ],
        units,
    )
    answer = Response(made, mimetype=XLSX)
    name = "edudata-units.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _context() -> Any:
    return {"user": current_user.name, "auth_user_obj": current_user}


def _labels() -> dict[str, str]:
    return {
        "upload": tk._("File"),
        "kind": tk._("Kind of new units"),
        "superior": tk._("Superior of new units"),
        "only_column": tk._("Only rows where the column"),
        "only_value": tk._("has the value"),
    }
