"""Pages of what follows a delivery: reports of use, handing on, recalls."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.audit import trail
from ckanext.edudata.delivery import destruction, pages_after, recalls

edudata_after = web.answer_refusals(Blueprint("edudata_after", __name__))


@edudata_after.before_request
def known() -> Any:
    """Nothing here is for who is not logged in."""
    return web.to_login() if current_user.is_anonymous else None


def _typed(*names: str) -> dict[str, Any]:
    form = tk.request.form
    return {name: form.get(name, "").strip() for name in names if name in form}


@edudata_after.route("/use-reports/<request_id>", methods=["GET", "POST"])
def report(request_id: str) -> Any:
    """A report of use: filed by the holder, seen by the owner."""
    if tk.request.method == "GET":
        return pages_after.report_page(request_id)
    typed = _typed(*pages_after.REPORT)
    try:
        web.call("edudata_use_report_file", request_id=request_id, **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return pages_after.report_page(request_id, error, typed)
    tk.h.flash_success(tk._("The report was filed. The owner of the data was told."))
    return tk.redirect_to("edudata_after.report", request_id=request_id)


@edudata_after.route("/use-reports/<request_id>/read", methods=["POST"])
def report_read(request_id: str) -> Any:
    """The owner has read it."""
    typed = _typed("words")
    try:
        web.call("edudata_use_report_read", request_id=request_id, **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return pages_after.report_page(request_id, error, typed)
    tk.h.flash_success(tk._("Noted. The holder was told."))
    return tk.redirect_to("edudata_after.report", request_id=request_id)


@edudata_after.route("/grants/<id>/onward", methods=["GET", "POST"])
def provision_new(id: str) -> Any:
    """Apply to hand data on."""
    if tk.request.method == "GET":
        return pages_after.provision_form(id)
    typed = _typed(*pages_after.PROVISION)
    typed["fields"] = tk.request.form.getlist("fields")
    try:
        made = web.call("edudata_provision_create", grant_id=id, **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return pages_after.provision_form(id, error, typed)
    tk.h.flash_success(
        tk._("The application was made. Hand nothing on before it is consented to.")
    )
    return tk.redirect_to("edudata_after.provision", id=made["id"])


@edudata_after.route("/onward/<id>")
def provision(id: str) -> Any:
    """An application to hand data on."""
    return pages_after.provision_page(id)


@edudata_after.route(
    "/onward/<id>/<any(consent, refuse, withdraw):command>", methods=["POST"]
)
def provision_give(id: str, command: str) -> Any:
    """Decide it, or take it back."""
    typed = _typed("words") if command != "withdraw" else {}
    try:
        web.call(f"edudata_provision_{command}", id=id, **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return pages_after.provision_page(id, error, typed)
    done = {
        "consent": tk._("Consented. The applicant was told."),
        "refuse": tk._("Refused. The applicant was told."),
        "withdraw": tk._("The application was withdrawn."),
    }
    tk.h.flash_success(done[command])
    return tk.redirect_to("edudata_after.provision", id=id)


@edudata_after.route("/follow-up")
def follow_up() -> Any:
    """For the owner: reports, applications to hand data on, recalls of a unit."""
    return pages_after.follow_up(tk.request.args.get("unit", ""))


@edudata_after.route("/recalls/new", methods=["GET", "POST"])
def recall_new() -> Any:
    """Call data of a dataset back."""
    dataset_id = tk.request.values.get("dataset_id", "")
    if tk.request.method == "GET":
        return pages_after.recall_form(dataset_id)
    typed = _typed("dataset_id", "release_id", "reason", "words", "due")
    try:
        given = {key: value for key, value in typed.items() if value}
        made = web.call("edudata_recall_create", **given)
    except tk.ValidationError as error:
        model.Session.rollback()
        return pages_after.recall_form(dataset_id, error, typed)
    tk.h.flash_success(
        tk._("Recalled. The grants are frozen, and all recipients were told.")
    )
    return tk.redirect_to("edudata_after.recall", id=made["id"])


@edudata_after.route("/recalls/<id>")
def recall(id: str) -> Any:
    """A recall: to confirm for a recipient, to watch for the owner."""
    return pages_after.recall_page(id)


@edudata_after.route("/recalls/<id>/<any(confirm, lift):command>", methods=["POST"])
def recall_give(id: str, command: str) -> Any:
    """Confirm the deletion, or lift the recall."""
    names = pages_after.CONFIRMATION if command == "confirm" else ("words",)
    typed = _typed(*names)
    try:
        web.call(f"edudata_recall_{command}", id=id, **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return pages_after.recall_page(id, error, typed)
    said = tk._("Confirmed. Thank you.")
    if command == "lift":
        said = tk._("Lifted. The recipients were told; free their grants one by one.")
    tk.h.flash_success(said)
    return tk.redirect_to("edudata_after.recall", id=id)


@edudata_after.route("/recalls/<id>/destruction.<any(csv, xlsx):ending>")
def recall_list(id: str, ending: str) -> Any:
    """The list of destruction, on record: it names the recipients."""
    found = web.call("edudata_recall_people", id=id)
    row = recalls.get(id)
    trail.record_apart(
        "recall_export",
        actor_id=current_user.id,
        object_type="recall",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"people": len(found), "format": ending},
    )
    shown = web.call("edudata_recall_show", id=id)
    table = destruction.table(shown, found)
    name = f"{tk._('List of destruction')}_{shown['number']}.{ending}"
    if ending == "xlsx":
        return web.download(destruction.as_xlsx(table), name, destruction.XLSX)
    return web.download(destruction.as_csv(table), name, "text/csv; charset=utf-8")
