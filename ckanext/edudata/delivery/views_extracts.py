"""The page of a grant for who holds it, and the link of an extract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from ckan.lib import files
from flask import Blueprint, Response, stream_with_context

from ckanext.edudata import settings, web
from ckanext.edudata.delivery import (
    extract_files,
    extract_terms,
    extracts,
    ledger,
    pages_after,
)
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_extracts import Extract

edudata_extracts = web.answer_refusals(Blueprint("edudata_extracts", __name__))

CHUNK = 1 << 18


@edudata_extracts.route("/grants/<id>", methods=["GET"])
def grant(id: str) -> Any:
    """One's own grant: copies, report of use, handing on, recall."""
    return web.to_login() if current_user.is_anonymous else pages_after.grant_page(id)


@edudata_extracts.route("/grants/<id>/extracts", methods=["POST"])
def create(id: str) -> Any:
    """Have a copy made."""
    if current_user.is_anonymous:
        return web.to_login()
    kind = tk.request.form.get("format", "csv")
    try:
        web.call("edudata_extract_create", grant_id=id, format=kind)
    except tk.ValidationError as error:
        model.Session.rollback()
        return pages_after.grant_page(id, error, {"format": kind})
    tk.h.flash_success(tk._("The copy is being made. It takes a moment."))
    return tk.redirect_to("edudata_extracts.grant", id=id, _anchor="extracts")


@edudata_extracts.route("/extracts/<id>/remove", methods=["POST"])
def remove(id: str) -> Any:
    """Remove one's own copy from the portal."""
    if current_user.is_anonymous:
        return web.to_login()
    gone = web.call("edudata_extract_remove", id=id)
    tk.h.flash_success(tk._("The copy was removed from the portal."))
    return tk.redirect_to(
        "edudata_extracts.grant", id=gone["grant_id"], _anchor="extracts"
    )


@edudata_extracts.route("/extracts/<id>", methods=["GET"])
def download(id: str) -> Any:
    """The bytes, to their recipient; on record before the first of them."""
    if tk.request.method != "GET":
        # A look at the head would be a delivery of nothing.
        return Response(status=405, headers={"Allow": "GET"})
    if current_user.is_anonymous:
        return web.to_login()
    found = web.call("edudata_extract_show", id=id)
    row = extracts.get(id)
    if found["state"] != "ready":
        return _gone(found)
    try:
        allowed = extracts.judge(row.grant_id, row.user_id)
    except tk.NotAuthorized:
        return _gone(found)
    grant = model.Session.get(Grant, row.grant_id)
    if grant is None:
        raise extracts.not_found()
    storage = files.get_storage(settings.PRIVATE)
    place = extracts.place(row.id, row.tries)
    if not storage.exists(place):
        return _gone(found)
    delivery_id = ledger.deliver(
        grant,
        allowed,
        row.rows,
        f"extract_{row.format}",
        "started",
        user_id=row.user_id,
    )
    source = iter(storage.stream(place))
    headers = _headers(row, grant)
    body = _stream(source, row.id, row.grant_id, row.user_id, delivery_id, row.rows)
    model.Session.rollback()
    tk.request.environ["__no_cache__"] = "True"
    return Response(stream_with_context(body), headers=headers)


def _headers(row: Extract, grant: Grant) -> dict[str, str]:
    ending = extract_files.ENDINGS[row.format]
    plain = f"{extract_files.file_stem('', grant.request_number)}.{ending}"
    name = quote(f"{extract_terms.stem(grant)}.{ending}", safe="")
    return {
        "Content-Type": extract_files.TYPES[ending],
        "Content-Length": str(row.size),
        "Content-Disposition": f"attachment; filename={plain}; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }


def _stream(
    source: Iterator[bytes],
    extract_id: str,
    grant_id: str,
    user_id: str,
    delivery_id: int,
    rows: int,
) -> Iterator[bytes]:
    """Chunk by chunk, the grant judged between: a revocation ends what is running."""
    outcome, unjudged = "broken", 0
    try:
        for chunk in source:
            if unjudged >= CHUNK:
                unjudged = 0
                extracts.judge(grant_id, user_id)
                if extracts.get(extract_id).state != "ready":
                    return
                model.Session.rollback()
            unjudged += len(chunk)
            yield chunk
        outcome = "done"
    except tk.NotAuthorized:
        return
    finally:
        # How far a broken one came is not known in rows: all of them count.
        ledger.finish(delivery_id, outcome, rows)
        model.Session.remove()


def _gone(found: dict[str, Any]) -> Any:
    """The page that says why there is nothing (any more)."""
    page = tk.render("edudata/delivery/extract_gone.html", {"extract": found})
    return page, 410 if found["state"] not in ("queued", "running") else 409
