"""Open lists for everybody: of a unit, of a district, of Shanghai; any version."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.opening import helpers_open_list as words
from ckanext.edudata.opening import (
    open_list,
    open_list_formats,
    open_list_gathered,
    open_list_pages,
    open_list_reading,
)
from ckanext.edudata.units import tree

open_lists = web.answer_refusals(Blueprint("edudata_open_list", __name__))

ROWS = 50
#: Units that are named on one page; more are found by a district or by words.
NAMED = 400
FILTERS = ("q", "kind", "district", "subject_database", "school_stage")
_SUFFIX = "<any(csv, xlsx, json, atom):suffix>"
_FED = 100


@open_lists.route("/open-list", strict_slashes=False)
@open_lists.route(f"/open-list.{_SUFFIX}")
def index(suffix: str = "") -> Any:
    """Shanghai: the newest lists of all units."""
    return open_list_pages.answer(
        lambda: _gathered(None, suffix), kind=suffix, name="open-list"
    )


@open_lists.route("/open-list/<unit>/all")
@open_lists.route(f"/open-list/<unit>/all.{_SUFFIX}")
def gathered(unit: str, suffix: str = "") -> Any:
    """A district, or any unit with those below it."""
    found = open_list_reading.unit(unit)
    if unit != found.name:
        return _named("gathered", unit=found.name, suffix=suffix)
    return open_list_pages.answer(
        lambda: _gathered(found, suffix),
        kind=suffix,
        name=f"open-list-{found.name}-all",
    )


@open_lists.route("/open-list/<unit>")
@open_lists.route(f"/open-list/<unit>.{_SUFFIX}")
def unit(unit: str, suffix: str = "") -> Any:
    """The newest list of a unit; where only units below have any, those."""
    found = open_list_reading.unit(unit)
    if unit != found.name:
        return _named("unit", unit=found.name, suffix=suffix)
    return open_list_pages.answer(
        lambda: _version(found, None, suffix),
        kind=suffix,
        name=f"open-list-{found.name}",
    )


@open_lists.route("/open-list/<unit>/<int:number>")
@open_lists.route(f"/open-list/<unit>/<int:number>.{_SUFFIX}")
def version(unit: str, number: int, suffix: str = "") -> Any:
    """Any version of a unit's list, as it was published."""
    found = open_list_reading.unit(unit)
    if unit != found.name:
        return _named("version", unit=found.name, number=number, suffix=suffix)
    return open_list_pages.answer(
        lambda: _version(found, number, suffix),
        kind=suffix,
        name=f"open-list-{found.name}-{number}",
    )


@open_lists.route("/open-list/<unit>/compare")
@open_lists.route(f"/open-list/<unit>/compare.{_SUFFIX}")
def compare(unit: str, suffix: str = "") -> Any:
    """What changed between two versions."""
    found = open_list_reading.unit(unit)
    old, new = (tk.request.args.get(name, type=int) for name in ("from", "to"))
    last = open_list_reading.version(found.id).number
    new = last if new is None else new
    old = max(1, new - 1) if old is None else old
    return open_list_pages.answer(
        lambda: _compared(found, old, new, suffix),
        kind=suffix,
        name=f"open-list-{found.name}-{old}-{new}",
    )


def _named(endpoint: str, **values: Any) -> Any:
    kept = {name: value for name, value in values.items() if value}
    return tk.redirect_to(f"edudata_open_list.{endpoint}", **kept)


def _version(found: Any, number: int | None, suffix: str) -> Any:
    try:
        shown = web.call("edudata_open_list_show", unit=found.id, number=number)
    except tk.ObjectNotFound:
        below = tree.with_subordinates(found.id)
        if number is None and open_list_reading.has_lists(below):
            return _named("gathered", unit=found.name, suffix=suffix)
        raise
    page = open_list_pages.url("version", unit=found.name, number=shown["number"])
    title = tk._("Open list of {unit}, version {number}").format(
        unit=shown["unit"]["title"], number=shown["number"]
    )
    lines = shown["lines"]
    if suffix == "csv":
        return _csv(lines, gathered=False)
    if suffix == "xlsx":
        about = [
            (tk._("Unit"), shown["unit"]["title"]),
            (tk._("List number"), str(shown["number"])),
            (tk._("Published"), shown["published_at"]),
            (tk._("Address"), page),
            ("SHA-256", shown["digest"]),
        ]
        return _xlsx(title, about, lines, gathered=False)
    if suffix == "json":
        return open_list_formats.as_json(
            {
                **shown,
                "unit": open_list_pages.unit_json(shown["unit"]),
                "url": page,
                "lines": [open_list_pages.line_json(line) for line in lines],
            }
        )
    if suffix == "atom" and number is not None:
        entries = [
            open_list_pages.line_entry(line, page, shown["published_at"])
            for line in lines
        ]
        return open_list_pages.feed(title, page, entries)
    versions = web.call("edudata_open_list_list", unit=found.id)
    if suffix == "atom":
        return open_list_pages.feed(
            tk._("Open lists of {unit}").format(unit=found.title or found.name),
            open_list_pages.url("unit", unit=found.name),
            [open_list_pages.version_entry(head) for head in versions],
        )
    return tk.render(
        "edudata/opening/open_list/version.html",
        {
            "unit": found,
            "list": shown,
            "versions": versions,
            "below": open_list_reading.has_lists(tree.with_subordinates(found.id)[1:]),
            "gone": found.state != "active",
            "may_withdraw": web.may("edudata_open_list_withdraw", unit=found.id),
        },
    )


def _gathered(found: Any, suffix: str) -> Any:
    args = tk.request.args
    asked = {
        name: value
        for name in FILTERS
        if (value := args.get(name, "").strip()[:100])
        and (name != "kind" or value in open_list.KINDS)
    }
    scope = {"unit": found.id} if found else {}
    page = max(1, args.get("page", 1, type=int)) if not suffix else 1
    limit = ROWS if not suffix else 100_000
    within = tree.with_subordinates(found.id) if found else None
    where = (
        open_list_pages.url("gathered", unit=found.name)
        if found
        else open_list_pages.url("index")
    )
    title = _title(found)
    if suffix == "atom":
        heads = open_list_reading.newest(within or [], _FED)
        entries = [open_list_pages.version_entry(head) for head in heads]
        return open_list_pages.feed(title, where, entries)
    result = web.call(
        "edudata_open_list_search",
        limit=limit,
        offset=min((page - 1) * ROWS, 10_000_000),
        **scope,
        **asked,
    )
    _, changed = open_list_reading.stamp()
    stamp = changed.isoformat() if changed else ""
    if suffix == "csv":
        return _csv(result["results"], gathered=True)
    if suffix == "xlsx":
        about = [
            (tk._("Content"), title),
            (tk._("State of"), stamp),
            (tk._("Address"), where),
            *(
                (
                    words.edudata_open_list_field(name)
                    if name != "q"
                    else tk._("Words"),
                    v,
                )
                for name, v in asked.items()
            ),
        ]
        return _xlsx(title, about, result["results"], gathered=True)
    if suffix == "json":
        return open_list_formats.as_json(
            {
                "title": title,
                "url": where,
                "state_of": stamp or None,
                "filters": asked,
                **{
                    key: result[key] for key in ("count", "lists", "kinds", "districts")
                },
                "lines": [open_list_pages.line_json(x) for x in result["results"]],
            }
        )
    district = asked.get("district")
    return tk.render(
        "edudata/opening/open_list/gathered.html",
        {
            "unit": found,
            "title": title,
            "found": result,
            "asked": asked,
            "stamp": stamp,
            "page": page,
            "first": (page - 1) * ROWS + 1,
            "pages": max(1, -(-result["count"] // ROWS)),
            "units": _units(within, district),
        },
    )


def _units(within: list[str] | None, district: str | None) -> list[dict[str, Any]]:
    """Units to be listed beside the lines, where there are not too many for a page."""
    if within is None and not district:
        return []
    found = open_list_gathered.units(within, district)
    return found if len(found) <= NAMED else []


def _title(found: Any) -> str:
    if found is None:
        return tk._("Open list of education data in Shanghai")
    return tk._("Open lists of {unit} and the units below it").format(
        unit=found.title or found.name
    )


def _csv(lines: list[dict[str, Any]], *, gathered: bool) -> bytes:
    return open_list_formats.as_csv(
        open_list_pages.line_head(gathered=gathered),
        open_list_pages.line_rows(lines, gathered=gathered),
    )


def _xlsx(title: str, about: Any, lines: Any, *, gathered: bool) -> bytes:
    return open_list_formats.as_xlsx(
        title,
        (tk._("Open list"), tk._("About this file")),
        about,
        open_list_pages.line_head(gathered=gathered),
        open_list_pages.line_rows(lines, gathered=gathered),
    )


def _compared(found: Any, old: int, new: int, suffix: str) -> Any:
    shown = web.call(
        "edudata_open_list_diff", unit=found.id, **{"from": old, "to": new}
    )
    title = tk._(
        "Changes of the open list of {unit} from version {old} to {new}"
    ).format(unit=shown["to"]["unit"]["title"], old=old, new=new)
    if suffix == "json":
        for name in ("added", "removed"):
            shown[name] = [open_list_pages.line_json(line) for line in shown[name]]
        for item in shown["changed"]:
            item["line"] = open_list_pages.line_json(item["line"])
        return open_list_formats.as_json({"title": title, **shown})
    rows = _change_rows(shown)
    head = [
        tk._("Change"),
        tk._("Data resource"),
        tk._("What"),
        tk._("Before"),
        tk._("After"),
    ]
    if suffix == "csv":
        return open_list_formats.as_csv(head, rows)
    page = open_list_pages.url("compare", unit=found.name)
    if suffix == "xlsx":
        about = [(tk._("Content"), title), (tk._("Address"), page)]
        sheets = (tk._("Changes"), tk._("About this file"))
        return open_list_formats.as_xlsx(title, sheets, about, head, rows)
    if suffix == "atom":
        entries = [
            {
                "id": open_list_pages.urn(f"{page}#{old}-{new}-{number}"),
                "title": f"{row[0]}{tk._(': ')}{row[1]}",
                "url": f"{page}?from={old}&to={new}",
                "updated": shown["to"]["published_at"],
                "summary": f"{row[2]}{tk._(': ')}{row[3]} → {row[4]}"
                if row[2]
                else row[0],
            }
            for number, row in enumerate(rows)
        ]
        return open_list_pages.feed(title, page, entries)
    return tk.render(
        "edudata/opening/open_list/compare.html",
        {
            "unit": found,
            "title": title,
            "changes": shown,
            "versions": web.call("edudata_open_list_list", unit=found.id),
        },
    )


def _change_rows(shown: dict[str, Any]) -> list[list[str]]:
    gone = tk._("Line withdrawn")
    rows = [
        [tk._("Added"), line["title"] or gone, "", "", ""] for line in shown["added"]
    ]
    rows += [
        [tk._("Taken away"), line["title"] or gone, "", "", ""]
        for line in shown["removed"]
    ]
    for item in shown["changed"]:
        rows += [
            [
                tk._("Changed"),
                item["title"],
                words.edudata_open_list_field(each["field"]),
                words.edudata_open_list_value(each["field"], each["old"]),
                words.edudata_open_list_value(each["field"], each["new"]),
            ]
            for each in item["fields"]
        ]
    return rows
