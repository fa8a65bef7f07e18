"""Lines of a catalog as CSV, XLSX and JSON. Pure: words come from the caller."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from ckanext.edudata import csv_files

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
}

FIELDS = (
    *("resource_code", "title", "unit_title", "notes", "keywords", "category"),
    *("subject_database", "business_domain", "school_stage", "district", "source"),
    *("update_cycle", "data_format", "spatial_coverage", "temporal_start"),
    *("temporal_end", "sharing_class", "sharing_scope", "sharing_condition"),
    *("sharing_way", "sharing_reason", "sharing_basis", "opening_class"),
    *("opening_ground", "opening_condition", "opening_basis", "opening_way"),
    *("opening_plan_date", "data_class", "data_grade", "license_id"),
    *("contact_office", "contact_phone", "contact_email"),
)
"""Columns, in the order of the 2017 guide's catalogs."""

_LONGEST = 32_000
_OPTIONS = {
    "in_memory": True,
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Line = Mapping[str, Any]
Words = Callable[[str, Any], str]
"""`words(field, value)`: a stored value as people read it."""


def as_csv(head: Sequence[str], lines: Iterable[Line], words: Words) -> bytes:
    """UTF-8 with a mark by which Excel knows it; no cell begins a formula."""
    rows = ([n, *_cells(line, words)] for n, line in enumerate(lines, 1))
    return csv_files.as_csv(head, rows)


def as_xlsx(
    title: str,
    names: tuple[str, str],
    head: Sequence[str],
    item_head: Sequence[str],
    lines: Iterable[Line],
    words: Words,
) -> bytes:
    """A sheet with the lines, and one with their information items.

    :param names: of the two sheets
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": title[:250]})
        font = {"font_name": "DengXian", "font_size": 10, "valign": "top"}
        body = book.add_format({**font, "text_wrap": True})
        bold = book.add_format({**font, "bold": True, "bg_color": "#E8EDF4"})
        first = _sheet(book, names[0], head, (6, 26, 30, 24), body, bold)
        second = _sheet(book, names[1], item_head, (6, 30, 24, 24, 12), body, bold)
        number = items = 0
        for line in lines:
            number += 1
            first.write_number(number, 0, number, body)
            for place, cell in enumerate(_cells(line, words), 1):
                if cell:
                    first.write_string(number, place, cell[:_LONGEST], body)
            for item in (item for table in line.get("tables", []) for item in table):
                items += 1
                second.write_number(items, 0, number, body)
                row = [line["title"], item["name"], item["label"], item["type"]]
                for place, cell in enumerate([*row, item["description"]], 1):
                    second.write_string(items, place, str(cell)[:_LONGEST], body)
        first.autofilter(0, 0, max(1, number), len(head) - 1)
    return target.getvalue()


def _sheet(
    book: Any, name: str, head: Sequence[str], widths: Sequence[int], *formats: Any
) -> Any:
    body, bold = formats
    sheet = book.add_worksheet(name[:31])
    for place, word in enumerate(head):
        width = widths[place] if place < len(widths) else 18
        sheet.set_column(place, place, width, body)
        sheet.write_string(0, place, word, bold)
    sheet.freeze_panes(1, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return sheet


def as_json(about: Mapping[str, Any], lines: Iterable[Line]) -> bytes:
    """The catalog's facts, and its lines with codes as they are stored."""
    found = {**about, "lines": list(lines)}
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _cells(line: Line, words: Words) -> list[str]:
    return [words(name, line[name]) if line.get(name) else "" for name in FIELDS]
