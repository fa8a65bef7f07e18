"""The site answers to its own name only.

CKAN 2.12 answers whatever Host a request names, and parts of pages, caches and checks
of where a form came from go by it. Names are those of `ckan.site_url`, of the setting
`ckanext.edudata.hosts`, and this machine's own, by which a health check asks.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk

SETTING = "ckanext.edudata.hosts"

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

REFUSAL = (
    "本站不使用这个域名。请使用本站公布的网址；域名确属本站的，由管理员写入设置 "
    f"{SETTING}。\n"
    "This site does not go by that name. Use its published address; if the name is the "
    f"site's, its administrator adds it to the setting {SETTING}.\n"
).encode()


def names() -> frozenset[str]:
    """Host names by which the site may be asked, without ports."""
    site = urlsplit(str(tk.config.get("ckan.site_url") or "")).netloc
    more = tk.config.get(SETTING) or []
    return frozenset(filter(None, map(_name, (site, *more, *LOOPBACK))))


def install(app: Any) -> None:
    """Refuse what asks for another site."""
    app.wsgi_app = Named(app.wsgi_app, names())


class Named:
    """WSGI middleware: 400 for a Host that is not the site's."""

    def __init__(self, app: Any, known: frozenset[str]) -> None:
        self.app, self.known = app, known

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        told = environ.get("HTTP_HOST") or environ.get("SERVER_NAME") or ""
        if _name(told) in self.known:
            return self.app(environ, start_response)
        # Plain, and before anything else: a page of ours would hold links.
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(REFUSAL))),
            ("Cache-Control", "no-store"),
        ]
        start_response("400 Bad Request", headers)
        return [REFUSAL]


def _name(host: str) -> str:
    """The host of `host:port`, as browsers write it; empty for what is none."""
    host = host.strip()
    name, colon, port = host.rpartition(":")
    if colon and not host.endswith("]"):
        if not (port.isdecimal() or not port):
            return ""
        host = name
    try:
        # Browsers send what is not ASCII in its other spelling.
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""
    return host.lower().removesuffix(".")
