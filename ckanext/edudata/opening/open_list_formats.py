"""Open lists as CSV, XLSX, JSON and Atom. Pure: labels come from the caller.

Titles and reasons are words that people typed: no cell of them becomes a formula, and
no character of them breaks a feed.
"""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import xlsxwriter

from ckanext.edudata.csv_files import as_csv, safe

__all__ = ["TYPES", "as_csv", "safe"]

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
_ATOM = "http://www.w3.org/2005/Atom"
# Not allowed in XML 1.0, not even as references.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LONGEST = 32_000


def as_xlsx(
    title: str,
    sheets: tuple[str, str],
    about: Sequence[tuple[str, str]],
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> bytes:
    """A sheet with the lines, and one that says what they are and as of when."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": _cell(title)[:250]})
        font = {"font_name": "DengXian", "font_size": 10, "valign": "top"}
        body = book.add_format({**font, "text_wrap": True})
        bold = book.add_format({**font, "bold": True, "bg_color": "#E8EDF4"})
        sheet = book.add_worksheet(sheets[0][:31])
        last = 1
        for place, word in enumerate(head):
            sheet.set_column(place, place, 34 if place == 1 else 16, body)
            sheet.write_string(0, place, _cell(word), bold)
        for number, row in enumerate(rows, 1):
            last = number
            for place, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number, place, value, body)
                else:
                    sheet.write_string(number, place, _cell(value), body)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, last, len(head) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        second = book.add_worksheet(sheets[1][:31])
        second.set_column(0, 0, 18, bold)
        second.set_column(1, 1, 70, body)
        for number, (word, value) in enumerate(about):
            second.write_string(number, 0, _cell(word), bold)
            second.write_string(number, 1, _cell(value), body)
    return target.getvalue()


def _cell(value: object) -> str:
    words = "" if value is None else str(value)
    return (words if words.isprintable() else _NOT_XML.sub("", words))[:_LONGEST]


def as_json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


def as_atom(
    *,
    id: str,
    title: str,
    author: str,
    page: str,
    feed: str,
    updated: str | None,
    entries: Iterable[Mapping[str, Any]],
) -> bytes:
    """A feed (RFC 4287).

    :param entries: `{id, title, url, updated, summary}`, newest first
    :param updated: of the feed; the newest entry's, or the epoch, where None
    """
    found = list(entries)
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    newest = max((entry["updated"] for entry in found), default="1970-01-01T00:00:00Z")
    _add(root, "id", id)
    _add(root, "title", title)
    _add(root, "updated", _moment(updated or newest))
    _add(_add(root, "author"), "name", author)
    _link(root, "alternate", page, "text/html")
    _link(root, "self", feed, "application/atom+xml")
    for entry in found:
        node = _add(root, "entry")
        _add(node, "id", entry["id"])
        _add(node, "title", entry["title"])
        _add(node, "updated", _moment(entry["updated"]))
        _link(node, "alternate", entry["url"], "text/html")
        _add(node, "summary", entry["summary"])
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    node = ET.SubElement(parent, f"{{{_ATOM}}}{name}")
    if text is not None:
        # Plain text, which readers show as it stands.
        node.text = _NOT_XML.sub("", text)
    return node


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(
        parent,
        f"{{{_ATOM}}}link",
        {"rel": rel, "href": _NOT_XML.sub("", href), "type": kind},
    )


def _moment(value: str) -> str:
    moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    utc = moment.astimezone(datetime.timezone.utc)
    return utc.isoformat(timespec="seconds").replace("+00:00", "Z")
