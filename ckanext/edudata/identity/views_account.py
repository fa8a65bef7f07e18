"""Pages of one's own account: where one is logged in, the password, the details."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, make_response, session

from ckanext.edudata import web
from ckanext.edudata.identity import mails, passwords, sessions

edudata_account = web.answer_refusals(Blueprint("edudata_account", __name__))

WAYS = {"password": "Password", "oidc": "Single sign-on"}


@edudata_account.before_request
def only_with_account() -> Any:
    """Whoever is not logged in is led to the log-in and back."""
    return None if tk.current_user.is_authenticated else web.to_login()


@edudata_account.route("/account/sessions", methods=["GET", "POST"])
def own_sessions() -> Any:
    """Where one is logged in, and how to end it."""
    if tk.request.method == "POST":
        form = tk.request.form
        others = {"others": True} if form.get("others") else {"ref": form.get("ref")}
        try:
            ended = web.call("edudata_session_end", **others)["ended"]
        except tk.ObjectNotFound:
            ended = 0
        tk.h.flash_success(tk._("Sessions ended: {n}").format(n=ended))
        return tk.redirect_to("edudata_account.own_sessions")
    found = web.call("edudata_session_list")
    for one in found:
        one["way"] = tk._(WAYS.get(one["way"], one["way"]))
        one["device"] = _device(one["agent"])
    return private("edudata/identity/sessions.html", {"sessions": found})


@edudata_account.route("/account/password", methods=["GET", "POST"])
def password() -> Any:
    """Give the account a new password."""
    errors: dict[str, Any] = {}
    if tk.request.method == "POST":
        form = tk.request.form
        given = {name: form.get(name, "") for name in ("old", "new", "again")}
        try:
            web.call("edudata_password_change", **given)
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            session.pop(sessions.MUST_CHANGE, None)
            tk.h.flash_success(
                tk._("The password was changed. All other sessions have ended.")
            )
            return tk.redirect_to("user.read", id=tk.current_user.name)
    values = {
        "errors": errors,
        "obliged": bool(session.get(sessions.MUST_CHANGE)),
        "least": max(int(tk.config[passwords.LENGTH]), 8),
    }
    return private("edudata/identity/password.html", values)


@edudata_account.route("/user/edit", methods=["GET", "POST"], endpoint="edit_own")
@edudata_account.route("/user/edit/<id>", methods=["GET", "POST"])
def details(id: str = "") -> Any:
    """One's name and mail address; nobody else's."""
    me: Any = tk.current_user
    if id not in ("", me.name, me.id):
        return tk.abort(404, tk._("There is no page at this address."))
    given = {"fullname": me.fullname or "", "email": me.email or ""}
    errors: dict[str, Any] = {}
    if tk.request.method == "POST":
        form = tk.request.form
        given = {name: form.get(name, "").strip()[:254] for name in given}
        errors, waits = _change(given, form.get("old", ""))
        if not errors:
            tk.h.flash_success(
                tk._("A link was sent to the new address. Open it within an hour.")
                if waits
                else tk._("Your details were changed.")
            )
            return tk.redirect_to("user.read", id=me.name)
    values = {"errors": errors, "given": given}
    return private("edudata/identity/details.html", values)


@edudata_account.route("/account/mail/<key>", methods=["GET", "POST"])
def mail_by_key(key: str) -> Any:
    """The new address was reached: it becomes the account's."""
    row = mails.by_key("mail", key, hold=tk.request.method == "POST")
    if row is None or row.user_id != tk.current_user.id:
        return tk.abort(404, tk._("This link is over, or is not for this account."))
    if tk.request.method == "GET":
        values = {"address": row.asked, "key": key}
        return private("edudata/identity/mail.html", values)
    address = row.asked
    mails.used(row)
    if mails.take_address(tk.current_user.id, address):
        tk.h.flash_success(tk._("The new mail address is in use."))
    else:
        tk.h.flash_error(tk._("This address cannot be used."))
    return tk.redirect_to("user.read", id=tk.current_user.name)


def _change(given: dict[str, str], old: str) -> tuple[dict[str, Any], bool]:
    me: Any = tk.current_user
    waits = False
    try:
        if given["email"] != (me.email or ""):
            asked = {"email": given["email"], "old": old}
            waits = web.call("edudata_mail_change", **asked)["sent"]
        if given["fullname"] != (me.fullname or ""):
            web.call("user_patch", id=me.id, fullname=given["fullname"])
    except tk.ValidationError as error:
        return error.error_dict, False
    return {}, waits


def private(template: str, values: dict[str, Any], status: int = 200) -> Any:
    """A page that nobody on the way keeps."""
    answer = make_response(tk.render(template, values), status)
    answer.headers["Cache-Control"] = "private, no-store"
    tk.request.environ["__no_cache__"] = "True"
    return answer


def _device(agent: str) -> str:
    """Browser and system in two words; what a browser says of itself is long."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
    systems = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "Linux")
    browser = next((name for mark, name in browsers if mark in agent), "")
    if not browser and "Safari/" in agent:
        browser = "Safari"
    system = next((name for name in systems if name in agent), "")
    return " · ".join(filter(None, (browser, system))) or tk._("Other program")
