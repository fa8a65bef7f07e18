"""Without being logged in: an account is opened, or given a new password."""

from __future__ import annotations

import secrets
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import mailer
from ckan.model.types import make_uuid
from flask import Blueprint
from redis.exceptions import RedisError

from ckanext.edudata import transactions, web
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import (
    captcha,
    changing,
    mails,
    passwords,
    setting,
    signing_in,
    throttle,
)
from ckanext.edudata.identity.helpers import edudata_registers
from ckanext.edudata.identity.views_account import private
from ckanext.edudata.units import people

edudata_register = web.answer_refusals(Blueprint("edudata_register", __name__))

TRAP = "website"
"""A field that people do not see and programs fill in."""


@edudata_register.route("/account/register", methods=["GET", "POST"])
def register() -> Any:
    """Ask for the link that opens an account."""
    if not edudata_registers():
        return tk.abort(404, tk._("Accounts are opened by the operator here."))
    if tk.current_user.is_authenticated:
        return tk.render("user/logout_first.html")
    return _ask("register", "email")


@edudata_register.route("/user/reset", methods=["GET", "POST"])
def request_reset() -> Any:
    """Ask for the link that sets a new password."""
    if not tk.config.get("smtp.server"):
        return tk.render("edudata/identity/no_mail.html")
    return _ask("reset", "user")


def _ask(purpose: str, field: str) -> Any:
    """The same page for every name and address, in the same time."""
    form, errors = tk.request.form, {}
    typed = form.get(field, "").strip()[:254]
    if tk.request.method == "POST":
        errors = _wrong(purpose, field, typed)
        if not errors:
            if not form.get(TRAP):
                mails.ask(purpose, typed)
            return private("edudata/identity/sent.html", {"purpose": purpose})
    text, token = captcha.question()
    values = {
        "errors": errors,
        "typed": typed,
        "field": field,
        "purpose": purpose,
        "question": text,
        "token": token,
    }
    return private("edudata/identity/ask.html", values)


def _wrong(purpose: str, field: str, typed: str) -> dict[str, list[str]]:
    form = tk.request.form
    if not typed or (purpose == "register" and not _address(typed)):
        words = "Enter your mail address, such as name@example.com."
        if purpose == "reset":
            words = "Enter your username or mail address."
        return {field: [tk._(words)]}
    try:
        if not captcha.solved(form.get("token", ""), form.get("answer", "")):
            return {"answer": [tk._("That is not the answer. Here is another one.")]}
        throttle.attempt(f"mail {purpose} {typed}")
    except throttle.Wait as wait:
        minutes = -(-wait.seconds // 60)
        words = tk._("Too many tries. Wait {minutes} minutes, then try again.")
        return {field: [words.format(minutes=minutes)]}
    except RedisError:
        return {field: [tk._(signing_in.SORRY)]}
    return {}


def _address(typed: str) -> bool:
    try:
        valid: Any = tk.get_validator("email_validator")
        valid(typed, {})
    except tk.Invalid:
        return False
    return True


@edudata_register.route("/account/register/<key>", methods=["GET", "POST"])
def register_by_key(key: str) -> Any:
    """The address was reached: name and password make the account."""
    row = mails.by_key("register", key, hold=tk.request.method == "POST")
    if row is None or not edudata_registers():
        return _over("register")
    form, errors = tk.request.form, {}
    fullname = form.get("fullname", "").strip()[:100]
    if tk.request.method == "POST":
        address = row.asked
        errors = _new_password(None, fullname, address)
        if not fullname:
            errors["fullname"] = [tk._("Enter your name.")]
        if not errors:
            if not _made(row, fullname, address, form["new"]):
                return _over("register")
            tk.h.flash_success(tk._("Your account is open. Log in with your address."))
            return tk.redirect_to("user.login")
        model.Session.rollback()
    values = {"errors": errors, "fullname": fullname, "naming": True}
    return private("edudata/identity/set_password.html", values)


@edudata_register.route("/account/reset/<key>", methods=["GET", "POST"])
def reset_by_key(key: str) -> Any:
    """A new password, by the link of a mail."""
    row = mails.by_key("reset", key, hold=tk.request.method == "POST")
    user = model.User.get(row.user_id or "") if row else None
    if row is None or user is None or user.state == model.State.DELETED:
        return _over("reset")
    return _reset(user, row)


@edudata_register.route("/user/reset/<id>", methods=["GET", "POST"])
def invited(id: str) -> Any:
    """A first password, by the link of an invitation."""
    user = model.User.get(id)
    if user is None or user.state == model.State.DELETED:
        return _over("reset")
    if not mailer.verify_reset_link(user, tk.request.args.get("key")):
        return _over("reset")
    return _reset(user, None)


def _reset(user: model.User, row: Any) -> Any:
    errors = {}
    if tk.request.method == "POST":
        errors = _new_password(user)
        if not errors:
            if row is not None:
                mails.used(row)
            setting.set_password(user, tk.request.form["new"], "password_reset")
            throttle.forgotten(user.name, user.email or "")
            tk.h.flash_success(tk._("The password was set. Log in with it."))
            return tk.redirect_to("user.login")
        model.Session.rollback()
    values = {"errors": errors, "naming": False}
    return private("edudata/identity/set_password.html", values)


def _new_password(user: Any, *about: str) -> dict[str, Any]:
    new = tk.request.form.get("new", "")
    words = passwords.problems(new, user, *about)
    if words:
        return {"new": words}
    if new != tk.request.form.get("again", ""):
        return {"again": [tk._("The two new passwords are not the same.")]}
    return {}


def _made(row: Any, fullname: str, address: str, password: str) -> bool:
    """Make the account; its name says nothing of who it is."""
    user_id, name = make_uuid(), f"p-{secrets.token_hex(6)}"
    mails.used(row)
    data = {
        "id": user_id,
        "name": name,
        "email": address,
        "fullname": fullname,
        "password": password,
    }
    try:
        with changing.by_owner(user_id), transactions.whole():
            context = people.system_context(defer_commit=True)
            tk.get_action("user_create")(context, data)
            trail.record(
                "account_register",
                actor_id=user_id,
                object_type="user",
                object_id=user_id,
            )
    except tk.ValidationError:
        return False
    return True


def _over(purpose: str) -> Any:
    return private("edudata/identity/over.html", {"purpose": purpose}, 404)
