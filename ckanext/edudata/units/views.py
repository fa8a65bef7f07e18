"""People of a unit: who holds which role, giving and ending roles."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.units import who_may

units = web.answer_refusals(
    Blueprint("edudata_unit", __name__, url_prefix="/organization")
)


@units.route("/<id>/people", methods=["GET", "POST"])
def people(id: str) -> Any:
    """Who holds a role here; those who may, give one."""
    if current_user.is_anonymous:
        return web.to_login()
    unit = web.call("organization_show", id=id, include_datasets=False)
    form = tk.request.form
    typed = {key: form.get(key, "").strip() for key in ("user_id", "role", "until")}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            given = {key: value for key, value in typed.items() if value}
            web.call("edudata_role_give", unit_id=unit["id"], **given)
        except tk.ValidationError as error:
            summary = web.summary(error, _labels())
        else:
            tk.h.flash_success(tk._("The role was given."))
            return tk.redirect_to("edudata_unit.people", id=unit["name"])
    roles = [
        role
        for role in who_may.ROLES.values()
        if web.may("edudata_role_give", unit_id=unit["id"], role=role.name)
    ]
    page = tk.render(
        "edudata/units/people.html",
        {
            "unit": unit,
            "held": _held(unit["id"]),
            "may_assign": bool(roles),
            "roles": roles,
            "typed": typed,
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@units.route("/<id>/people/<assignment>/end", methods=["POST"])
def end(id: str, assignment: str) -> Any:
    """End a role now."""
    unit = web.call("organization_show", id=id, include_datasets=False)
    web.call("edudata_role_end", id=assignment)
    tk.h.flash_success(tk._("The role was ended."))
    return tk.redirect_to("edudata_unit.people", id=unit["name"])


@units.route("/members/<id>")
@units.route("/manage_members/<id>")
@units.route("/member_new/<id>")
def members(id: str) -> Any:
    """CKAN's pages of members: people of a unit hold roles."""
    return tk.redirect_to("edudata_unit.people", id=id)


def _labels() -> dict[str, str]:
    return {
        "user_id": tk._("User name"),
        "role": tk._("Role"),
        "until": tk._("Until"),
    }


def _held(unit_id: str) -> list[dict[str, Any]]:
    """Roles in force for a unit and those above it, with the words of each."""
    tree = {unit["id"]: unit for unit in web.call("edudata_unit_tree")}
    found = []
    for role in web.call("edudata_role_list", unit_id=unit_id):
        person = _person(role["user_id"])
        found.append(
            {
                **role,
                **person,
                "role_label": tk._(who_may.ROLES[role["role"]].label),
                "unit_title": tree.get(role["unit_id"], {}).get("title", ""),
                "here": role["unit_id"] == unit_id,
            }
        )
    return sorted(found, key=lambda role: (not role["here"], role["role_label"]))


def _person(user_id: str) -> dict[str, str]:
    """Name of a colleague, who may be shown to those who read the roles here."""
    context: Any = {"ignore_auth": True, "keep_email": False}
    try:
        user = tk.get_action("user_show")(context, {"id": user_id})
    except tk.ObjectNotFound:
        return {"user_name": "", "display_name": tk._("Account deleted")}
    return {"user_name": user["name"], "display_name": user["display_name"]}
