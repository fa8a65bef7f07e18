"""Who calls: the address that the nearest trusted proxy saw, never one that was told.

CKAN 2.12 takes `g.remote_addr` from X-Forwarded-For as it comes, so that anybody says
what address they are. Here a site says how many proxies stand before it
(`ckanext.edudata.proxy_hops`), the value of the outermost of those counts, and nothing
behind this sees the headers any more.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import ckan.plugins.toolkit as tk
from flask import has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

SETTING = "ckanext.edudata.proxy_hops"

#: Headers by which a caller could say who they are, where they ask, or in whose name.
_TOLD = re.compile(r"HTTP_(X_FORWARDED_\w+|FORWARDED|X_REAL_IP|X_CLIENT_IP|CLIENT_IP)")

#: `1.2.3.4:5678` and `[::1]:5678`, as some balancers write.
_PORT = re.compile(r"^(?:\[([^]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$")


def install(app: Any) -> None:
    """Put it before everything else that reads the request."""
    app.wsgi_app = Addressed(app.wsgi_app, tk.config.get(SETTING) or 0)


class Addressed:
    """WSGI middleware: the caller's address into REMOTE_ADDR, told ones away."""

    def __init__(self, app: Any, hops: int) -> None:
        self.app = app
        hops = max(hops, 0)
        # The scheme is said by the proxy beside us; those before it may not pass it on.
        self.fix = ProxyFix(_nothing, x_for=hops, x_proto=min(hops, 1))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        peer = environ.get("REMOTE_ADDR") or ""
        scheme = environ.get("wsgi.url_scheme")
        self.fix(environ, start_response)
        told = environ.get("REMOTE_ADDR") or ""
        environ["REMOTE_ADDR"] = plain(told) or plain(peer) or peer
        if environ["wsgi.url_scheme"] not in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        for name in [name for name in environ if _TOLD.fullmatch(name)]:
            del environ[name]
        return self.app(environ, start_response)


def _nothing(environ: dict[str, Any], start_response: Any) -> Any:
    return ()


def client() -> str:
    """Address of who calls, IPv4 or IPv6; empty outside requests."""
    if not has_request_context():
        return ""
    return plain(request.environ.get("REMOTE_ADDR") or "")


def block() -> str:
    """What one caller commands: an IPv4 address, or the /64 of an IPv6 address."""
    address = client()
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False))


def plain(text: str) -> str:
    """One spelling for each address; empty for what is none."""
    with_port = _PORT.match(text.strip())
    if with_port:
        text = with_port[1] or with_port[2]
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
