"""Each request of somebody who is logged in: does the session still hold?

Asked before anything else looks at who it is. A session that is over is emptied; a
password that has to be changed leads to its page; an account that is asleep lets no
program in with a token either.
"""

from __future__ import annotations

import contextlib
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import current_app, session
from flask_login import COOKIE_NAME, user_logged_out
from redis.exceptions import RedisError
from werkzeug.exceptions import Forbidden

from ckanext.edudata.identity import sessions
from ckanext.edudata.identity.model import Account

_TO_CHANGE = "/account/password"

#: Pages that somebody who has to change the password still sees.
_OPEN = (_TO_CHANGE, "/user/_logout", "/user/logged_out_redirect")


def install(app: Any) -> None:
    """Ask before CKAN asks who it is, and once it is known."""
    app.before_request_funcs.setdefault(None, []).insert(0, _holds)
    app.before_request(_may_go_on)
    user_logged_out.connect(_over, app)


def _holds() -> None:
    # Flask-Login would take a signed cookie of before for a log-in.
    if (
        current_app.config.get("REMEMBER_COOKIE_NAME", COOKIE_NAME)
        in tk.request.cookies
    ):
        session["_remember"] = "clear"
    known = "_user_id" in session and tk.request.endpoint != "static"
    if known and not sessions.holds():
        session.clear()


def _over(sender: Any, user: Any = None, **more: Any) -> None:
    """Logged out: off the list, and nothing left in the session."""
    ref = session.get(sessions.REF)
    if ref:
        with contextlib.suppress(RedisError):
            sessions.end(ref)
    for name in [name for name in session if name.startswith("edudata_")]:
        session.pop(name)


def _may_go_on() -> Any:
    me = tk.current_user
    if not me.is_authenticated or tk.request.endpoint in ("static", "webassets.index"):
        return None
    if "_user_id" not in session:
        account = model.Session.get(Account, me.id)
        if account is not None and account.asleep_at is not None:
            raise Forbidden(tk._("This account is asleep. Log in to wake it."))
        return None
    if session.get(sessions.MUST_CHANGE) and not tk.request.path.startswith(_OPEN):
        if tk.request.method == "GET" and not tk.request.path.startswith("/api"):
            return tk.redirect_to(_TO_CHANGE)
        raise Forbidden(tk._("First give your account a new password."))
    return None
