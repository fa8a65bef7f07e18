"""What the pages and files of open lists share: cells, addresses, answers."""

from __future__ import annotations

import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, make_response

from ckanext.edudata.opening import helpers_open_list as words
from ckanext.edudata.opening import open_list, open_list_formats, open_list_reading

#: Files that a process keeps, and the longest of them in bytes.
_KEPT: OrderedDict[str, bytes] = OrderedDict()
_KEPT_MOST, _KEPT_LONGEST = 8, 8_000_000


def url(endpoint: str, **values: Any) -> str:
    """Absolute address by the configured site, whatever host was asked for."""
    path = tk.h.url_for(f"edudata_open_list.{endpoint}", locale="default", **values)
    return site(path)


def site(path: str) -> str:
    return tk.config["ckan.site_url"].rstrip("/") + path


def dataset_url(name: str) -> str:
    return site(tk.h.url_for("dataset.read", id=name, locale="default"))


def urn(name: str) -> str:
    """A name for a feed that stays, whatever address it is read at."""
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn


def line_head(*, gathered: bool) -> list[str]:
    """Heads of the columns of a file."""
    first = [tk._("No."), words.edudata_open_list_field("title")]
    if gathered:
        first += [tk._("Unit"), tk._("District of the unit"), tk._("List number")]
    return [
        *first,
        tk._("Opening"),
        *(words.edudata_open_list_field(name) for name in open_list.FIELDS),
        tk._("State now"),
        tk._("Address"),
    ]


def line_rows(
    lines: Iterable[dict[str, Any]], *, gathered: bool, first: int = 1
) -> list[list[object]]:
    """Cells of the lines of a file."""
    found = []
    for number, line in enumerate(lines, first):
        row: list[object] = [number, line["title"]]
        if gathered:
            row += [
                line["unit"]["title"],
                words.edudata_open_list_district(line["unit"].get("district", "")),
                line["number"],
            ]
        row.append(words.edudata_open_list_value("kind", line["kind"]))
        row += [
            words.edudata_open_list_value(name, line["fields"].get(name))
            for name in open_list.FIELDS
        ]
        row.append(words.edudata_open_list_value("kind", line["now"]))
        row.append(dataset_url(line["dataset"]) if line["dataset"] else "")
        found.append(row)
    return found


def csv(lines: list[dict[str, Any]], *, gathered: bool) -> bytes:
    """Lines as a CSV file."""
    return open_list_formats.as_csv(
        line_head(gathered=gathered),
        line_rows(lines, gathered=gathered),
    )


def xlsx(title: str, about: Any, lines: Any, *, gathered: bool) -> bytes:
    """Lines as a workbook, with a sheet that says what they are."""
    return open_list_formats.as_xlsx(
        title,
        (tk._("Open list"), tk._("About this file")),
        about,
        line_head(gathered=gathered),
        line_rows(lines, gathered=gathered),
    )


def line_json(line: dict[str, Any]) -> dict[str, Any]:
    """A line for programs: codes, and where it leads."""
    found = {key: value for key, value in line.items() if key != "unit"}
    found["url"] = dataset_url(line["dataset"]) if line["dataset"] else None
    if "unit" in line:
        found["unit"] = unit_json(line["unit"])
    return found


def unit_json(unit: dict[str, Any]) -> dict[str, Any]:
    return {key: unit[key] for key in ("name", "title", "kind", "district")}


def line_entry(line: dict[str, Any], page: str, updated: str) -> dict[str, Any]:
    """A line as an entry of a feed."""
    kind = words.edudata_open_list_kind(line["now"])["label"]
    facts = [
        f"{label}{tk._(': ')}{value}"
        for label, value in words.edudata_open_list_facts(line)
    ]
    return {
        "id": urn(f"{page}#{line['key']}"),
        "title": line["title"] or tk._("Line withdrawn"),
        "url": dataset_url(line["dataset"])
        if line["dataset"]
        else f"{page}#line-{line['key']}",
        "updated": updated,
        "summary": "\n".join([kind, *facts]),
    }


def version_entry(head: dict[str, Any]) -> dict[str, Any]:
    """A version as an entry of a feed."""
    said = [
        f"{words.edudata_open_list_kind(kind)['label']}{tk._(': ')}{count}"
        for kind, count in head["counts"].items()
    ]
    return {
        "id": f"urn:uuid:{head['id']}",
        "title": tk._("Open list of {unit}, version {number}").format(
            unit=head["unit"]["title"], number=head["number"]
        ),
        "url": url("version", unit=head["unit"]["name"], number=head["number"]),
        "updated": head["published_at"],
        "summary": "\n".join(said),
    }


def feed(title: str, page: str, entries: list[dict[str, Any]]) -> bytes:
    return open_list_formats.as_atom(
        id=urn(page),
        title=title,
        author=tk.config.get("ckan.site_title") or "CKAN",
        page=page,
        feed=f"{page}.atom",
        updated=None,
        entries=entries,
    )


def answer(make: Callable[[], Any], *, kind: str = "", name: str = "") -> Any:
    """A page or file for everybody, sent again only when something has changed.

    :param make: makes the page; not called where the visitor has it already
    :param kind: `csv` and the like; a page without
    :param name: of the file that is kept
    """
    anonymous = tk.current_user.is_anonymous
    digest, changed = open_list_reading.stamp()
    rest = (tk.request.full_path, tk.h.lang(), words.edudata_open_list_today())
    hashed = hashlib.sha256("\n".join((digest, *rest, _release())).encode())
    etag = hashed.hexdigest()[:40]
    if anonymous and tk.request.if_none_match.contains_weak(etag):
        response = Response(status=304)
        response.set_etag(etag, weak=True)
        return response
    response = make_response(_file(etag, make) if kind else make())
    if kind:
        response.headers["Content-Type"] = open_list_formats.TYPES[kind]
        response.headers["X-Content-Type-Options"] = "nosniff"
        if kind in ("csv", "xlsx"):
            disposition = f'attachment; filename="{name}.{kind}"'
            response.headers["Content-Disposition"] = disposition
    if anonymous and response.status_code == 200:
        response.set_etag(etag, weak=True)
        if changed:
            response.last_modified = changed
        response.vary.update(("Cookie", "Accept-Language"))
        response.make_conditional(tk.request.environ)
    return response


def _file(etag: str, make: Callable[[], Any]) -> Any:
    """A file, made once for all who ask: a list of all units takes seconds.

    Files are the same for everybody; the tag changes with all they depend on.
    """
    made = _KEPT.get(etag)
    if made is not None:
        return made
    made = make()
    if isinstance(made, bytes) and len(made) <= _KEPT_LONGEST:
        _KEPT[etag] = made
        while len(_KEPT) > _KEPT_MOST:
            _KEPT.popitem(last=False)
    return made


def _release() -> str:
    try:
        return version("ckanext-edudata")
    except PackageNotFoundError:
        return ""
