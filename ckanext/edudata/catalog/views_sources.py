"""Answering likely duplicates, and the page of a doubtful case."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web

sources = web.answer_refusals(Blueprint("edudata_sources", __name__))

_SAID = {
    "another": "Noted with your reason. Reviewers see it.",
    "refer": "Noted: the other data resource is the source.",
    "ask": "Put to the superior authority. You are told when it has decided.",
}


@sources.route("/entry/<id>/sources", methods=["POST"])
def choose(id: str) -> Any:
    """Say what a likely duplicate is."""
    form = tk.request.form
    data = {key: form.get(key, "") for key in ("other", "choice", "reason")}
    try:
        web.call("edudata_source_choose", id=id, **data)
    except tk.ValidationError as error:
        return _answers(id, {"typed": data, "summary": _summary(error)}), 422
    tk.h.flash_success(tk._(_SAID[data["choice"]]))
    return tk.redirect_to("entry.read", id=id, _anchor="sources")


@sources.route("/entry/<id>/sources", methods=["GET"])
def answer(id: str) -> Any:
    """Likely duplicates of an entry, each with its form."""
    return _answers(id, {"typed": {}})


@sources.route("/sources/", strict_slashes=False)
def cases() -> Any:
    """Doubtful cases that wait for the person's decision."""
    found = web.call("edudata_source_case_list", limit=200)
    return tk.render("edudata/catalog/source_cases.html", {"found": found})


@sources.route("/sources/<id>", methods=["GET", "POST"])
def case(id: str) -> Any:
    """A doubtful case: the two beside each other, and the decision."""
    typed = {key: tk.request.form.get(key, "") for key in ("decision", "reason")}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            web.call("edudata_source_decide", id=id, **typed)
        except tk.ValidationError as error:
            summary = _summary(error)
        else:
            tk.h.flash_success(tk._("Decided, on record. Both units are told."))
            return tk.redirect_to("edudata_sources.case", id=id)
    shown = web.call("edudata_source_case_show", id=id)
    page = tk.render(
        "edudata/catalog/source_case.html",
        {"case": shown, "typed": typed, "summary": summary},
    )
    return (page, 422) if summary else page


def _answers(id: str, more: dict[str, Any]) -> str:
    pkg = web.call("package_show", id=id)
    if pkg["type"] != "entry":
        raise tk.ObjectNotFound
    may_edit = web.may("package_update", id=pkg["id"])
    page = {"pkg": pkg, "may_edit": may_edit, "alone": True, **more}
    return tk.render("edudata/catalog/sources.html", page)


def _summary(error: tk.ValidationError) -> list[dict[str, str]]:
    labels = {
        "choice": tk._("Answer"),
        "decision": tk._("Decision"),
        "reason": tk._("Reason"),
        "state": "",
    }
    return web.summary(error, labels)
