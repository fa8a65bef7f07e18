"""Each request: its id, its line in the log, its place in the figures.

Of who asks nothing is kept, nor of the address: the name of the view, how it ended, how
long it took. Around everything else, so that what fails anywhere within is seen.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations import counters, events, health, logs

log = logging.getLogger("ckanext.edudata.requests")

_GIVEN = re.compile(r"[0-9A-Za-z-]{8,64}")
_VIEW = "edudata.view"
_QUIET = ("/healthz", "/readyz", "/metrics")


def install(app: Any) -> None:
    """Put it around the application, and note which view answers."""
    logs.install()
    app.before_request(_note)
    app.wsgi_app = Watched(app.wsgi_app, trusted=bool(_hops()))


def _hops() -> int:
    return int(tk.config.get("ckanext.edudata.proxy_hops") or 0)


def _note() -> None:
    tk.request.environ[_VIEW] = tk.request.endpoint or ""


class Watched:
    """WSGI middleware. An id that our own proxy gave a request is kept."""

    def __init__(self, app: Any, *, trusted: bool) -> None:
        self.app, self.trusted = app, trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self.trusted else ""
        name = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        logs.request_id.set(name)
        path = environ.get("PATH_INFO", "")
        if path in _QUIET:
            return health.answer(path, environ, start_response)
        status = ["500"]
        begun = time.perf_counter()

        def start(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            status[0] = line[:3]
            headers = [*headers, ("X-Request-Id", name)]
            return start_response(line, headers, *more)

        counters.AT_WORK.inc()
        try:
            return self.app(environ, start)
        finally:
            counters.AT_WORK.dec()
            _done(environ, status[0], time.perf_counter() - begun)


def _done(environ: dict[str, Any], status: str, seconds: float) -> None:
    view = environ.get(_VIEW) or "none"
    area = view.partition(".")[0]
    method = environ.get("REQUEST_METHOD", "")
    method = method if method in counters.METHODS else "OTHER"
    counters.REQUESTS.labels(method, area, status).inc()
    counters.SECONDS.labels(area).observe(seconds)
    level = logging.WARNING if status >= "500" else logging.INFO
    line = {"method": method, "view": view, "status": int(status)}
    line["ms"] = round(seconds * 1000)
    log.log(level, "request", extra={"edudata": line})
    if status == "500":
        events.raise_("request_failed", detail={"view": view, "method": method})
