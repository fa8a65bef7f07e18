"""`/healthz`, `/readyz`, `/metrics`: asked by balancers and by those who watch.

They stand before sessions, the database and every other guard but that of addresses:
what is away must not keep them from saying so. `/healthz` tells only that this process
answers; the other two answer addresses of `ckanext.edudata.health.allow`.
"""

from __future__ import annotations

import ipaddress
import json
import logging
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations import metrics, services

log = logging.getLogger(__name__)

SETTING = "ckanext.edudata.health.allow"

MEANS = {
    "datastore": ["tables", "preview", "deliveries", "release"],
    "solr": ["search", "release"],
    "redis": ["login", "jobs", "release"],
    "storage": ["upload", "release"],
    "mail": ["mail"],
}
"""What does not work, or waits, while a service is away."""

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"


def answer(path: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """A whole answer of WSGI."""
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        status, kind, body = "405 Method Not Allowed", _TEXT, b""
    elif path == "/healthz":
        status, kind, body = "200 OK", _TEXT, b"ok\n"
    elif not allowed(environ.get("REMOTE_ADDR") or ""):
        status, kind, body = "404 Not Found", _TEXT, b""
    elif path == "/readyz":
        status, kind, body = _ready()
    else:
        status, kind, body = _metrics()
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response(status, headers)
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]


def allowed(address: str) -> bool:
    """Whether an address may ask; what cannot be read allows nobody."""
    try:
        asked = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asked in network for network in _networks())


def _networks() -> list[Any]:
    found = []
    for text in tk.config.get(SETTING) or []:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:  # noqa: PERF203 - a typing error bars nobody else
            log.warning("%s: an entry is neither address nor network", SETTING)
    return found


def report() -> dict[str, Any]:
    """`{status: ready | degraded | down, services, degraded}`; no place, no secret."""
    state = services.state()
    away = [name for name, word in state.items() if word not in ("up", "off")]
    lost = dict.fromkeys(what for name in away for what in MEANS.get(name, []))
    status = "degraded" if away else "ready"
    if any(name in away for name in services.NEEDED):
        status = "down"
    return {"status": status, "services": state, "degraded": list(lost)}


def _ready() -> tuple[str, str, bytes]:
    found = report()
    down = found["status"] == "down"
    body = json.dumps(found).encode() + b"\n"
    return ("503 Service Unavailable" if down else "200 OK"), _JSON, body


def _metrics() -> tuple[str, str, bytes]:
    kind, body = metrics.exposition()
    return "200 OK", kind, body
