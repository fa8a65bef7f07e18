"""What browsers are told about every answer: what may run, frame, follow and know.

CKAN 2.12 sends none of these headers. They are put on where the answer leaves the
application, so that refusals, pages of errors and files carry them too. There is no
`unsafe-inline` and no nonce: scripts, styles and handlers stand in files of their own,
and a page can be kept by a cache without keeping a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import Headers

PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    # Bootstrap's style sheet draws arrows and ticks from `data:` addresses.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
"""Policy of our pages (CSP level 3)."""

FILE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Policy of all else: what it holds is shown by no page and runs nothing."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Addresses of entries and requests say nothing to other sites.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "autoplay",
            "camera",
            "display-capture",
            "encrypted-media",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "publickey-credentials-get",
            "screen-wake-lock",
            "usb",
            "xr-spatial-tracking",
        )
    ),
}

SCRIPTS = frozenset({"static", "webassets.index"})
"""Views that may answer with a script; the API's JSONP would be one for anybody."""

FOREIGN = frozenset({"", "static", "file.download", "file.public_download"})
"""Views whose HTML is somebody's file, no page of ours."""

ERROR = "error"
"""Stands for our page of an error, also where a file was asked for."""

UPLOADS = "/uploads/"
"""Where CKAN serves pictures that people sent, among its own files."""


def install(app: Any) -> None:
    """Put the headers on all that leaves the application."""
    app.wsgi_app = _Headers(app.wsgi_app)


class _Headers:
    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            asked = environ.get("werkzeug.request")
            endpoint = getattr(asked, "endpoint", None) or ""
            secure = environ.get("wsgi.url_scheme") == "https" or _behind_tls()
            if str(environ.get("PATH_INFO", "")).startswith(UPLOADS):
                endpoint = ""
            if status[0] in "45" and endpoint in FOREIGN:
                endpoint = ERROR
            if status[:3] == "304":
                # A browser puts these in the place of those it kept.
                return start(status, headers, *rest)
            made = marked(Headers(headers), endpoint, secure=secure)
            return start(status, made.to_wsgi_list(), *rest)

        return self._app(environ, begin)


def marked(headers: Headers, endpoint: str, *, secure: bool) -> Headers:
    """The headers of an answer with ours.

    A policy that a view set itself stays beside ours: browsers obey both.

    :param endpoint: Flask's name of the view; empty where there was none
    :param secure: whether people reach the site by TLS
    """
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if "javascript" in kind and endpoint not in SCRIPTS:
        headers["Content-Type"] = "text/plain; charset=utf-8"
    page = kind in ("text/html", "application/xhtml+xml") and endpoint not in FOREIGN
    headers.add("Content-Security-Policy", _page(secure) if page else _file(kind))
    for name, value in ALWAYS.items():
        headers[name] = value
    seconds = tk.config.get("ckanext.edudata.hsts")
    if secure and seconds:
        headers["Strict-Transport-Security"] = f"max-age={seconds}"
    return headers


def _page(secure: bool) -> str:
    rules = [f"{name} {value}" for name, value in PAGE.items()]
    return "; ".join(rules + (["upgrade-insecure-requests"] if secure else []))


def _file(kind: str) -> str:
    # Chromium shows no PDF in a sandbox.
    return FILE if kind == "application/pdf" else f"{FILE}; sandbox"


def _behind_tls() -> bool:
    return str(tk.config.get("ckan.site_url") or "").startswith("https://")
