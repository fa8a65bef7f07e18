"""What the pages of all rooms share: calling actions, and answering refusals."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, current_app
from werkzeug.exceptions import Forbidden, NotFound


def call(action: str, /, **data: Any) -> Any:
    """Call an action as the person who looks at the page."""
    user = "" if current_user.is_anonymous else current_user.name
    context: Any = {"user": user, "auth_user_obj": current_user}
    return tk.get_action(action)(context, data)


def may(action: str, **data: Any) -> bool:
    """Whether the person may call an action; what they may not see is a no."""
    try:
        return bool(tk.h.check_access(action, data))
    except tk.ObjectNotFound:
        return False


def answer_refusals(blueprint: Blueprint) -> Blueprint:
    """Pages for what the actions of a blueprint refuse.

    What is not there or not for this person is 404; who is not logged in is led to the
    login and back; who may not is told so.
    """

    @blueprint.errorhandler(tk.ObjectNotFound)
    def not_found(error: Exception) -> Any:
        return current_app.handle_user_exception(NotFound())

    @blueprint.errorhandler(tk.NotAuthorized)
    def not_authorized(error: Exception) -> Any:
        if current_user.is_anonymous:
            return to_login()
        message = getattr(error, "message", None) or str(error)
        return current_app.handle_user_exception(Forbidden(message))

    return blueprint


def to_login() -> Any:
    """Lead to the login and back to the page that was asked for."""
    came_from = tk.request.full_path if tk.request.method == "GET" else None
    return tk.h.redirect_to("user.login", came_from=came_from)


def local(wanted: str) -> str:
    """An address that came from outside, if it is a page of this portal; else empty."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if plain and tk.h.url_is_local(wanted) else ""


def download(content: bytes, filename: str, kind: str) -> Response:
    """A file to be saved, kept by nobody on the way.

    :param filename: in any script; a plain one of the same ending stands beside it
    :param kind: media type
    """
    answer = Response(content, mimetype=kind)
    plain = "edudata" + os.path.splitext(filename)[1]
    # RFC 6266: Chinese names go percent-encoded, or no server lets them pass.
    answer.headers["Content-Disposition"] = (
        f"attachment; filename={plain}; filename*=UTF-8''{quote(filename, safe='')}"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    # CKAN would let proxies keep what was not rendered from a template.
    tk.request.environ["__no_cache__"] = "True"
    return answer


def summary(
    error: tk.ValidationError, labels: dict[str, str], *, keys_are_words: bool = False
) -> list[dict[str, str]]:
    """Errors of a form in its order: `[{field, label, message}]`.

    :param labels: label of each field, in the order of the form
    :param keys_are_words: keys without a label name what is wrong, a file for example
    """
    found = dict(error.error_dict)
    rank = {name: place for place, name in enumerate(labels)}
    return [
        {
            "field": name,
            "label": labels.get(name, name if keys_are_words else ""),
            "message": message,
        }
        for name in sorted(found, key=lambda name: rank.get(name, len(rank)))
        for message in _messages(found[name])
    ]


def _messages(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _messages(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _messages(item)]
    return [str(value)]
