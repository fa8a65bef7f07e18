"""Where a unit stands: moving it, and ending it when it has nothing left."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.units import naming
from ckanext.edudata.units.views import _unit

place = web.answer_refusals(
    Blueprint("edudata_unit_place", __name__, url_prefix="/organization")
)


@place.route("/<id>/place", endpoint="place")
def show(id: str) -> Any:
    """Where it stands, moves so far, and the forms to move and to end it."""
    if current_user.is_anonymous:
        return web.to_login()
    return _page(_unit(id), None, {})


@place.route("/<id>/move", methods=["POST"])
def move(id: str) -> Any:
    """Move the unit with all below it."""
    unit = _unit(id)
    typed = _typed("superior", "reason")
    try:
        done = web.call("edudata_unit_move", id=unit["id"], **typed)
    except tk.ValidationError as error:
        return _page(unit, error, typed)
    if done["changed"]:
        tk.h.flash_success(tk._("The unit was moved, with all below it."))
    else:
        tk.h.flash_notice(tk._("The unit stands there already."))
    return tk.redirect_to("edudata_portal.unit", id=unit["name"])


@place.route("/<id>/end", methods=["POST"])
def end(id: str) -> Any:
    """End the unit."""
    unit = _unit(id)
    typed = {
        "into": tk.request.form.get("into", "").strip(),
        "reason": tk.request.form.get("end_reason", "").strip(),
    }
    try:
        web.call("edudata_unit_end", id=unit["id"], **typed)
    except tk.ValidationError as error:
        return _page(unit, error, {**typed, "end_reason": typed["reason"]})
    tk.h.flash_success(tk._("The unit was ended."))
    return tk.redirect_to("edudata_portal.unit_tree")


def _typed(*names: str) -> dict[str, str]:
    return {name: tk.request.form.get(name, "").strip() for name in names}


def _page(
    unit: dict[str, Any], error: tk.ValidationError | None, typed: dict[str, str]
) -> Any:
    if not web.may("edudata_unit_move", id=unit["id"]):
        raise tk.NotAuthorized(
            tk._("A unit is moved and ended by those who edit units above it.")
        )
    stands = web.call("edudata_unit_below", id=unit["id"], limit=0)
    changes = web.call("edudata_unit_change_list", id=unit["id"])
    places = {each["detail"].get(key) for each in changes for key in ("from", "to")}
    labels = {
        "superior": tk._("Superior unit"),
        "reason": tk._("Reason"),
        "into": tk._("Merged into"),
        "unit": "",
    }
    page = tk.render(
        "edudata/units/place.html",
        {
            "unit": unit,
            "page": "move",
            "path": stands["path"],
            "remains": web.call("edudata_unit_remains", id=unit["id"]),
            "changes": changes,
            "titles": naming.titles(places),
            "persons": naming.persons(each["made_by"] for each in changes),
            "typed": typed,
            "summary": web.summary(error, labels) if error else [],
        },
    )
    return (page, 422) if error else page
