"""Logging in with a password."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, make_response
from redis.exceptions import RedisError

from ckanext.edudata import web
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import (
    passwords,
    second_factor,
    signing_in,
    sleeping,
    throttle,
)
from ckanext.edudata.operations import events

edudata_login = web.answer_refusals(Blueprint("edudata_login", __name__))

WRONG = "The username or the password is wrong."
TOO_OFTEN = "Too many tries. Wait {minutes} minutes, then try again."
ASLEEP_ROLE = (
    "This account fell asleep, as it was not used for a long time. Somebody who gives "
    "roles in your unit wakes it."
)
ASLEEP = (
    "This account fell asleep, as it was not used for a long time. To wake it, set a "
    "new password by mail."
)


@edudata_login.route("/user/login", methods=["GET", "POST"])
def login() -> Any:
    """Log in, and on to the page one came from."""
    if tk.current_user.is_authenticated:
        return tk.render("user/logout_first.html")
    if tk.request.method == "GET":
        return _shown()
    typed = tk.request.form.get("login", "").strip()[:254]
    password = tk.request.form.get("password", "")
    if not typed or not password:
        return _shown(typed, tk._(WRONG))
    try:
        shut = throttle.attempt(typed)
        user = passwords.right(typed, password)
        if user is not None:
            throttle.succeeded(typed)
    except throttle.Wait as wait:
        return _wait(typed, wait.seconds)
    except RedisError:
        return _shown(typed, tk._(signing_in.SORRY), 503)
    if user is None:
        _failed(typed, shut)
        return _shown(typed, tk._(WRONG))
    if sleeping.is_asleep(user.id):
        role = second_factor.has_role(user.id)
        return _shown(typed, tk._(ASLEEP_ROLE if role else ASLEEP))
    return signing_in.complete(user.id, "password", _came_from())


def _failed(typed: str, shut: list[str]) -> None:
    """On record, with the account if there is one; never what was typed."""
    known = passwords.found(typed)
    about = {"object_type": "user", "object_id": known.id if known else ""}
    model.Session.rollback()
    trail.record_apart("login", actor_id=None, outcome="denied", **about)
    for subject in shut:
        trail.record_apart("login_shut", actor_id=None, detail={"by": subject}, **about)
        events.raise_(f"{subject}_locked", detail={"user": about["object_id"]})


def _wait(typed: str, seconds: int) -> Any:
    minutes = -(-seconds // 60)
    answer = _shown(typed, tk._(TOO_OFTEN).format(minutes=minutes), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _shown(typed: str = "", error: str = "", status: int = 200) -> Any:
    page = tk.render(
        "user/login.html",
        {"typed": typed, "error": error, "came_from": _came_from()},
    )
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-store"
    tk.request.environ["__no_cache__"] = "True"
    return answer


def _came_from() -> str:
    asked = tk.request.args
    return web.local(asked.get("came_from") or asked.get("next") or "")
