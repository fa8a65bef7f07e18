"""Pages of the second factor: after the password, and in one's own account."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import segno
from ckan import model
from ckan.common import current_user
from flask import Blueprint, make_response, session
from markupsafe import Markup

from ckanext.edudata import web
from ckanext.edudata.identity import sealing, second_factor, signing_in, step_up

factors = web.answer_refusals(
    Blueprint("edudata_factors", __name__, url_prefix="/account")
)


@factors.route("/second-factor", methods=["GET", "POST"])
def enter() -> Any:
    """The second step of a log-in: a code, or setting one up."""
    user_id = _entering()
    if user_id is None:
        if current_user.is_anonymous:
            tk.h.flash_error(tk._("Log in first. A log-in waits five minutes."))
            return tk.redirect_to("user.login")
        return tk.redirect_to("edudata_factors.settings")
    if not second_factor.is_set(user_id):
        return _set_up(user_id, "edudata_factors.enter", entering=True)
    error = ""
    if tk.request.method == "POST":
        error = _verified(user_id, tk.request.form.get("code", ""))
        if not error:
            return _inside(user_id)
    page = tk.render("edudata/identity/enter.html", {"error": error})
    return _private(page, 422 if error else 200)


@factors.route("/second-factor/settings")
def settings() -> Any:
    """What the account has, and what can be changed."""
    if current_user.is_anonymous:
        return web.to_login()
    return tk.render(
        "edudata/identity/factors.html",
        {"state": web.call("edudata_second_factor_show")},
    )


@factors.route("/second-factor/new", methods=["GET", "POST"])
def new() -> Any:
    """Set up a device, the first one or another one."""
    if current_user.is_anonymous:
        return web.to_login()
    return _set_up(current_user.id, "edudata_factors.new", entering=False)


@factors.route("/second-factor/codes", methods=["POST"])
def renew() -> Any:
    """New recovery codes."""
    try:
        made = web.call("edudata_recovery_codes_renew")
    except tk.ValidationError as error:
        tk.h.flash_error(web.summary(error, {})[0]["message"])
        return tk.redirect_to("edudata_factors.settings")
    return _codes(made["recovery_codes"], tk.h.url_for("edudata_factors.settings"))


@factors.route("/second-factor/remove", methods=["POST"])
def remove() -> Any:
    """Take it off, where none is obliged."""
    try:
        web.call("edudata_second_factor_remove")
    except tk.ValidationError as error:
        tk.h.flash_error(web.summary(error, {})[0]["message"])
    else:
        tk.h.flash_success(tk._("Your account has no second factor any more."))
    return tk.redirect_to("edudata_factors.settings")


@factors.route("/confirm", methods=["GET", "POST"])
def confirm() -> Any:
    """The question by itself, for what is done after it; forms bring their own."""
    if current_user.is_anonymous:
        return web.to_login()
    if not second_factor.is_set(current_user.id):
        return tk.redirect_to("edudata_factors.new")
    error, asked = "", tk.request.form.get("code")
    if asked is not None:
        error = step_up.shown(current_user.id, asked)
        if not error:
            tk.h.flash_success(tk._("Confirmed. Go on with what you were doing."))
            came_from = web.local(tk.request.values.get("came_from", ""))
            return tk.h.redirect_to(came_from or "edudata_factors.settings")
    page = tk.render("edudata/identity/confirm.html", {"error": error})
    return _private(page, 422 if error else 200)


def _set_up(user_id: str, endpoint: str, *, entering: bool) -> Any:
    user = model.User.get(user_id)
    if user is None:
        raise tk.ObjectNotFound
    context: Any = {"user": user.name}
    summary: list[dict[str, str]] = []
    proposed = {"secret": "", "uri": ""}
    if tk.request.method == "POST":
        data = {"code": tk.request.form.get("code", "")}
        try:
            made = tk.get_action("edudata_second_factor_confirm")(context, data)
        except tk.ValidationError as error:
            summary = web.summary(error, {"code": tk._("Code of the device")})
        else:
            if entering:
                onward = _inside(user_id).location
            else:
                step_up.stamp()
                onward = tk.h.url_for("edudata_factors.settings")
            return _codes(made["recovery_codes"], onward)
    try:
        context = {"user": user.name}
        proposed = tk.get_action("edudata_second_factor_propose")(context, {})
    except tk.ValidationError as error:
        summary = web.summary(error, {"code": tk._("Code of the device")})
    page = tk.render(
        "edudata/identity/set_up.html",
        {
            "entering": entering,
            "action": tk.h.url_for(endpoint),
            "replaces": second_factor.is_set(user_id),
            "obliged": second_factor.obliged(user_id),
            "secret": proposed["secret"],
            "picture": _picture(proposed["uri"]) if proposed["uri"] else "",
            "summary": summary,
        },
    )
    return _private(page, 422 if summary else 200)


def _entering() -> str | None:
    """Id of the person whose log-in waits for the second step."""
    waiting = signing_in.pending()
    if waiting:
        return waiting["user_id"]
    if current_user.is_authenticated and not session.get(step_up.STAMP):
        return current_user.id
    return None


def _verified(user_id: str, typed: str) -> str:
    """What is wrong with a code; empty if nothing is."""
    try:
        if second_factor.verify(user_id, typed, "log_in"):
            return ""
    except second_factor.ShutError as shut:
        return step_up.too_many(shut)
    except sealing.SealError as error:
        return tk._(str(error))
    return step_up.wrong()


def _inside(user_id: str) -> Any:
    """Both factors were shown: let the person in, or on."""
    if current_user.is_authenticated and current_user.id == user_id:
        step_up.stamp()
        came_from = web.local(tk.request.args.get("came_from", ""))
        return tk.h.redirect_to(came_from or "/desk")
    return signing_in.finish(second=True)


def _codes(made: list[str], onward: str | None) -> Any:
    page = tk.render(
        "edudata/identity/recovery_codes.html",
        {"codes": made, "onward": onward or tk.h.url_for("/desk")},
    )
    return _private(page, 200)


def _picture(uri: str) -> Markup:
    """A QR code as SVG in the page: drawn here, no style in it, no other request."""
    drawn = segno.make(uri, error="m", micro=False)
    svg = drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(svg)  # noqa: S704 - drawn from digits and letters by ourselves


def _private(page: Any, status: int) -> Any:
    """A page with secrets: kept by no browser and nobody on the way."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-store"
    tk.request.environ["__no_cache__"] = "True"
    return answer
