"""A service that is away takes its own part of the portal with it, and no more.

CKAN 2.12 answers 500 to every page while Redis, which holds the sessions, is away, and
to the home page and the list of datasets while Solr is. Here people are nobody in
particular until Redis is back, pages say that the search is away, and what cannot be
kept is refused before anything of it is written.
"""

from __future__ import annotations

import errno
import functools
import logging
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.lib.search import query as search_query
from flask import Response, g, has_request_context, jsonify, request
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from ckanext.edudata.operations import services

log = logging.getLogger(__name__)

AGAIN = 60
"""Seconds after which to ask again."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


class SearchAwayError(search.SearchError):
    """Solr is away. Pages that know of failed searches then show what they have."""


def install(app: Any) -> None:
    """Add it to the application, whose own handlers stand already."""
    _keep_reading(app.session_interface)
    search_query.SolrConnectionError = _search_away  # type: ignore[assignment, misc]
    app.before_request(_room)
    app.after_request(_say)
    app.register_error_handler(search.SearchError, _no_search(app))
    app.register_error_handler(RedisError, _no_redis(app))
    app.register_error_handler(OSError, _no_space(app))


def _keep_reading(sessions: Any) -> None:
    """Sessions kept in Redis: without it a session is a new one, kept nowhere."""
    for name, instead in (
        ("_retrieve_session_data", None),
        ("_delete_session", None),
        ("_upsert_session", None),
    ):
        method = getattr(sessions, name, None)
        if method is not None:
            setattr(sessions, name, _calm(method, instead))


def _calm(method: Callable[..., Any], instead: Any) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*args: Any) -> Any:
        try:
            return method(*args)
        except RedisError as error:
            log.warning("Sessions are away: %s", type(error).__name__)
            if has_request_context():
                g.edudata_away = "redis"
            return instead

    return call


def _search_away(*args: Any) -> Exception:
    """In the place of CKAN's `SolrConnectionError`, which its pages do not expect."""
    if not has_request_context():
        return SearchAwayError(*args)
    g.edudata_away = "solr"
    # No cache may keep a page with nothing in it.
    request.environ["__no_cache__"] = "True"
    if (request.endpoint or "").startswith("api."):
        return search.SolrConnectionError(*args)
    return SearchAwayError(*args)


def _room() -> Any:
    """Uploads are refused while there is no room for them, before they are read."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return None
    if not (request.mimetype or "").startswith("multipart/"):
        return None
    if (request.content_length or 0) < 1 << 16 or services.state()["storage"] == "up":
        return None
    return _answer(
        tk._(
            "There is no room left for files, and nothing was kept of this one. "
            "The operators are told; try again later."
        )
    )


def _answer(words: str) -> Any:
    if request.path.startswith("/api/"):
        error = {"__type": "Service Unavailable", "message": words}
        answer: Any = jsonify({"success": False, "error": error})
        answer.status_code = 503
        answer.headers["Retry-After"] = str(AGAIN)
        return answer
    raise ServiceUnavailable(words, retry_after=AGAIN)


def _say(response: Response) -> Response:
    away = g.get("edudata_away")
    if not away:
        return response
    response.headers["Cache-Control"] = "private, no-store"
    searched = request.endpoint in ("dataset.search", "api.action")
    if away == "solr" and searched and response.status_code in (200, 500):
        response.status_code = 503
        response.headers["Retry-After"] = str(AGAIN)
    return response


def _no_search(app: Any) -> Callable[[Exception], Any]:
    def answer(error: Exception) -> Any:
        if not isinstance(error, SearchAwayError):
            return _known(app)(error)
        return _unavailable(app, tk._("The search is away for the moment."))

    return answer


def _no_redis(app: Any) -> Callable[[Exception], Any]:
    def answer(error: Exception) -> Any:
        words = tk._("Logging in and writing are away for the moment; reading works.")
        return _unavailable(app, words)

    return answer


def _no_space(app: Any) -> Callable[[OSError], Any]:
    def answer(error: OSError) -> Any:
        if error.errno not in _FULL:
            return _known(app)(error)
        return _unavailable(app, tk._("There is no room left for files."))

    return answer


def _unavailable(app: Any, words: str) -> Any:
    from ckan import model

    model.Session.rollback()
    problem: HTTPException = ServiceUnavailable(words, retry_after=AGAIN)
    answer = app.make_response(app.handle_http_exception(problem))
    answer.headers["Retry-After"] = str(AGAIN)
    return answer


def _known(app: Any) -> Callable[[Exception], Any]:
    """The application's own handler of what nobody expected."""
    found = app.error_handler_spec[None][None].get(Exception)
    if found is None:
        return _raise
    return found


def _raise(error: Exception) -> Any:
    raise error
