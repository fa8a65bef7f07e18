"""How much one caller may ask for: by address, by account, by token.

Whoever is not known is counted by address; whoever is known by account and token, and
all that comes from an address together by a wider budget, so that thousands of bad
tokens cost no more than one. The log-in has a budget of its own, health has none.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import time
from typing import Any

import ckan.plugins.toolkit as tk
from flask import (
    Response,
    g,
    has_request_context,
    jsonify,
    render_template,
    request,
)

from ckanext.edudata.guard import addresses, caching, limits_costs, privately
from ckanext.edudata.guard.limits_buckets import Bucket, take

SETTING = "ckanext.edudata.limits."
FILTERS = frozenset(
    {
        *("opening_class", "subject_database", "school_stage", "district"),
        *("organization", "update_cycle", "tags", "groups", "license_id", "res_format"),
    }
)


def install(app: Any) -> None:
    """Ask before anything is done, and once more when it is known who calls."""
    app.before_request_funcs.setdefault(None, []).insert(0, at_the_door)
    app.before_request(known)
    app.after_request(_over)


def at_the_door() -> Response | None:
    """Refuse an address that asks too much; answer from what is kept."""
    # CKAN's own handlers before and after a request rely on it.
    setattr(g, "__timer", time.time())
    address = addresses.block()
    path = request.environ.get("PATH_INFO", "")
    if not address or limits_costs.apart(path) or _free(address):
        g.edudata_uncounted = True
        return caching.find()
    if limits_costs.entrance(path):
        g.edudata_uncounted = True
        return _count([("entrance", address)], 1.0)
    kept = caching.find()
    points = limits_costs.KEPT if kept else _cost()
    g.edudata_cost = points
    if not kept and brings_something():
        return _count([("all", address)], points)
    g.edudata_uncounted = True
    return _count([("address", address)], points) or kept


def known() -> Response | None:
    """Count for the account and its token, now that CKAN knows them."""
    if g.get("edudata_uncounted"):
        return None
    user = tk.current_user
    if not user.is_authenticated:
        return _count([("address", addresses.block())], g.edudata_cost)
    whose = [("account", user.id)]
    token = request.headers.get(tk.config.get("apitoken_header_name") or "")
    if token:
        whose.append(("token", token))
    return _count(whose, g.edudata_cost)


def refusal(seconds: float) -> Response:
    """429, in the words of the page or as the API says it."""
    wait = max(1, math.ceil(seconds))
    words = tk._("Too many requests were sent. Try again in {seconds} seconds.")
    message = words.format(seconds=wait)
    if request.path.startswith("/api/"):
        error = {"__type": "Too Many Requests", "message": message}
        response = jsonify(success=False, error=error)
    else:
        page = "edudata/guard/too_many.html"
        response = Response(render_template(page, message=message, seconds=wait))
    response.status_code = 429
    response.headers["Retry-After"] = str(wait)
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.no_store = True
    # CKAN's own marking reads this.
    request.environ["__no_cache__"] = "True"
    return response


def over(seconds: float) -> None:
    """A quota of the caller's own is used up: the refusal says when to come back."""
    if has_request_context():
        g.edudata_over = seconds


def _over(response: Response) -> Response:
    if "edudata_over" in g and response.status_code == 403:
        response.status_code = 429
        response.headers["Retry-After"] = str(max(1, math.ceil(g.edudata_over)))
    return response


def _count(whose: list[tuple[str, str]], points: float) -> Response | None:
    buckets = [
        Bucket(f"{kind}:{_hidden(caller)}", float(tk.config.get(SETTING + kind) or 0))
        for kind, caller in whose
    ]
    wait = take(buckets, points)
    return refusal(wait) if wait > 0 else None


def _cost() -> float:
    values = request.view_args or {}
    asked = request.args
    return limits_costs.cost(
        request.endpoint,
        request.method,
        values.get("logic_function"),
        asked,
        filters(),
    )


def filters() -> int:
    """How many filters the address of a search has."""
    return sum(1 for name, _ in request.args.items(multi=True) if name in FILTERS)


def brings_something() -> bool:
    """Whether the request says who it is from; whether that is true is seen later."""
    cookies = (
        tk.config.get("SESSION_COOKIE_NAME") or "session",
        tk.config.get("REMEMBER_COOKIE_NAME") or "remember_token",
    )
    return privately.brings_token() or any(name in request.cookies for name in cookies)


def _hidden(caller: str) -> str:
    """Addresses and tokens do not lie about in Redis."""
    key = str(tk.config.get("SECRET_KEY") or "").encode()[:64]
    return hashlib.blake2b(caller.encode(), digest_size=16, key=key).hexdigest()


def _free(address: str) -> bool:
    """Whether it is one of the site's own machines."""
    networks = (tk.config.get(SETTING + "free") or "").split()
    if not networks:
        return False
    asked = ipaddress.ip_network(address)
    for text in networks:
        network = ipaddress.ip_network(text, strict=False)
        if network.version == asked.version and asked.subnet_of(network):  # type: ignore[arg-type]
            return True
    return False
