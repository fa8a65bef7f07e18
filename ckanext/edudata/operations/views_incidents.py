"""Pages of incidents, freezes, plans and drills, for those who watch over a unit."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.operations import incident_rules as rules
from ckanext.edudata.units import people, who_may

edudata_incidents = web.answer_refusals(Blueprint("edudata_incidents", __name__))

OPEN = (
    *("unit_id", "kind", "level", "first_sign_at", "found_at", "words"),
    *("people", "personal", "important"),
)


@edudata_incidents.before_request
def known() -> Any:
    """Nothing here is for who is not logged in."""
    return web.to_login() if current_user.is_anonymous else None


def _typed(*names: str) -> dict[str, Any]:
    form = tk.request.form
    return {name: form.get(name, "").strip() for name in names if name in form}


def _units(permission: str) -> list[tuple[str, str]]:
    mine = set(people.all_units_where(current_user.id, who_may.roles_for(permission)))
    tree = web.call("edudata_unit_tree")
    return [(unit["id"], unit["title"]) for unit in tree if unit["id"] in mine]


def _page(
    name: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
    **more: Any,
) -> Any:
    page = tk.render(
        f"edudata/operations/{name}.html",
        {
            "rules": rules,
            "data": {},
            "typed": typed or {},
            "errors": error.error_dict if error else {},
            "summary": web.summary(error, {}) if error else [],
            **more,
        },
    )
    return (page, 422) if error else page


@edudata_incidents.route("/incidents")
def listed() -> Any:
    """Incidents and freezes of the units that one watches over."""
    return _listed()


def _listed(error: tk.ValidationError | None = None) -> Any:
    may_read = web.may("edudata_incident_list")
    may_freeze = web.may("edudata_freeze_list")
    if not (may_read or may_freeze or _units("incident_open")):
        raise tk.NotAuthorized(tk._("Incidents are for those who work for a unit."))
    return _page(
        "incidents",
        error,
        incidents=web.call("edudata_incident_list") if may_read else None,
        freezes=web.call("edudata_freeze_list") if may_freeze else [],
        me=current_user.id,
        plans=_units("incident_note"),
        may_open=bool(_units("incident_open")),
    )


@edudata_incidents.route("/incidents/new", methods=["GET", "POST"])
def new() -> Any:
    """Open the record of an incident."""
    units = _units("incident_open")
    if not units:
        raise tk.NotAuthorized(tk._("Incidents are for those who work for a unit."))
    if tk.request.method == "GET":
        asked = {"dataset": tk.request.args.get("dataset", ""), "level": "general"}
        return _page("incident_new", units=units, typed=asked)
    typed = _typed(*OPEN, "dataset")
    sent = {key: value for key, value in typed.items() if key != "dataset"}
    if typed.get("dataset"):
        sent["datasets"] = typed["dataset"].split()
    try:
        made = web.call("edudata_incident_open", **sent)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _page("incident_new", error, typed, units=units)
    tk.h.flash_success(
        tk._("Opened as {number}. Those who watch over the security were told.").format(
            number=made["number"]
        )
    )
    if "steps" not in made:
        return tk.redirect_to("edudata_desk.desk")
    return tk.redirect_to("edudata_incidents.show", id=made["id"])


@edudata_incidents.route("/incidents/<id>")
def show(id: str) -> Any:
    """An incident, and what can be done about it."""
    return _show(id)


def _show(
    id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    incident = web.call("edudata_incident_show", id=id)
    unfrozen = [each for each in incident["datasets"] if not each["frozen"]]
    return _page(
        "incident",
        error,
        typed,
        incident=incident,
        may_note=web.may("edudata_incident_note", id=id),
        may_decide=web.may("edudata_incident_move", id=id),
        freezable=[
            each
            for each in unfrozen
            if web.may("edudata_incident_freeze", dataset_id=each["id"])
        ],
        moves=[name for name in rules.MOVES if rules.moved(incident["state"], name)],
    )


@edudata_incidents.route(
    "/incidents/<id>/<any(note, classify, move):what>", methods=["POST"]
)
def give(id: str, what: str) -> Any:
    """Note something, classify anew, contain, close, or take up again."""
    names = {
        "note": ("kind", "words", "at"),
        "classify": ("level", "words", "people", "personal", "important"),
        "move": ("command", "words"),
    }
    typed = _typed(*names[what])
    try:
        web.call(f"edudata_incident_{what}", id=id, **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _show(id, error, {**typed, "what": what})
    tk.h.flash_success(tk._("Noted. It can no longer be changed."))
    return tk.redirect_to("edudata_incidents.show", id=id)


@edudata_incidents.route("/incidents/<id>/export", methods=["POST"])
def export(id: str) -> Any:
    """The report for the authority, on record."""
    found = web.call("edudata_incident_export", id=id)
    content = base64.b64decode(found["content"])
    return web.download(content, f"{found['number']}.zip", "application/zip")


@edudata_incidents.route("/incidents/freeze", methods=["POST"])
def freeze() -> Any:
    """One button: releases and grants of a dataset, at once."""
    typed = _typed("dataset_id", "incident_id")
    back = typed.get("incident_id")
    try:
        found = web.call("edudata_incident_freeze", **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _show(back, error) if back else _listed(error)
    tk.h.flash_success(
        tk._(
            "Frozen: {versions} versions and {grants} grants. Only a second person can "
            "lift it."
        ).format(**found)
    )
    if back:
        return tk.redirect_to("edudata_incidents.show", id=back)
    return tk.redirect_to("edudata_incidents.listed")


@edudata_incidents.route("/incidents/lift", methods=["POST"])
def lift() -> Any:
    """A second person lifts a freeze."""
    try:
        web.call("edudata_incident_lift", **_typed("dataset_id", "outcome"))
    except tk.ValidationError as error:
        model.Session.rollback()
        return _listed(error)
    tk.h.flash_success(tk._("The freeze was lifted."))
    return tk.redirect_to("edudata_incidents.listed")


@edudata_incidents.route("/incidents/plan/<unit_id>", methods=["GET", "POST"])
def plan(unit_id: str) -> Any:
    """The plan in force and its drills; new ones."""
    typed = _typed("what", "words", *DRILL, "id")
    what, error = typed.pop("what", ""), None
    if tk.request.method == "POST":
        action, names = PLAN.get(what, PLAN["drill_note"])
        sent = {key: value for key, value in typed.items() if key in names}
        if what != "drill_mend":
            sent["unit_id"] = unit_id
        try:
            web.call(action, **sent)
        except tk.ValidationError as refused:
            model.Session.rollback()
            error = refused
        else:
            tk.h.flash_success(tk._("Noted. It can no longer be changed."))
            return tk.redirect_to("edudata_incidents.plan", unit_id=unit_id)
    found = web.call("edudata_incident_plan_show", unit_id=unit_id)
    group = model.Group.get(unit_id)
    return _page(
        "incident_plan",
        error,
        typed,
        found=found,
        unit_title=group.title if group else "",
        may_publish=web.may("edudata_incident_plan_publish", unit_id=unit_id),
        may_note=web.may("edudata_incident_drill_note", unit_id=unit_id),
    )


DRILL = ("held_on", "scenario", "people", "result", "to_mend")
PLAN = {
    "publish": ("edudata_incident_plan_publish", ("words",)),
    "drill_note": ("edudata_incident_drill_note", DRILL),
    "drill_mend": ("edudata_incident_drill_mend", ("id",)),
}
