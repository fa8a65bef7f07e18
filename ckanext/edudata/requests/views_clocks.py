"""The page of working days: years known, and entering one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.requests import announced_clocks

edudata_workdays = web.answer_refusals(Blueprint("edudata_workdays", __name__))


@edudata_workdays.route("/working-days")
def index() -> Any:
    """All years; for everybody."""
    return _page({}, [])


@edudata_workdays.route("/working-days", methods=["POST"])
def announce() -> Any:
    """Enter a year; what was typed comes back where it is refused."""
    form = tk.request.form
    typed = {key: form.get(key, "").strip() for key in ("year", "days", "source")}
    try:
        done = web.call("edudata_workdays_announce", **typed)
    except tk.ValidationError as error:
        labels = {
            "year": tk._("Year"),
            "source": tk._("Title of the announcement"),
            "days": tk._("Days"),
        }
        return _page(typed, web.summary(error, labels)), 422
    tk.h.flash_success(
        tk._("Entered. Dates that hang on {year} are counted again.").format(
            year=done["year"]
        )
    )
    return tk.redirect_to("edudata_workdays.index")


def _page(typed: dict[str, str], summary: list[dict[str, str]]) -> str:
    found = web.call("edudata_workdays_list")
    for line in found["results"]:
        text = announced_clocks.lines(line["off"], line["work"])
        line["lines"] = text.splitlines()
    return tk.render(
        "edudata/requests/workdays_clocks.html",
        {
            "years": found["results"],
            "missing": found["missing"],
            "typed": typed,
            "summary": summary,
            "enters": web.may("edudata_workdays_announce"),
            "most": announced_clocks.LONGEST,
        },
    )
