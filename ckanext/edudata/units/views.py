"""People of a unit: who holds which role, giving and ending roles."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.units import naming, who_may

units = web.answer_refusals(
    Blueprint("edudata_unit", __name__, url_prefix="/organization")
)

ROWS = 200


@units.route("/<id>/people", methods=["GET", "POST"])
def people(id: str) -> Any:
    """Who holds a role here; those who may, give one."""
    if current_user.is_anonymous:
        return web.to_login()
    unit = _unit(id)
    form, asked = tk.request.form, tk.request.args
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
    elif asked.get("user"):
        typed["user_id"] = asked["user"]
    roles = [
        role
        for role in who_may.ROLES.values()
        if web.may("edudata_role_give", unit_id=unit["id"], role=role.name)
    ]
    sought = asked.get("find", "").strip()[:100]
    page = tk.render(
        "edudata/units/people.html",
        {
            "unit": unit,
            "page": "people",
            **_held(unit["id"], past=asked.get("past") == "1"),
            "responsible": _responsible(unit["id"]),
            "may_assign": bool(roles),
            "roles": roles,
            "typed": typed,
            "sought": sought,
            "found": _sought(sought) if roles and sought else [],
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@units.route("/<id>/people/<assignment>/end", methods=["POST"])
def end(id: str, assignment: str) -> Any:
    """End a role now."""
    unit = _unit(id)
    web.call("edudata_role_end", id=assignment)
    tk.h.flash_success(tk._("The role was ended."))
    return tk.redirect_to("edudata_unit.people", id=unit["name"])


@units.route("/<id>/people/below")
def below(id: str) -> Any:
    """Who holds a role in this unit and all below it, and which units have nobody."""
    if current_user.is_anonymous:
        return web.to_login()
    unit = _unit(id)
    asked = tk.request.args
    role = asked.get("role", "") if asked.get("role") in who_may.ROLES else ""
    lacking = asked.get("lacking") == "1" and bool(role)
    wanted = {"role": role} if role else {}
    held = web.call(
        "edudata_role_list", unit_id=unit["id"], below=True, names=True, **wanted
    )
    number = max(1, tk.h.get_page_number(asked))
    start = (number - 1) * ROWS
    rows: list[dict[str, Any]] = _worded(held)
    if lacking:
        have = {each["unit_id"] for each in held}
        rows = [each for each in _all_below(unit["id"]) if each["id"] not in have]
    else:
        rows.sort(key=lambda each: (each["unit"], each["role_label"], each["person"]))
    return tk.render(
        "edudata/units/below.html",
        {
            "unit": unit,
            "page": "below",
            "role": role,
            "lacking": lacking,
            "roles": [who_may.ROLES[name] for name in who_may.ROLES],
            "rows": rows[start : start + ROWS],
            "count": len(rows),
            "number": number,
            "pages": max(1, -(-len(rows) // ROWS)),
        },
    )


@units.route("/members/<id>")
@units.route("/manage_members/<id>")
@units.route("/member_new/<id>")
def members(id: str) -> Any:
    """CKAN's pages of members: people of a unit hold roles."""
    return tk.redirect_to("edudata_unit.people", id=id)


def _unit(reference: str) -> dict[str, Any]:
    return web.call(
        "organization_show",
        id=reference,
        include_datasets=False,
        include_dataset_count=False,
        include_users=False,
    )


def _all_below(unit_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    inside = False
    depth = 0
    for each in web.call("edudata_unit_tree"):
        if each["id"] == unit_id:
            inside, depth = True, each["depth"]
        elif inside and each["depth"] <= depth:
            break
        if inside:
            found.append(each)
    return found


def _labels() -> dict[str, str]:
    return {
        "user_id": tk._("User name"),
        "role": tk._("Role"),
        "until": tk._("Until"),
    }


def _worded(roles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**role, "role_label": tk._(who_may.ROLES[role["role"]].label)}
        for role in roles
    ]


def _held(unit_id: str, *, past: bool) -> dict[str, Any]:
    """Roles in force for a unit and those that reach it; with *past* those that ended
    here."""
    found = _worded(
        web.call("edudata_role_list", unit_id=unit_id, names=True, ended=past)
    )
    for role in found:
        role["here"] = role["unit_id"] == unit_id
    in_force = {role["id"] for role in web.call("edudata_role_list", unit_id=unit_id)}
    order = [role for role in found if role["id"] in in_force]
    order.sort(key=lambda role: (not role["here"], role["role_label"]))
    ended = [role for role in found if role["here"] and role["id"] not in in_force]
    ended.sort(key=lambda role: role["ended_at"] or role["until"] or "", reverse=True)
    return {"held": order, "ended": ended, "past": past}


def _responsible(unit_id: str) -> list[dict[str, Any]]:
    """Who answers for what here: `[{label, people: [{person, unit, here}]}]`."""
    found = web.call("edudata_unit_responsible", id=unit_id)
    every = [each for people in found.values() for each in people]
    names = naming.persons(each["user_id"] for each in every)
    units_ = naming.titles(each["unit_id"] for each in every)
    return [
        {
            "label": tk._(who_may.ROLES[role].label),
            "people": [
                {
                    "person": names.get(each["user_id"], ("", "", ""))[0],
                    "unit": units_.get(each["unit_id"], ""),
                    "here": each["unit_id"] == unit_id,
                }
                for each in found[role]
            ],
        }
        for role in ("security_officer", "coordinator", "technician", "reviewer")
    ]


def _sought(words: str) -> list[dict[str, str]]:
    try:
        return web.call("edudata_person_find", q=words)
    except tk.ValidationError:
        return []
