"""The report as a spreadsheet: files, findings, and the columns that were read."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from .. import plain
from .view import passed
from .words import Words
from .words import plain as one_line

#: A value that begins with = or http stays text: names come from strangers' files.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: Of a cell, in characters; XlsxWriter leaves longer texts out without a word.
_LONGEST = 32_000
_TYPES = {"text": "Text", "integer": "Number", "numeric": "Number", "date": "Date"}

Table = tuple[str, list[tuple[str, int]], list[list[Any]]]


def render(items: Sequence[Mapping[str, Any]], words: Words) -> bytes:
    _ = words.gettext
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": _("Personal-data check")})
        font = {"font_name": "DengXian", "font_size": 10, "valign": "top"}
        cell = book.add_format({**font, "text_wrap": True})
        head = book.add_format({**font, "bold": True, "bg_color": "#E8EDF4"})
        for name, columns, rows in (
            _files(items, words), _findings(items, words), _columns(items, words)
        ):  # fmt: skip
            sheet = book.add_worksheet(name)
            for place, (title, width) in enumerate(columns):
                sheet.set_column(place, place, width, cell)
                sheet.write_string(0, place, title, head)
            for number, row in enumerate(rows, 1):
                _write(sheet, number, row, cell)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
    return target.getvalue()


def _write(sheet: Any, number: int, row: Sequence[Any], cell: Any) -> None:
    for place, value in enumerate(row):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            sheet.write_number(number, place, value, cell)
        else:
            sheet.write_string(number, place, str(value or "")[:_LONGEST], cell)


def _files(items: Sequence[Mapping[str, Any]], words: Words) -> Table:
    _ = words.gettext
    columns = [
        (_("File"), 34), (_("Verdict"), 22), (_("Opening class"), 26), (_("Why"), 60),
        (_("Findings"), 10), (_("Rows read"), 12), (_("Cells read"), 12),
        (_("Rule set"), 22), ("SHA-256", 34),
    ]  # fmt: skip
    rows = [
        [
            one_line(item["file"]),
            _(plain.headline(item)),
            _(plain.permits(item["verdict"], item["permits"])),
            "\n".join(
                [item["reason"]["text"]]
                if item["reason"]
                else [
                    line
                    for ground in item["grounds"]
                    for line in (ground["text"], *ground["details"])
                ]
            ),
            len([f for f in item["findings"] if not f["passed"]]),
            item["rows"],
            item["cells"],
            item["ruleset"],
            item["sha256"],
        ]
        for item in items
    ]
    return _("Files"), columns, rows


def _findings(items: Sequence[Mapping[str, Any]], words: Words) -> Table:
    _ = words.gettext
    columns = [
        (_("File"), 28), (_("Sheet"), 14), (_("Name of the column"), 18),
        (_("Kind"), 18), (_("Where"), 16), (_("Cells found"), 10),
        (_("First rows"), 22), (_("For example (masked)"), 26), (_("Score"), 8),
        (_("Passes"), 22), (_("Rule"), 44), (_("What to do"), 44),
    ]  # fmt: skip
    rows = [
        [
            one_line(item["file"]),
            f["sheet"],
            f["column"],
            f["label"],
            _(plain.PLACES.get(f["where"], "Cells")),
            f["count"],
            plain.ranges(f["rows"]),
            "\n".join(f["masked"]),
            f["score"],
            passed(f, words),
            f["clause"],
            "" if f["passed"] else f["advice"],
        ]
        for item in items
        for f in item["findings"]
    ]
    return _("What was found"), columns, rows


def _columns(items: Sequence[Mapping[str, Any]], words: Words) -> Table:
    _ = words.gettext
    columns = [
        (_("File"), 28), (_("Sheet"), 18), (_("Name of the column"), 26),
        (_("Type"), 10), (_("Rows of data"), 12), (_("Remark"), 26),
    ]  # fmt: skip
    rows = [
        [
            one_line(item["file"]),
            table["sheet"],
            column["name"],
            _(_TYPES.get(column["type"], "Text")),
            table["row_count"],
            _remark(column, words),
        ]
        for item in items
        for table in item["tables"]
        for column in table["columns"]
    ]
    return _("What was read"), columns, rows


def _remark(column: Mapping[str, Any], words: Words) -> str:
    if column["personal"]:
        return words.gettext("personal data")
    if column["quasi_identifier"] or column["sensitive"]:
        return words.gettext("says something about a person")
    return ""
