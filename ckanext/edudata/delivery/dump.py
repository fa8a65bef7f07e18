"""Downloads: a conditional table leaves through a grant, its file not at all.

CKAN's own views look the table up before they ask any action, so they are replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.datastore.blueprint import dump_schema, dump_to
from ckanext.datastore.writer import csv_writer, json_writer, tsv_writer, xml_writer
from flask import Response, request, stream_with_context

from ckanext.edudata.delivery import grants, ledger, reading, tables
from ckanext.edudata.delivery.sought import Sought

FORMATS = {
    "csv": (csv_writer, "csv", "text/csv"),
    "tsv": (tsv_writer, "tsv", "text/tab-separated-values"),
    "json": (json_writer, "lists", "application/json"),
    "xml": (xml_writer, "objects", "text/xml"),
}
PAGE_ROWS = 32000


def install(app: Any) -> None:
    """Put our views where CKAN's `datastore.dump` and `….download` stand."""
    for endpoint, view in list(app.view_functions.items()):
        if endpoint == "datastore.dump":
            app.view_functions[endpoint] = _dump(view)
        elif endpoint.endswith("resource.download"):
            app.view_functions[endpoint] = _download(view)


def _dump(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def dump(resource_id: str) -> Any:
        place = tables.Place()
        try:
            tables.confined(resource_id)
            place = tables.place(resource_id, _context())
            if place.sought:
                return _granted(place.sought, _options())
            if place.version:
                return _earlier(place.version, _options())
            return original(resource_id)
        except tk.ObjectNotFound:
            tk.abort(404, tk._("DataStore resource not found"))
        except tk.NotAuthorized as error:
            return refused(str(error), place.sought)
        except tk.ValidationError as error:
            tk.abort(400, "\n".join(error.error_summary.values()))

    return dump


def _download(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def download(**values: Any) -> Any:
        try:
            found = tables.place(values["resource_id"], _context()).sought
        except tk.ObjectNotFound:
            found = None
        if found is None:
            return original(**values)
        return refused(reading.sentence(found, None), found)

    return download


def _context() -> Any:
    return {"user": tk.current_user.name}


def refused(sentence: str, found: Sought | None) -> tuple[str, int]:
    """The page that says why, and how to apply."""
    released = found and tk.get_action("edudata_released_resource_show")(
        {"ignore_auth": True}, {"id": found.resource_id}
    )
    page = tk.render(
        "edudata/delivery/refused.html", {"sentence": sentence, "released": released}
    )
    return page, 403


def _options() -> dict[str, Any]:
    if request.args.get("format", "csv") not in FORMATS:
        # CKAN's own validator stumbles over its list of formats.
        formats = ", ".join(FORMATS)
        raise tk.ValidationError({"format": [tk._("One of: {0}").format(formats)]})
    options, errors = tk.navl_validate(request.args.to_dict(), dump_schema(), {})
    if errors:
        raise tk.ValidationError(errors)
    if options["sort"] == "_id":
        del options["sort"]
    return options


def _headers(resource_id: str, name: str) -> dict[str, str]:
    return {
        "Content-Type": f"{FORMATS[name][2]}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{resource_id}.{name}"',
    }


def _earlier(table_id: str, options: dict[str, Any]) -> Response:
    """An earlier version of open data, as CKAN would dump it."""
    search = ("filters", "q", "distinct", "plain", "language", "fields")
    body = dump_to(
        table_id,
        fmt=options["format"],
        offset=options["offset"],
        limit=options.get("limit"),
        options={"bom": options["bom"]},
        sort=options.get("sort", "_id"),
        search_params={key: options[key] for key in search if key in options},
        user="",
    )
    return Response(body, headers=_headers(table_id, options["format"]))


def _granted(place: Sought, options: dict[str, Any]) -> Response:
    name = options["format"]
    asked = {
        **{key: options[key] for key in ("plain", "language") if key in options},
        "records_format": FORMATS[name][1],
        "offset": max(0, options["offset"]),
        "limit": PAGE_ROWS,
    }
    wish = reading.wish(options, copy=True)
    given = reading.permit(place, wish)
    probe = {**asked, "limit": 0, "include_total": True}
    found = reading.fetch(given.grant, given.allowed, probe, whole=given)
    rows = max(0, found["total"] - asked["offset"])
    if options.get("limit") is not None:
        rows = min(rows, max(0, options["limit"]))
    delivery_id = ledger.deliver(
        given.grant,
        given.allowed,
        rows,
        f"dump_{name}",
        "started",
        user_id=given.user_id,
        asked=reading.noted(options),
    )
    body = _stream(given, wish, asked, found["fields"], rows, delivery_id, options)
    return Response(
        stream_with_context(body), headers=_headers(place.resource_id, name)
    )


def _stream(
    given: reading.Permit,
    wish: grants.Wish,
    asked: dict[str, Any],
    fields: list[dict[str, Any]],
    rows: int,
    delivery_id: int,
    options: dict[str, Any],
) -> Iterator[bytes]:
    """Page by page, each judged anew: a revocation ends a download that is running."""
    grant_id, user_id = given.grant.id, given.user_id
    sent, outcome = 0, "broken"
    try:
        with FORMATS[options["format"]][0](fields, bom=options["bom"]) as writer:
            if not rows:
                yield writer.write_records(_none(asked["records_format"]))
            while sent < rows:
                allowed = reading.judged_again(grant_id, wish, user_id)
                page = {
                    **asked,
                    "offset": asked["offset"] + sent,
                    "limit": min(PAGE_ROWS, rows - sent),
                    "include_total": False,
                }
                records = reading.fetch(given.grant, allowed, page)["records"]
                got = reading.count(records)
                if not got:
                    break
                sent += got
                yield writer.write_records(records)
            yield writer.end_file()
        outcome = "done"
    finally:
        ledger.finish(delivery_id, outcome, sent)
        model.Session.remove()


def _none(records_format: str) -> Any:
    """No records, in the form that CKAN's writers take them."""
    return "" if records_format in ("csv", "tsv") else []
