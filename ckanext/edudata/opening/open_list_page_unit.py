"""Page and files of a unit's open list, and of what changed in it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.opening import helpers_open_list as words
from ckanext.edudata.opening import (
    open_list_formats,
    open_list_pages,
    open_list_reading,
)
from ckanext.edudata.units import tree


def version(found: Any, number: int | None, suffix: str) -> Any:
    """A version of a unit's list, the newest without a number.

    :param suffix: `csv` and the like; the page without
    """
    try:
        shown = web.call("edudata_open_list_show", unit=found.id, number=number)
    except tk.ObjectNotFound:
        below = tree.with_subordinates(found.id)
        if number is None and open_list_reading.has_lists(below):
            kept = {"suffix": suffix} if suffix else {}
            return tk.redirect_to("edudata_open_list.gathered", unit=found.name, **kept)
        raise
    page = open_list_pages.url("version", unit=found.name, number=shown["number"])
    title = tk._("Open list of {unit}, version {number}").format(
        unit=shown["unit"]["title"], number=shown["number"]
    )
    lines = shown["lines"]
    if suffix == "csv":
        return open_list_pages.csv(lines, gathered=False)
    if suffix == "xlsx":
        about = [
            (tk._("Unit"), shown["unit"]["title"]),
            (tk._("List number"), str(shown["number"])),
            (tk._("Published"), shown["published_at"]),
            (tk._("Address"), page),
            ("SHA-256", shown["digest"]),
        ]
        return open_list_pages.xlsx(title, about, lines, gathered=False)
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


def compared(found: Any, old: int, new: int, suffix: str) -> Any:
    """What changed between two versions of a unit's list."""
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
