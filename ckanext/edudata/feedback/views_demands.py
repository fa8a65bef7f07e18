"""Data demands: the public list, one demand, the form, and answers."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.feedback import demands
from ckanext.edudata.feedback import schema_demands as schema
from ckanext.edudata.feedback import states_demands as states

edudata_demands = web.answer_refusals(
    Blueprint("edudata_demands", __name__, url_prefix="/demands")
)

PAGE = 20
_DONE = {
    "support": "Counted. Your name is not shown.",
    "unsupport": "Your support was taken back.",
    "answer": "Answered. Everybody can read the answer now.",
    "pass_on": "Passed on to the other unit.",
    "hide": "Hidden. Who asked can read why.",
    "unhide": "Shown to everybody again.",
    "withdraw": "Withdrawn. It is not public any more.",
}
_TYPED = ("answer", "opening_class", "planned_date", "dataset", "words", "reason")


@edudata_demands.route("/", strict_slashes=False)
def index() -> Any:
    """What is asked for and what was answered; for everybody."""
    given = {
        key: tk.request.args.get(key, "").strip()[:100]
        for key in ("q", "unit", "state", "sort")
    }
    asked = {key: value for key, value in given.items() if value}
    if asked.get("state") not in states.PUBLIC:
        asked.pop("state", None)
    if asked.get("sort") not in ("new", "supports"):
        asked.pop("sort", None)
    page = max(1, tk.h.get_page_number(tk.request.args))
    found = web.call(
        "edudata_demand_list", **asked, limit=PAGE, offset=PAGE * (page - 1)
    )
    mine = None
    if not current_user.is_anonymous:
        mine = web.call("edudata_demand_list", mine=True, limit=5)
    unit = model.Group.get(asked["unit"]) if asked.get("unit") else None
    return tk.render(
        "edudata/feedback/demands/index.html",
        {
            "found": found,
            "asked": asked,
            "unit": unit,
            "mine": mine,
            "page": page,
            "pages": max(1, -(-found["count"] // PAGE)),
        },
    )


@edudata_demands.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Ask for data; from a line of an open list, or without one."""
    if current_user.is_anonymous:
        return web.to_login()
    sent = tk.request.method == "POST"
    source = tk.request.form if sent else tk.request.args
    names = ("title", "purpose", "unit", "line")
    typed = {key: source.get(key, "").strip()[:1100] for key in names}
    typed["line"] = demands.line(typed["unit"], typed["line"]) or ""
    if not sent:
        typed["title"] = typed["title"] or typed["line"][: schema.TITLE]
    summary: list[dict[str, str]] = []
    if sent:
        try:
            made = web.call(
                "edudata_demand_create", **{k: v for k, v in typed.items() if v}
            )
        except tk.ValidationError as error:
            labels = {
                "title": tk._("Which data"),
                "purpose": tk._("What for"),
                "unit": tk._("Unit"),
            }
            summary = web.summary(error, labels)
        else:
            tk.h.flash_success(tk._("Published. The unit was told, and answers here."))
            return tk.redirect_to("edudata_demands.show", number=made["number"])
    shown = tk.render(
        "edudata/feedback/demands/new.html",
        {
            "typed": typed,
            "summary": summary,
            "units": web.call("edudata_unit_tree"),
            "most": {"title": schema.TITLE, "purpose": schema.PURPOSE},
        },
    )
    return (shown, 422) if summary else shown


@edudata_demands.route("/id/<id>")
def by_id(id: str) -> Any:
    """To a demand's own address."""
    found = web.call("edudata_demand_show", id=id)
    return tk.redirect_to("edudata_demands.show", number=found["number"])


@edudata_demands.route("/<int:number>")
def show(number: int) -> Any:
    """A demand and its answer."""
    return _page(number, None, {})


@edudata_demands.route(
    "/<int:number>/<any(support, unsupport, answer, pass_on, hide, unhide, withdraw)"
    ":command>",
    methods=["POST"],
)
def give(number: int, command: str) -> Any:
    """Give a command; what was typed comes back where it is refused."""
    if current_user.is_anonymous:
        return tk.redirect_to(
            "user.login", came_from=tk.h.url_for("edudata_demands.show", number=number)
        )
    form = tk.request.form
    typed = {key: form[key] for key in (*_TYPED, "unit") if form.get(key)}
    try:
        web.call(f"edudata_demand_{command}", id=str(number), **typed)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _page(number, error, {**typed, "command": command})
    tk.h.flash_success(tk._(_DONE[command]))
    return tk.redirect_to("edudata_demands.show", number=number)


def _page(number: int, error: tk.ValidationError | None, typed: dict[str, str]) -> Any:
    demand = web.call("edudata_demand_show", id=str(number))
    labels = {
        "state": "",
        "answer": tk._("Answer"),
        "opening_class": tk._("Opening class"),
        "planned_date": tk._("Opened by"),
        "dataset": tk._("Open dataset"),
        "words": tk._("Words to everybody"),
        "unit": tk._("Unit"),
        "reason": tk._("Reason"),
    }
    passes = "pass_on" in demand["commands"]
    shown = tk.render(
        "edudata/feedback/demands/show.html",
        {
            "demand": demand,
            "answers": states.ANSWERS,
            "classes": states.CLASSES,
            "typed": typed,
            "today": demands.today().isoformat(),
            "most": schema.WORDS,
            "units": web.call("edudata_unit_tree") if passes else [],
            "summary": web.summary(error, labels) if error else [],
        },
    )
    return (shown, 422) if error else shown
