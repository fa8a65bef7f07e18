"""Pages of the institution's single sign-on: logging in by it, linking, confirming."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from flask import Blueprint, redirect, session

from ckanext.edudata import web
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import (
    keeping_sign_on,
    oidc,
    second_factor,
    signing_in,
    step_up,
)

sign_on = web.answer_refusals(
    Blueprint("edudata_sign_on", __name__, url_prefix="/account")
)

KEPT = "edudata_sign_on"
SECONDS = 600


@sign_on.route("/sign-on")
def begin() -> Any:
    """Log in by the institution."""
    if current_user.is_authenticated:
        return tk.redirect_to("edudata_sign_on.settings")
    came_from = web.local(tk.request.args.get("came_from", ""))
    url, failed = _begun("log_in", came_from=came_from)
    return failed or redirect(url)


@sign_on.route("/sign-in")
def settings() -> Any:
    """Whether one's account is linked."""
    if current_user.is_anonymous:
        return web.to_login()
    return _settings()


@sign_on.route("/sign-in/link", methods=["POST"])
def link() -> Any:
    """Link one's account: the institution's address, to be gone to by a click."""
    if current_user.is_anonymous:
        return web.to_login()
    # Who finds an open session must not make it theirs by an account of their own.
    step_up.check("edudata_institution_account_link", {"user": current_user.name})
    # A form leads nowhere else under our policy, and a link is never forged this way.
    url, failed = _begun("link", fresh=True)
    return failed or _settings(onward=url)


@sign_on.route("/sign-in/<id>/end", methods=["POST"])
def end(id: str) -> Any:
    """End a link."""
    web.call("edudata_institution_account_end", id=id)
    tk.h.flash_success(tk._("Your account is not linked any more."))
    return tk.redirect_to("edudata_sign_on.settings")


@sign_on.route("/sign-on/confirm")
def confirm() -> Any:
    """Be asked by the institution again, before something sensitive."""
    if current_user.is_anonymous:
        return web.to_login()
    url, failed = _begun("confirm", fresh=True)
    return failed or redirect(url)


@sign_on.route("/sign-on/back")
def back() -> Any:
    """The institution's answer."""
    kept = session.pop(KEPT, None) or {}
    age = second_factor.now() - float(kept.get("at") or 0)
    purpose = kept.get("purpose", "log_in")
    me = current_user.id if current_user.is_authenticated else None
    if not 0 <= age <= SECONDS or kept.get("user_id") != me:
        return _failed(oidc.SignOnError("state"), purpose)
    try:
        fresh = None if purpose == "log_in" else SECONDS
        answer = oidc.finish(tk.request.args, kept, max_age=fresh)
    except oidc.SignOnError as error:
        return _failed(error, purpose)
    if purpose == "link" and me:
        try:
            keeping_sign_on.link(me, answer.issuer, answer.subject)
        except tk.ValidationError as error:
            tk.h.flash_error(web.summary(error, {})[0]["message"])
        else:
            tk.h.flash_success(tk._("Your account is linked: you can log in by it."))
        return tk.redirect_to("edudata_sign_on.settings")
    user_id = keeping_sign_on.whose(answer.issuer, answer.subject)
    if purpose == "confirm":
        if user_id is None or user_id != me or not answer.strong:
            return _failed(oidc.SignOnError("not_strong"), purpose)
        step_up.stamp()
        tk.h.flash_success(tk._("Confirmed. Go on with what you were doing."))
        return tk.redirect_to("edudata_sign_on.settings")
    user = model.User.get(user_id) if user_id else None
    if user is None or not user.is_active:
        return tk.render("edudata/identity/sign_on_unknown.html", {})
    response = signing_in.complete(user.id, "oidc", kept.get("came_from") or "")
    if answer.strong and signing_in.pending():
        return signing_in.finish(second=True)
    return response


def _begun(purpose: str, *, fresh: bool = False, **more: str) -> tuple[str, Any]:
    try:
        url, kept = oidc.begin(fresh=fresh)
    except oidc.SignOnError as error:
        return "", _failed(error, purpose)
    me = current_user.id if current_user.is_authenticated else None
    now = int(second_factor.now())
    session[KEPT] = {**kept, **more, "purpose": purpose, "user_id": me, "at": now}
    return url, None


def _settings(onward: str = "") -> Any:
    return tk.render(
        "edudata/identity/sign_on.html",
        {
            "links": web.call("edudata_institution_account_list"),
            "name": oidc.title() if oidc.configured() else "",
            "onward": onward,
        },
    )


def _failed(error: oidc.SignOnError, purpose: str) -> Any:
    """On record by its code; people are told no more than that it did not work."""
    me = current_user.id if current_user.is_authenticated else None
    trail.record_apart(
        "institution_sign_on",
        actor_id=me,
        object_type="portal",
        object_id="sign_on",
        outcome="denied",
        detail={"why": str(error), "purpose": purpose},
    )
    tk.h.flash_error(
        tk._(
            "The single sign-on did not work. Try again, or log in with your password."
        )
    )
    page = "edudata_sign_on.settings" if me else "user.login"
    return tk.redirect_to(page)
