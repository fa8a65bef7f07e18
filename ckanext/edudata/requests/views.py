"""Pages of applications: applying, following, reviewing."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint

from ckanext.edudata.requests import pages, states, who, words
from ckanext.edudata.units import people

ELSEWHERE = ("update", "submit", "resubmit", *states.BY_TIME.values())
"""Commands that the form gives, and those that time alone gives."""

blueprint = Blueprint("edudata_requests", __name__)


def _context() -> Any:
    return {"user": tk.current_user.name}


def _log_in() -> Any:
    return tk.h.redirect_to("user.login", came_from=tk.request.path)


@blueprint.errorhandler(tk.ObjectNotFound)
def not_found(error: tk.ObjectNotFound) -> Any:
    return _error(404, str(error))


@blueprint.errorhandler(tk.NotAuthorized)
def not_authorized(error: tk.NotAuthorized) -> Any:
    return _error(403, str(error))


def _error(code: int, content: str) -> Any:
    page = {"code": code, "content": content, "name": ""}
    return tk.render("error_document_template.html", page), code


@blueprint.route("/requests")
def inbox() -> Any:
    """Applications that this person has a part in deciding; else their own."""
    if tk.current_user.is_anonymous or people.units_where(tk.current_user.id, who.SEE):
        return _list(inbox=True)
    return tk.h.redirect_to("edudata_requests.mine")


@blueprint.route("/requests/mine")
def mine() -> Any:
    """The applications of this person."""
    return _list(inbox=False)


def _list(inbox: bool) -> Any:
    if tk.current_user.is_anonymous:
        return _log_in()
    page = tk.h.get_page_number(tk.request.args)
    asked = {"inbox": inbox, "limit": 50, "offset": 50 * (page - 1)}
    if tk.request.args.get("state") in states.STATES:
        asked["state"] = tk.request.args["state"]
    found = tk.get_action("edudata_request_list")(_context(), asked)
    return pages.listing(found, inbox=inbox, state=asked.get("state"), page=page)


@blueprint.route("/requests/<id>")
def show(id: str) -> Any:
    """One application: its state, what was asked, what happened, what can be done."""
    if tk.current_user.is_anonymous:
        return _log_in()
    request = tk.get_action("edudata_request_show")(_context(), {"id": id})
    return pages.one(request, {}, {})


@blueprint.route("/requests/<id>/<command>", methods=["POST"])
def give(id: str, command: str) -> Any:
    """Give a command; what was typed comes back where it is refused."""
    if tk.current_user.is_anonymous:
        return _log_in()
    if command not in states.COMMANDS or command in ELSEWHERE:
        return tk.abort(404)
    typed = pages.decision(tk.request.form, command)
    try:
        tk.get_action(f"edudata_request_{command}")(_context(), {**typed, "id": id})
    except (tk.ValidationError, tk.NotAuthorized) as error:
        model.Session.rollback()
        request = tk.get_action("edudata_request_show")(_context(), {"id": id})
        errors = getattr(error, "error_dict", None) or {"": [str(error)]}
        status = 403 if isinstance(error, tk.NotAuthorized) else 409
        return pages.one(request, typed, errors), status
    tk.h.flash_success(tk._(words.DONE[command]))
    return tk.h.redirect_to("edudata_requests.show", id=id)
