"""Reporting personal data, answering reports, and one's notices."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.feedback import schema, words

edudata_feedback = web.answer_refusals(Blueprint("edudata_feedback", __name__))


@edudata_feedback.route("/dataset/<id>/personal-data", methods=["GET", "POST"])
def report(id: str) -> Any:
    """Personal data here: a report that needs no account."""
    pkg = web.call("package_show", id=id)
    if pkg["type"] != "dataset":
        raise tk.ObjectNotFound
    form = tk.request.form
    typed = {"kind": form.get("kind", ""), "where": form.get("where", "")}
    summary: list[dict[str, str]] = []
    done = None
    if tk.request.method == "POST":
        try:
            done = web.call("edudata_alarm_raise", id=pkg["id"], **typed)
        except tk.ValidationError as error:
            labels = {"kind": tk._("What was found"), "where": tk._("Where it is")}
            summary = web.summary(error, labels)
    page = tk.render(
        "edudata/feedback/report.html",
        {
            "pkg": pkg,
            "kinds": words.ALARM_KINDS,
            "typed": typed,
            "summary": summary,
            "done": done,
            "most": schema.WHERE,
        },
    )
    return (page, 422) if summary else page


@edudata_feedback.route("/report/<id>")
def alarm(id: str) -> Any:
    """A report: what, where, who has taken the data; stop with one click."""
    return _page(id, {}, [])


@edudata_feedback.route("/report/<id>/answer", methods=["POST"])
def answer(id: str) -> Any:
    """Stop at once, or say why nobody is in it."""
    form = tk.request.form
    typed = {"reason": form.get("reason", "")}
    try:
        found = web.call(
            "edudata_alarm_answer", id=id, answer=form.get("answer", ""), **typed
        )
    except tk.ValidationError as error:
        return _page(id, typed, web.summary(error, {"reason": tk._("Reason")}))
    if found["state"] == "stopped":
        tk.h.flash_success(tk._("Stopped. Nothing of it can be read any more."))
    else:
        tk.h.flash_success(tk._("Answered. The dataset stays open."))
    return tk.redirect_to("edudata_feedback.alarm", id=id)


def _page(id: str, typed: dict[str, str], summary: list[dict[str, str]]) -> Any:
    page = tk.render(
        "edudata/feedback/alarm.html",
        {
            "alarm": web.call("edudata_alarm_show", id=id),
            "kinds": words.ALARM_KINDS,
            "states": words.STATES,
            "typed": typed,
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@edudata_feedback.route("/notice/<id>", methods=["POST"])
def notice(id: str) -> Any:
    """Mark a notice as read and go to what it is about."""
    return tk.redirect_to(web.call("edudata_notice_read", id=id)["url"])
