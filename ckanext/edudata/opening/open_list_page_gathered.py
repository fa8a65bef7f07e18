"""Page and files of gathered open lists: a district, Shanghai."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

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

ROWS = 50
#: Units that are named on one page; more are found by a district or by words.
NAMED = 400
FILTERS = ("q", "kind", "district", "subject_database", "school_stage")
_FED = 100


def gathered(found: Any, suffix: str) -> Any:
    """The newest lists of a unit and all below it, of all units where None.

    :param suffix: `csv` and the like; the page without
    """
    args = tk.request.args
    asked = {
        name: value
        for name in FILTERS
        if (value := args.get(name, "").replace("\x00", "").strip()[:100])
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
        return open_list_pages.csv(result["results"], gathered=True)
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
        return open_list_pages.xlsx(title, about, result["results"], gathered=True)
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
