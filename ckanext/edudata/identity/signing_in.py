"""How somebody comes to be logged in: the first factor, the second, the session.

Every way ends in `finish`: the session gets another name, is put on its owner's list,
and only then is somebody logged in.
"""

from __future__ import annotations

import time
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.common import login_user
from ckan.views.user import rotate_token
from flask import current_app, session
from redis.exceptions import RedisError

from ckanext.edudata import transactions, web
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import passwords, sessions

PENDING, STRONG_AT = "edudata_pending", "edudata_strong_at"
PENDING_SECONDS = 300
SECOND_FACTOR = "/account/second-factor"

SORRY = "Nobody can log in at the moment. Try again in a few minutes."


def complete(user_id: str, way: str, came_from: str = "") -> Any:
    """The first factor was right. Asks for the second, or lets in.

    :param way: password or oidc
    :param came_from: page to go to then, if it is one of this portal (optional)
    :returns: a response that leads on
    """
    from ckanext.edudata.identity import second_factor

    _renew()
    session[PENDING] = {
        "user_id": user_id,
        "way": way,
        "at": int(time.time()),
        "came_from": web.local(came_from),
    }
    if second_factor.needed(user_id):
        return tk.redirect_to(SECOND_FACTOR)
    return finish()


def pending() -> dict[str, Any] | None:
    """Who has shown the first factor in this session, not longer than 5 minutes ago:
    `{user_id, way, at, came_from}`."""
    found = session.get(PENDING)
    if not found or time.time() - found["at"] > PENDING_SECONDS:
        session.pop(PENDING, None)
        return None
    return found


def finish(second: bool = False) -> Any:
    """Log in whoever is pending; a response that leads on.

    :param second: the second factor was shown too
    """
    from ckanext.edudata.identity import second_factor

    found = pending()
    user = model.User.get(found["user_id"]) if found else None
    if found is None or user is None or not user.is_active:
        session.pop(PENDING, None)
        tk.h.flash_error(tk._("That took too long. Log in again."))
        return tk.redirect_to("user.login")
    if not second and second_factor.needed(user.id):
        return tk.redirect_to(SECOND_FACTOR)
    _renew()
    try:
        sessions.register(user.id, found["way"])
    except RedisError:
        session.clear()
        tk.h.flash_error(tk._(SORRY))
        return tk.redirect_to("user.login")
    with transactions.whole():
        sessions.noted(user.id, last_login_at=sa.func.now())
        trail.record(
            "login",
            actor_id=user.id,
            object_type="user",
            object_id=user.id,
            detail={"way": found["way"], "second": second},
        )
    login_user(user)
    rotate_token()
    if second:
        session[STRONG_AT] = int(time.time())
    if found["way"] == "password" and passwords.must_change(user.id):
        session[sessions.MUST_CHANGE] = True
    return tk.redirect_to(web.local(found["came_from"]) or "/desk")


def _renew() -> None:
    """Another name for the session, and nothing in it of what was before."""
    session.clear()
    regenerate = getattr(current_app.session_interface, "regenerate", None)
    if regenerate is not None:
        # Without content it would keep its name.
        session["_permanent"] = True
        session[PENDING] = None
        regenerate(session)
        session.pop(PENDING)
