"""The page of lost second factors: asking for a reset, and deciding on one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web

resets = web.answer_refusals(
    Blueprint("edudata_factor_reset", __name__, url_prefix="/account/lost-factors")
)

DONE = {
    "consent": "The second factor was taken off. The person logs in and sets up anew.",
    "refuse": "The reset was refused.",
}


@resets.route("", methods=["GET", "POST"])
def index() -> Any:
    """What waits and what was; the form to ask."""
    if current_user.is_anonymous:
        return web.to_login()
    typed, summary = tk.request.form.get("user_id", "").strip(), []
    if tk.request.method == "POST":
        try:
            web.call("edudata_factor_reset_ask", user_id=typed)
        except tk.ValidationError as error:
            summary = web.summary(error, {"user_id": tk._("User name")})
        else:
            tk.h.flash_success(
                tk._("Asked. A second person has to consent before anything changes.")
            )
            return tk.redirect_to("edudata_factor_reset.index")
    page = tk.render(
        "edudata/identity/resets.html",
        {
            "found": web.call("edudata_factor_reset_list"),
            "typed": typed,
            "summary": summary,
            "states": {
                "asked": tk._("Waits for a second person"),
                "done": tk._("Reset done"),
                "refused": tk._("Reset refused"),
                "withdrawn": tk._("Taken back"),
                "lapsed": tk._("Lapsed by time"),
            },
        },
    )
    return (page, 422) if summary else page


@resets.route("/<id>/decide", methods=["POST"])
def decide(id: str) -> Any:
    """Consent or refuse."""
    decision = tk.request.form.get("decision", "")
    try:
        web.call("edudata_factor_reset_decide", id=id, decision=decision)
    except tk.ValidationError as error:
        tk.h.flash_error(web.summary(error, {})[0]["message"])
    else:
        tk.h.flash_success(tk._(DONE[decision]))
    return tk.redirect_to("edudata_factor_reset.index")


@resets.route("/<id>/withdraw", methods=["POST"])
def withdraw(id: str) -> Any:
    """Take one's own back."""
    web.call("edudata_factor_reset_withdraw", id=id)
    tk.h.flash_success(tk._("The reset was taken back."))
    return tk.redirect_to("edudata_factor_reset.index")
