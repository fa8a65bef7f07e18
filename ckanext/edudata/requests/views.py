"""Pages of applications: following one's own, deciding those of others."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.requests import (
    inbox_review,
    pages,
    pages_review,
    states,
    views_review,
    who,
    words,
)
from ckanext.edudata.units import people

ELSEWHERE = ("update", "submit", "resubmit", *states.BY_TIME.values())
"""Commands that the form gives, and those that time alone gives."""

blueprint = web.answer_refusals(Blueprint("edudata_requests", __name__))


@blueprint.route("/requests")
def inbox() -> Any:
    """Applications that this person has a part in deciding; else their own."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    if not people.holds(tk.current_user.id, who.SEE, None):
        return tk.h.redirect_to("edudata_requests.mine")
    asked = views_review.asked(tk.request.args)
    return pages_review.inbox(web.call("edudata_request_inbox", **asked), asked)


@blueprint.route("/requests/mine")
def mine() -> Any:
    """The applications of this person, with all their parts."""
    return tk.h.redirect_to("edudata_applications.index")


@blueprint.route("/requests/<id>")
def show(id: str) -> Any:
    """One application: its state, what was asked, what happened, what can be done."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    return _page(id, {}, {}, "")


def _page(id: str, typed: dict[str, Any], errors: dict[str, Any], tried: str) -> str:
    request = web.call("edudata_request_show", id=id)
    if request["mine"]:
        return pages.one(request, typed, errors, tried)
    found = web.call("edudata_request_case_show", id=id)
    place = inbox_review.neighbours(tk.current_user.id, id)
    return pages_review.case(found, place, typed, errors, tried)


@blueprint.route("/requests/<id>/<command>", methods=["POST"])
def give(id: str, command: str) -> Any:
    """Give a command; what was typed comes back where it is refused."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    if command not in states.COMMANDS or command in ELSEWHERE:
        return tk.abort(404)
    typed = pages_review.decision(tk.request.form, command)
    before = inbox_review.neighbours(tk.current_user.id, id)
    try:
        done = web.call(f"edudata_request_{command}", **{**typed, "id": id})
    except (tk.ValidationError, tk.NotAuthorized) as error:
        model.Session.rollback()
        errors = getattr(error, "error_dict", None) or {"": [str(error)]}
        status = 403 if isinstance(error, tk.NotAuthorized) else 409
        return _page(id, typed, errors, command), status
    said = tk._(words.DONE[command])
    after = done["id"]
    waited = not done["mine"] and before["place"] and before["next"]
    if waited and not inbox_review.neighbours(tk.current_user.id, id)["place"]:
        after = before["next"]
        said = f"{done['number']} · {said} " + tk._("This is the next one.")
    tk.h.flash_success(said)
    return tk.h.redirect_to("edudata_requests.show", id=after)
