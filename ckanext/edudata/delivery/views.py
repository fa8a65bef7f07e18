"""The page of one's grants and their tokens."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, make_response

blueprint = Blueprint("edudata_delivery", __name__)


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


def _titles(ids: set[str]) -> dict[str, model.Package]:
    return {id: package for id in ids if (package := model.Package.get(id))}


def _grants_page(shown_once: dict[str, Any] | None = None, error: str = "") -> str:
    found = tk.get_action("edudata_grant_list")(_context(), {"limit": 100})
    return tk.render(
        "edudata/delivery/grants.html",
        {
            "grants": found["results"],
            "datasets": _titles({grant["dataset_id"] for grant in found["results"]}),
            "me": tk.current_user.id,
            "shown_once": shown_once,
            "error": error,
        },
    )


@blueprint.route("/grants")
def grants() -> Any:
    """One's own grants, how to use them, and their tokens."""
    return _log_in() if tk.current_user.is_anonymous else _grants_page()


@blueprint.route("/grants/<id>/token", methods=["POST"])
def token_create(id: str) -> Any:
    """A new token, shown in the answer itself: to redirect it would be to keep it."""
    if tk.current_user.is_anonymous:
        return _log_in()
    try:
        made = tk.get_action("edudata_grant_token_create")(_context(), {"grant_id": id})
    except tk.ValidationError as error:
        return _grants_page(error=" ".join(error.error_summary.values())), 409
    response = make_response(_grants_page(shown_once={"grant_id": id, **made}))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/grants/<id>/token/end", methods=["POST"])
def token_end(id: str) -> Any:
    """End a token of one's own grant."""
    if tk.current_user.is_anonymous:
        return _log_in()
    asked = {"grant_id": id, "jti": tk.request.form.get("jti", "")}
    tk.get_action("edudata_grant_token_end")(_context(), asked)
    tk.h.flash_success(tk._("The token has ended."))
    return tk.h.redirect_to("edudata_delivery.grants")
