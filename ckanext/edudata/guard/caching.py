"""Pages and reads that are the same for everybody are made once.

Kept in Redis under the mark of the public content (`generation.py`), so that what a
release or a stop changed is never served again. Only answers to people of whom nothing
is known are kept or served (`caching_rules.py`); browsers and proxies may keep them
too, and ask each time whether they still hold (ETag, 304).
"""

from __future__ import annotations

import json
import logging
import time
import zlib
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ckan
import ckan.plugins.toolkit as tk
from ckan import model
from flask import Response, current_app, g, request, session
from sqlalchemy.exc import SQLAlchemyError

from ckanext.edudata.guard import caching_rules as rules
from ckanext.edudata.guard import generation, memory, privately

log = logging.getLogger(__name__)

SECONDS = "ckanext.edudata.cache.seconds"
MOST = "ckanext.edudata.cache.new_a_minute"

BUILD = "edudata_build"
"""Under this name the application keeps what its code is."""

# Nobody fills the memory by asking for what nobody else asks for.
_KEEP = memory.Script("""
local number = redis.call('INCR', KEYS[1])
if number == 1 then
  redis.call('EXPIRE', KEYS[1], 120)
end
if number <= tonumber(ARGV[1]) then
  redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
end
return number
""")


def install(app: Any) -> None:
    """Finish answers where all others have; :func:`find` is asked by the limits."""
    app.extensions[BUILD] = _fingerprint()
    generation.install()
    app.after_request(_said)
    # Flask asks the first last.
    app.after_request_funcs.setdefault(None, []).insert(0, finish)


def find() -> Response | None:
    """The answer that is kept for this request; None if the view is to make it."""
    if not _for_everybody():
        return None
    mark = _mark()
    if not mark:
        return None
    g.edudata_mark = mark
    g.edudata_kept_as = memory.prefix("page") + rules.name(
        mark, current_app.extensions[BUILD], request.host_url, *_asked()
    )
    kept: Any = memory.ask(lambda redis: redis.get(g.edudata_kept_as))
    response = _unpacked(kept) if kept else None
    if response is not None:
        g.edudata_from_cache = True
    return response


def spoiled() -> None:
    """What is being made is not what it should be (a service is gone): not kept."""
    g.edudata_spoiled = True


def finish(response: Response) -> Response:
    """Keep what is for everybody, and say how long others may."""
    key = g.get("edudata_kept_as")
    if not key or g.get("edudata_spoiled") or not _is_for_everybody(response):
        _personal(response)
        return response
    body = response.get_data()
    if not g.get("edudata_from_cache"):
        # A view's own mark is the same for those who are known.
        if not response.get_etag()[0]:
            response.set_etag(sha256(body).hexdigest()[:32])
        if request.method == "GET":
            _keep(key, response, body)
    _dated(response)
    cache = response.cache_control
    cache.clear()
    cache.public, cache.no_cache = True, True
    for name in ("Cookie", _token_header()):
        response.vary.add(name)
    response.make_conditional(request)
    return response


def _said(response: Response) -> Response:
    """What the view itself says of caches; CKAN then marks all pages alike."""
    g.edudata_said = response.headers.get("Cache-Control", "")
    return response


def _for_everybody() -> bool:
    if not int(tk.config.get(SECONDS) or 0):
        return False
    if request.host != urlsplit(tk.config["ckan.site_url"]).netloc:
        return False
    return rules.asks_for_itself(
        request.method,
        request.endpoint,
        (request.view_args or {}).get("logic_function"),
        request.query_string.decode("latin-1"),
        request.headers.items(),
        _token_header(),
    )


def _asked() -> tuple[str, ...]:
    """All of the question that an answer may depend on, as it came."""
    environ = request.environ
    return (
        environ.get("SCRIPT_NAME", ""),
        str(environ.get("CKAN_LANG")),
        str(environ.get("CKAN_LANG_IS_DEFAULT")),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        # A catalog is given in the form that was asked for.
        request.headers.get("Accept", "") if "dcat" in (request.endpoint or "") else "",
    )


def _mark() -> str | None:
    try:
        return generation.current()
    except SQLAlchemyError:
        model.Session.rollback()
        return None


def _is_for_everybody(response: Response) -> bool:
    if g.get("edudata_from_cache"):
        return True
    whole = not response.is_streamed and not response.direct_passthrough
    return not privately.known() and rules.may_be_kept(
        response.status_code,
        {**response.headers, "Cache-Control": g.get("edudata_said") or ""},
        len(response.get_data()) if whole else None,
        session=_session(),
    )


def _session() -> bool:
    return bool(session.modified or [key for key in session if key != "_permanent"])


def _personal(response: Response) -> None:
    """What holds a token of a form or a message is for one person."""
    if _session() or "Set-Cookie" in response.headers:
        cache = response.cache_control
        cache.public, cache.private, cache.no_cache = False, True, True


def _keep(key: str, response: Response, body: bytes) -> None:
    seconds = int(tk.config[SECONDS])
    headers = [
        (name, value) for name in rules.HEADERS if (value := response.headers.get(name))
    ]
    told = {"etag": response.get_etag()[0], "headers": headers}
    packed = zlib.compress(json.dumps(told).encode() + b"\n" + body, 1)
    counter = memory.prefix("pages") + str(int(time.time()) // 60)

    values = [int(tk.config[MOST]), packed, seconds]
    memory.ask(lambda redis: _KEEP(redis, [counter, key], values))


def _unpacked(kept: bytes) -> Response | None:
    try:
        head, _, body = zlib.decompress(kept).partition(b"\n")
        told = json.loads(head)
        response = Response(body, headers=told["headers"])
        response.set_etag(told["etag"])
    except (ValueError, KeyError, TypeError, zlib.error):
        log.warning("What was kept cannot be read")
        return None
    return response


def _dated(response: Response) -> None:
    """Since when nothing public has changed; marks that follow fast lie ahead."""
    moment = generation.at(g.edudata_mark)
    if time.time() >= moment + 1:
        response.headers["Last-Modified"] = formatdate(moment, usegmt=True)


def _token_header() -> str:
    return tk.config.get("apitoken_header_name") or "Authorization"


def _fingerprint() -> str:
    """What the running code is: a new one serves no page of the old one."""
    whole = sha256(ckan.__version__.encode())
    root = Path(__file__).parents[1]
    for part in ("templates", "assets", "schemas", "i18n"):
        for path in sorted((root / part).rglob("*")):
            found = path.stat()
            whole.update(f"{path.name} {found.st_mtime_ns} {found.st_size}".encode())
    for key in ("ckan.site_url", "ckan.plugins", "ckan.locales_offered"):
        whole.update(repr(tk.config.get(key)).encode())
    return whole.hexdigest()
