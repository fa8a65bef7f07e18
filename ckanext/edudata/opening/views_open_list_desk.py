"""The desk's pages of open lists: what waits, the draft, publishing, withdrawing."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.opening import open_list_reading

desk = web.answer_refusals(
    Blueprint("edudata_open_list_desk", __name__, url_prefix="/desk/open-list")
)

ROWS = 100


@desk.route("", strict_slashes=False)
def index() -> Any:
    """Units whose list one publishes, those with changes first."""
    if current_user.is_anonymous:
        return web.to_login()
    rows = web.call("edudata_open_list_waiting")
    every = tk.request.args.get("all") == "1"
    shown = rows if every else [r for r in rows if r["waiting"] or r["refused"]]
    shown.sort(key=lambda row: (-row["waiting"], -row["refused"]))
    page = max(1, tk.request.args.get("page", 1, type=int))
    part = shown[(page - 1) * ROWS : page * ROWS]
    return tk.render(
        "edudata/opening/open_list/desk.html",
        {
            "rows": part,
            "count": len(shown),
            "waiting": sum(bool(row["waiting"]) for row in rows),
            "unseen": sum(not row["looked"] for row in rows),
            "total": len(rows),
            "every": every,
            "units": _units(),
            "tops": _tops(),
            "page": page,
            "pages": max(1, -(-len(shown) // ROWS)),
        },
    )


@desk.route("/publish", methods=["POST"])
def publish_all() -> Any:
    """Publish the chosen lists, or all that wait below one of one's units."""
    form = tk.request.form
    chosen = form.getlist("chosen")
    if "selected" in form and not chosen:
        tk.h.flash_error(tk._("Choose at least one unit."))
        return tk.redirect_to("edudata_open_list_desk.index")
    values: dict[str, Any] = {"units": chosen} if "selected" in form else {}
    run = None
    for top in form.getlist("top"):
        try:
            run = web.call("edudata_open_list_publish_all", unit=top, **values)
        except tk.ValidationError:  # noqa: PERF203 - a few units one works for
            continue
    if run is None:
        tk.h.flash_notice(tk._("Nothing waits to be published."))
        return tk.redirect_to("edudata_open_list_desk.index")
    return tk.redirect_to("edudata_open_list_desk.run", id=run["id"])


@desk.route("/run/<id>")
def run(id: str) -> Any:
    """How far the publishing of many lists is, unit by unit."""
    found = web.call("edudata_open_list_run_show", id=id)
    return tk.render(
        "edudata/opening/open_list/run.html", {"run": found, "units": _units()}
    )


@desk.route("/unit/<unit>", methods=["GET", "POST"])
def draft(unit: str) -> Any:
    """The draft of a unit's next version, and the button that publishes it."""
    found = open_list_reading.unit(unit)
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        digest = tk.request.form.get("digest", "")
        try:
            done = web.call("edudata_open_list_publish", unit=found.id, digest=digest)
        except tk.ValidationError as error:
            summary = web.summary(error, {})
        else:
            tk.h.flash_success(
                tk._("Version {number} of the open list is published.").format(
                    number=done["number"]
                )
            )
            return tk.redirect_to(
                "edudata_open_list.version", unit=found.name, number=done["number"]
            )
    page = tk.render(
        "edudata/opening/open_list/draft.html",
        {
            "unit": found,
            "draft": web.call("edudata_open_list_draft", unit=found.id),
            "may_publish": web.may("edudata_open_list_publish", unit=found.id),
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@desk.route("/unit/<unit>/withdraw", methods=["GET", "POST"])
def withdraw(unit: str) -> Any:
    """Take the words of a line, or of a version, out of what is published."""
    found = open_list_reading.unit(unit)
    tk.check_access(
        "edudata_open_list_withdraw", {"user": tk.g.user}, {"unit": found.id}
    )
    values = tk.request.values
    typed = {
        "number": values.get("number", ""),
        "line": values.get("line", ""),
        "reason": values.get("reason", ""),
        "everywhere": values.get("everywhere", ""),
    }
    shown = web.call(
        "edudata_open_list_show",
        unit=found.id,
        number=int(typed["number"]) if typed["number"].isdecimal() else None,
    )
    lines = [line for line in shown["lines"] if line["key"] == typed["line"]]
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        asked: dict[str, Any] = {"reason": typed["reason"]}
        if typed["line"]:
            asked["line"] = typed["line"]
        if not (typed["line"] and typed["everywhere"]):
            asked["number"] = shown["number"]
        try:
            web.call("edudata_open_list_withdraw", unit=found.id, **asked)
        except tk.ValidationError as error:
            summary = web.summary(error, {"reason": tk._("Reason")})
        else:
            tk.h.flash_success(tk._("Withdrawn. The words stand nowhere any more."))
            return tk.redirect_to(
                "edudata_open_list.version", unit=found.name, number=shown["number"]
            )
    page = tk.render(
        "edudata/opening/open_list/withdraw.html",
        {
            "unit": found,
            "list": shown,
            "line": lines[0] if lines else None,
            "typed": typed,
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


def _units() -> dict[str, dict[str, Any]]:
    return {unit["id"]: unit for unit in web.call("edudata_unit_tree")}


def _tops() -> list[str]:
    """The units for which one holds the role: their lists and all below."""
    from ckanext.edudata.units import people, who_may

    mine = people.units_where(current_user.id, who_may.roles_for("open_list_publish"))
    units = _units()
    return [
        each
        for each in mine
        if each in units and not _above(units, units[each]) & set(mine)
    ]


def _above(units: dict[str, dict[str, Any]], unit: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    while unit["superior"] in units and unit["superior"] not in found:
        found.add(unit["superior"])
        unit = units[unit["superior"]]
    return found
