"""Many applications at once, and a unit's templates of reasons."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint
from werkzeug.datastructures import MultiDict

from ckanext.edudata import web
from ckanext.edudata.requests import pages_reasons, pages_review, states, who
from ckanext.edudata.requests.inbox_review import DUE, VIEWS
from ckanext.edudata.units import people

edudata_review = web.answer_refusals(Blueprint("edudata_review", __name__))


def asked(sent: MultiDict[str, str]) -> dict[str, Any]:
    """The filters of the inbox; what is no choice is left out."""
    page = tk.h.get_page_number(sent)
    found: dict[str, Any] = {
        "view": sent.get("view") if sent.get("view") in VIEWS else "waiting",
        "limit": pages_review.PAGE,
        "offset": pages_review.PAGE * (page - 1),
    }
    for name, choices in (("state", states.STATES), ("due", DUE)):
        if sent.get(name) in choices:
            found[name] = sent[name]
    for name in ("dataset_id", "q"):
        if sent.get(name, "").strip():
            found[name] = sent[name].strip()[:100]
    return found


@edudata_review.route("/requests/bulk", methods=["POST"])
def bulk() -> Any:
    """Accept or assign what was chosen; the inbox says what became of each."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    sent = tk.request.form
    chosen = []
    for value in sent.getlist("request"):
        request_id, _, version = value.partition(":")
        chosen.append(
            {"id": request_id, **({"version": version} if version.isdigit() else {})}
        )
    results, errors, status = None, {}, 200
    try:
        results = web.call(
            "edudata_request_bulk",
            command=sent.get("do", ""),
            requests=chosen,
            assignee=sent.get("assignee", ""),
        )
    except tk.ValidationError as error:
        model.Session.rollback()
        errors, status = error.error_dict, 400
    filters = asked(sent)
    found = web.call("edudata_request_inbox", **filters)
    return pages_review.inbox(found, filters, results, errors), status


@edudata_review.route("/requests/reasons", methods=["GET", "POST"])
def reason_list() -> Any:
    """Templates of reasons of a unit, and a form for one more."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    units = people.units_where(tk.current_user.id, who.REVIEWERS)
    unit_id = tk.request.values.get("unit") or next(iter(units), "")
    if not unit_id:
        raise tk.NotAuthorized(tk._("Reviewers keep the templates of their units."))
    if tk.request.method == "GET":
        typed = _own(unit_id, tk.request.args.get("id", ""))
        return pages_reasons.page(unit_id, units, typed, {})
    typed = pages_reasons.typed(tk.request.form, unit_id)
    try:
        web.call("edudata_request_reason_save", **typed)
    except tk.ValidationError as error:
        return pages_reasons.page(unit_id, units, typed, error.error_dict), 400
    tk.h.flash_success(tk._("The template is kept."))
    return tk.h.redirect_to("edudata_review.reason_list", unit=unit_id)


def _own(unit_id: str, template_id: str) -> dict[str, Any]:
    found = web.call("edudata_request_reason_list", unit_id=unit_id)
    return next(
        (
            one
            for one in found
            if one["id"] == template_id and one["unit_id"] == unit_id
        ),
        {},
    )


@edudata_review.route("/requests/reasons/<unit_id>/<id>/end", methods=["POST"])
def reason_end(unit_id: str, id: str) -> Any:
    """Offer a template no longer."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    web.call("edudata_request_reason_end", unit_id=unit_id, id=id)
    tk.h.flash_success(tk._("The template is not offered any more."))
    return tk.h.redirect_to("edudata_review.reason_list", unit=unit_id)
