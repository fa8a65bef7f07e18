"""How much one request may bring: bytes, fields, levels, pages.

Files are as large as CKAN allows (`ckan.max_resource_size`), and only from people who
say who they are. All else is read into memory, and so is small.
"""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, request
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge

from ckanext.edudata.guard import limits_costs
from ckanext.edudata.guard.limits import brings_something, filters

MEGABYTE = 1 << 20
FORM = 2 * MEGABYTE
"""Most bytes of the fields of a form."""

FIELDS = 3000
"""Most fields of a form, and parameters of an address."""

LEVELS = 40
"""Most levels of a JSON document."""

FILTERS = 12
"""Most filters of one search."""

PAGES = 500
"""Last page of a list that is made; who needs all takes the open list or a catalog."""

LISTS = frozenset(
    {
        "dataset.search",
        "edudata_portal.unit",
        "edudata_demands.index",
        "organization.read",
    }
)

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def install(app: Any) -> None:
    """Set the bounds before anything of the request is read."""
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM
    app.config["MAX_FORM_PARTS"] = FIELDS
    app.before_request_funcs.setdefault(None, []).insert(0, bound)
    app.before_request(looked_at)


def bound() -> None:
    """Most bytes of this request, by who sends what."""
    known = brings_something()
    if request.mimetype == "multipart/form-data" and known:
        most = int(tk.config["ckan.max_resource_size"]) * MEGABYTE + FORM
    elif request.environ.get("PATH_INFO", "").startswith("/api/") and known:
        most = int(tk.config["ckanext.edudata.json_megabytes"]) * MEGABYTE
    else:
        most = FORM
    request.max_content_length = most


def looked_at() -> Response | None:
    """Refuse what is too deep or too wide, now that it is known who asks."""
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise RequestEntityTooLarge()
    if len(request.args) > 200:
        raise BadRequest()
    if request.endpoint in LISTS:
        _list()
    if request.method in ("GET", "HEAD"):
        return None
    if request.mimetype == "application/x-www-form-urlencoded":
        _form()
    if request.path.startswith("/api/") and request.mimetype != "multipart/form-data":
        return _json()
    return None


def _form() -> None:
    if len(request.form) > FIELDS:
        sentence = tk._("The form has too many fields. At most {most} are read.")
        raise BadRequest(sentence.format(most=FIELDS))


def _json() -> Response | None:
    if depth(request.get_data(), LEVELS) <= LEVELS:
        return None
    sentence = tk._("The JSON is nested too deeply. At most {most} levels are read.")
    error = {"__type": "Bad Request", "message": sentence.format(most=LEVELS)}
    response = jsonify(success=False, error=error)
    response.status_code = 400
    return response


def depth(body: bytes, most: int) -> int:
    """Levels of a JSON document, broken ones too; counting ends above *most*."""
    if body.count(b"[") + body.count(b"{") <= most:
        return 0
    level = deepest = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", body)):
        level += 1 if bracket[0] in b"[{" else -1
        deepest = max(deepest, level)
        if deepest > most:
            break
    return deepest


def _list() -> None:
    if limits_costs.number(request.args, "page") > PAGES:
        raise NotFound(
            tk._(
                "This page of the list is too far back. Narrow the search, or take "
                "the whole open list."
            )
        )
    if filters() > FILTERS:
        raise BadRequest(tk._("Too many filters at once. Take some of them away."))
