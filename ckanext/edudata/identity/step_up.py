"""Asked again: sensitive actions want the second factor after a pause (8.1.4.1 d).

`wrapped` puts the check before every action of `sensitive.ACTIONS`; it acts only for
requests of a browser session. The refusal is answered here for all pages: the question
comes with the values of the refused form, and its answer is sent to the same address,
so that nothing typed is lost, nothing is kept, and no page has to know of it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import g, has_request_context, make_response, session
from werkzeug.datastructures import ImmutableMultiDict

from ckanext.edudata import web
from ckanext.edudata.identity import sealing, second_factor, sensitive
from ckanext.edudata.units import people

FIELD = "_second_factor"
"""Field of the question in a form that is sent again."""
STAMP = "edudata_strong_at"
"""Of the session: when the second factor was shown, in seconds."""
SETTING = "ckanext.edudata.identity.step_up_minutes"
OWN = ("edudata_factors", "edudata_sign_on", "static", "webassets", "util")
"""Blueprints that answer before the second factor was shown."""
OUT = ("user.logout", "user.logged_out_page", "edudata_guard.style")


class StepUpNeeded(tk.NotAuthorized):
    """The person may, once they have shown their second factor again."""


def wrapped(actions: Mapping[str, Any]) -> dict[str, Any]:
    """The rooms' actions, sensitive ones behind the question."""
    found = {
        name: _asked(name, action) if name in sensitive.ACTIONS else action
        for name, action in actions.items()
    }
    for name in sensitive.OF_CKAN - found.keys():
        found[name] = _asked(name, _of_ckan())
    return found


def _of_ckan() -> Any:
    @tk.chained_action
    def original(next_action: Any, context: Context, data_dict: Any) -> Any:
        return next_action(context, data_dict)

    return original


def _asked(name: str, action: Any) -> Callable[..., Any]:
    @functools.wraps(action)
    def asked(*args: Any, **more: Any) -> Any:
        check(name, args[-2])
        return action(*args, **more)

    return asked


def check(name: str, context: Context) -> None:
    """Refuse a sensitive action where the second factor is to be shown first.

    :raises StepUpNeeded: shown too long ago, or never set up
    :raises NotAuthorized: by a token, for what a program may not do in a person's name
    """
    if context.get("ignore_auth") or not has_request_context():
        return
    actor = people.actor_id(context)
    if actor is None:
        return
    if _by_token():
        if name in sensitive.ACCOUNT and second_factor.needed(actor):
            raise tk.NotAuthorized(
                tk._("A token may not do this: log in, and do it on the page.")
            )
        return
    if session.get("_user_id") != actor or not second_factor.needed(actor):
        return
    if fresh():
        return
    known = second_factor.is_set(actor)
    if not known and name == "edudata_second_factor_confirm":
        return
    g.edudata_step_up = "ask" if known else "set_up"
    raise StepUpNeeded(
        tk._("Show your second factor again, at /account/confirm, and repeat this.")
        if known
        else tk._("Set up your second factor first, at /account/second-factor/settings")
    )


def minutes() -> int:
    """Longest pause between showing the second factor and a sensitive action."""
    return max(1, int(tk.config.get(SETTING) or 15))


def fresh() -> bool:
    """Whether this session has shown it within the pause."""
    age = second_factor.now() - _stamp()
    return 0 <= age < minutes() * 60


def stamp() -> None:
    """This session has just shown it."""
    session[STAMP] = int(second_factor.now())


def install(app: Any) -> None:
    """Add the question to the application, behind its check for forged forms."""
    app.before_request(_strong_first)
    app.before_request(_take_code)
    app.after_request(_answer)


def _strong_first() -> Any:
    """A session that never showed the factor its person needs gets no further.

    Not by the log-in, which asks before it lets anybody in: one that began before the
    person got a role, or by a way round it, is stopped here.
    """
    user_id = session.get("_user_id")
    if not user_id or _stamp() or _by_token():
        return None
    endpoint = tk.request.endpoint or ""
    if endpoint.split(".")[0] in OWN or endpoint in OUT:
        return None
    if not second_factor.needed(user_id):
        return None
    if _is_api():
        body = {"__type": "Authorization Error", "message": tk._("Log in anew.")}
        return {"success": False, "error": body}, 403
    came_from = tk.request.full_path if tk.request.method == "GET" else None
    return tk.redirect_to("edudata_factors.enter", came_from=came_from)


def _take_code() -> Any:
    """Look at the answer to the question; the form goes on without it."""
    request: Any = tk.request
    if request.method != "POST" or _is_api() or not session.get("_user_id"):
        return None
    if request.mimetype not in ("application/x-www-form-urlencoded", _MULTIPART):
        return None
    typed = request.form.get(FIELD)
    if typed is None:
        return None
    left = [item for item in request.form.items(multi=True) if item[0] != FIELD]
    request.form = ImmutableMultiDict(left)
    request.__dict__.pop("values", None)
    if not typed.strip():
        return None
    error = shown(session["_user_id"], typed)
    return question(error) if error else None


_MULTIPART = "multipart/form-data"


def shown(user_id: str, typed: str) -> str:
    """Stamp the session if the code is right; else a sentence that says what to do."""
    try:
        if second_factor.verify(user_id, typed, "step_up"):
            stamp()
            return ""
    except second_factor.ShutError as shut:
        return too_many(shut)
    except sealing.SealError as error:
        return tk._(str(error))
    return wrong()


def wrong() -> str:
    """What is said to a wrong code."""
    return tk._(
        "This code is not right, or was used already. Wait for the next one your "
        "device shows, and check that its clock is right."
    )


def too_many(shut: second_factor.ShutError) -> str:
    """What is said after too many wrong codes."""
    return tk._("Too many wrong codes. Try again in {seconds} seconds.").format(
        seconds=shut.seconds
    )


def _answer(response: Any) -> Any:
    """The question in the place of whatever a page made of the refusal."""
    if not g.get("edudata_step_up") or _is_api():
        return response
    session.pop("_flashes", None)
    return question("", set_up=g.edudata_step_up == "set_up")


def question(error: str, *, set_up: bool = False) -> Any:
    """The page that asks, with the values of the form that has to wait."""
    request: Any = tk.request
    names = {FIELD, tk.config.get("WTF_CSRF_FIELD_NAME")}
    carried = [item for item in request.form.items(multi=True) if item[0] not in names]
    files = [each.filename for each in request.files.values() if each.filename]
    page = tk.render(
        "edudata/identity/step_up.html",
        {
            "carried": carried,
            "files": files,
            "error": error,
            "set_up": set_up,
            "minutes": minutes(),
            "back": _back(),
            "sign_on": tk.h.edudata_sign_on_title(session.get("_user_id")),
        },
    )
    answer = make_response(page, 403)
    answer.headers["Cache-Control"] = "private, no-store"
    request.environ["__no_cache__"] = "True"
    return answer


def _back() -> str:
    before = urlsplit(tk.request.referrer or "")
    if before.netloc == tk.request.host and before.path:
        return web.local(before.path + (f"?{before.query}" if before.query else ""))
    return tk.h.url_for("/desk")


def _stamp() -> float:
    at = session.get(STAMP)
    return float(at) if isinstance(at, (int, float)) else 0.0


def _by_token() -> bool:
    """Whether the caller is known by a token, not by the session.

    CKAN's own mark, which it sets for the anonymous too.
    """
    return bool(g.get("login_via_auth_header")) and tk.current_user.is_authenticated


def _is_api() -> bool:
    return (tk.request.endpoint or "").split(".")[0] == "api"
