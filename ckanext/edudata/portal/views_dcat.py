"""`/catalog.ttl` and its like, in place of ckanext-dcat's.

The same for everybody, with a mark of its state, so that who comes again is told in a
few bytes that nothing has changed.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import SearchError
from flask import Blueprint, make_response

from ckanext.edudata.portal.action_dcat import FORMATS, ONLY_OPEN
from ckanext.edudata.portal.nobody import anonymous

log = logging.getLogger(__name__)

dcat = Blueprint("edudata_dcat", __name__)

TYPES = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "xml": "application/rdf+xml",
    "rdf": "application/rdf+xml",
    "n3": "text/n3",
}
KEPT_SECONDS = 3600
"""A serialized page is kept so long; another state of the catalog has another mark."""


@dcat.route("/catalog.<_format>")
def catalog(_format: str) -> Any:
    """A page of the catalog of open datasets."""
    if _format not in FORMATS:
        return tk.abort(404)
    asked = {
        key: tk.request.args[key]
        for key in ("page", "modified_since", "q")
        if tk.request.args.get(key)
    }
    if set(tk.request.args) - {"page", "modified_since", "q"}:
        return tk.abort(400, tk._("Only page, q and modified_since are taken"))
    try:
        mark = _mark(_format, asked)
        return _answer(_format, mark, lambda: _serialized(_format, mark, asked))
    except (tk.ValidationError, SearchError):
        return tk.abort(400, tk._("This search is not understood"))


@dcat.route("/dataset/<_id>.<_format>")
def dataset(_id: str, _format: str) -> Any:
    """An open dataset as RDF."""
    try:
        package = tk.get_action("package_show")(anonymous(), {"id": _id})
        text = tk.get_action("dcat_dataset_show")(
            anonymous(), {"id": package["id"], "format": _format}
        )
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404)
    mark = hashlib.sha256(f"{text if isinstance(text, str) else ''}".encode())
    return _answer(_format, mark.hexdigest(), lambda: text)


def _mark(form: str, asked: dict[str, str]) -> str:
    """What the page is made of: its datasets and when each of them last changed."""
    page = asked.get("page", "1")
    if not page.isdigit() or not 1 <= int(page) <= 100_000:
        raise tk.ValidationError({"page": [tk._("A page has a number from 1 on")]})
    rows = int(tk.config.get("ckanext.dcat.datasets_per_page") or 100)
    found = tk.get_action("package_search")(
        anonymous(),
        {
            "q": asked.get("q") or "*:*",
            "fq": ONLY_OPEN,
            "fl": ["id", "metadata_modified"],
            "rows": rows,
            "start": rows * (int(page) - 1),
            "sort": "metadata_modified desc",
        },
    )
    state = [sorted(item.items()) for item in found["results"]]
    text = repr((form, sorted(asked.items()), found["count"], state))
    return hashlib.sha256(text.encode()).hexdigest()


def _serialized(form: str, mark: str, asked: dict[str, str]) -> Any:
    key = f"edudata:{tk.config['ckan.site_id']}:dcat:{mark}"
    # Not what somebody searches for: that would fill the memory.
    keep = not set(asked) - {"page"}
    try:
        kept = connect_to_redis().get(key) if keep else None
    except Exception:  # noqa: BLE001 - without Redis it is made anew
        kept = None
    if kept:
        return kept
    text = tk.get_action("dcat_catalog_show")(anonymous(), {**asked, "format": form})
    if not keep:
        return text
    try:
        connect_to_redis().setex(key, KEPT_SECONDS, text)
    except Exception as error:  # noqa: BLE001 - it is a page all the same
        log.info("A page of the catalog was not kept: %s", type(error).__name__)
    return text


def _answer(form: str, mark: str, text: Any) -> Any:
    if mark in tk.request.if_none_match:
        response = make_response("", 304)
    else:
        response = make_response(text())
        response.headers["Content-Type"] = f"{TYPES[form]}; charset=utf-8"
    response.set_etag(mark)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
