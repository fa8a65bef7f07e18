"""A question to the database that takes too long is ended, for people who wait.

Only what is asked within a web request of CKAN's own database: workers and commands
take as long as they need, and the DataStore's reads have CKAN's own end.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import Response, request
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

READING = "ckanext.edudata.statement_seconds.reading"
WRITING = "ckanext.edudata.statement_seconds.writing"

#: PostgreSQL's code of a statement that was cancelled.
_CANCELLED = "57014"
_KNOWN = "edudata_statement_timeout"

_most: ContextVar[int] = ContextVar("edudata_statement_timeout", default=0)


def install(app: Any) -> None:
    """Set an end to statements of each request."""
    if not event.contains(sa.pool.Pool, "checkout", _taken):
        event.listen(sa.pool.Pool, "checkout", _taken)
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.teardown_request(_end)
    app.register_error_handler(OperationalError, _answer(app))


def _begin() -> None:
    reads = request.method in ("GET", "HEAD", "OPTIONS")
    seconds = int(tk.config.get(READING if reads else WRITING) or 0)
    _most.set(1000 * seconds)


def _end(error: BaseException | None) -> None:
    _most.set(0)


def _taken(connection: Any, record: Any, proxy: Any) -> None:
    """A connection leaves the pool: told once, remembered beside it."""
    wanted = _most.get()
    if record.info.get(_KNOWN, 0) == wanted:
        return
    if connection.info.dbname != model.ensure_engine().url.database:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", (wanted,))
    # Or it would go with the first transaction that fails.
    connection.commit()
    record.info[_KNOWN] = wanted


def _answer(app: Any) -> Any:
    known = app.error_handler_spec[None][None].get(Exception)

    def answer(error: OperationalError) -> Any:
        model.Session.rollback()
        if getattr(error.orig, "pgcode", None) != _CANCELLED:
            if known:
                return known(error)
            raise error
        sentence = tk._(
            "The portal took too long for this answer and gave up. Ask for less at "
            "once, or try again later."
        )
        page = {"code": 503, "content": sentence, "name": ""}
        response = Response(tk.render("error_document_template.html", page), 503)
        response.headers["Retry-After"] = "30"
        return response

    return answer
