"""Writing a catalog workbook: drop-downs, locked ids, no formula of anybody's."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ckanext.edudata.catalog import sheets
from ckanext.edudata.catalog.sheets import Column

#: Empty rows below the last one that have drop-downs too.
_SPARE = 2000
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}
_WIDTHS = {"title": 34, "notes": 44, "owner_org": 26, "id": 12, "number": 7}
#: Limits of spreadsheets on what a drop-down says, in characters.
_TITLE, _MESSAGE = 32, 255


@dataclass
class Table:
    """A sheet to be written; the cells of a row by the name of their column."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, str]]
    count: int = 0
    lists: dict[str, str] = field(default_factory=dict)


def render(tables: Sequence[Table], guide: Sequence[str], title: str) -> bytes:
    """The workbook; the first lines of `guide` are its heading."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": title})
        tables = _with_lists(book, tables)
        for table in tables:
            _write(book, table)
        _guide(book, guide)
        hidden: Any = book.get_worksheet_by_name(sheets.LISTS)
        first: Any = book.get_worksheet_by_name(tables[0].name)
        first.activate()
        first.set_first_sheet()
        hidden.hide()
    return target.getvalue()


def _with_lists(book: Any, tables: Sequence[Table]) -> list[Table]:
    """The hidden sheet of code lists, written row by row."""
    columns: list[Column] = []
    found: list[Table] = []
    for table in tables:
        lists: dict[str, str] = {}
        for column in table.columns:
            if column.kind not in ("choice", "unit", "yes") or column.locked:
                continue
            offered = column
            if column.kind == "yes":
                offered = replace(column, choices=(("true", "是"), ("", "否")))
            if not offered.choices:
                continue
            letter = xl_col_to_name(len(columns))
            last = len(offered.choices) + 1
            lists[column.name] = f"='{sheets.LISTS}'!${letter}$2:${letter}${last}"
            columns.append(offered)
        found.append(replace(table, lists=lists))
    # The sheet comes first in the file and stays out of sight.
    sheet = book.add_worksheet(sheets.LISTS)
    texts = [[c.name, *map(sheets.neutral, c.labels.values())] for c in columns]
    for row in range(max(map(len, texts), default=0)):
        for place, column_texts in enumerate(texts):
            if row < len(column_texts):
                sheet.write_string(row, place, column_texts[row])
    sheet.protect()
    return found


def _write(book: Any, table: Table) -> None:
    font = {"font_name": "DengXian", "font_size": 10, "valign": "top"}
    head = book.add_format(
        {**font, "bold": True, "bg_color": "#E8EDF4", "text_wrap": True, "border": 1}
    )
    must = book.add_format(
        {**font, "bold": True, "bg_color": "#FCE9D9", "text_wrap": True, "border": 1}
    )
    open_cell = book.add_format(
        {**font, "locked": False, "num_format": "@", "text_wrap": True}
    )
    locked = book.add_format({**font, "font_color": "#777777", "bg_color": "#F3F3F3"})
    sheet = book.add_worksheet(table.name)
    for place, column in enumerate(table.columns):
        width = _WIDTHS.get(column.name, max(12, min(24, 2 * len(column.label) + 4)))
        sheet.set_column(place, place, width, locked if column.locked else open_cell)
    sheet.set_row(0, None, None, {"hidden": True})
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name)
    for place, column in enumerate(table.columns):
        mark = "*" if column.required else ""
        sheet.write_string(1, place, column.label + mark, must if mark else head)
    last = 1
    for last, row in enumerate(table.rows, 2):
        for place, column in enumerate(table.columns):
            text = sheets.neutral(row.get(column.name) or "")[: sheets.MAX_CELL]
            if text:
                style = locked if column.locked else open_cell
                sheet.write_string(last, place, text, style)
    for place, column in enumerate(table.columns):
        rule = _rule(column, table.lists.get(column.name))
        if rule:
            sheet.data_validation(2, place, last + _SPARE, place, rule)
    sheet.freeze_panes(2, min(3, len(table.columns)))
    sheet.autofilter(1, 0, max(last, 2), len(table.columns) - 1)
    sheet.protect("", _ALLOWED)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _rule(column: Column, source: str | None) -> dict[str, Any] | None:
    if column.locked or not (source or column.help):
        return None
    rule: dict[str, Any] = {"validate": "any"}
    if source:
        rule = {
            "validate": "list",
            "source": source,
            "error_title": column.label[:_TITLE],
            "error_message": "请从下拉列表中选择。",
        }
    if column.help:
        rule["input_title"] = column.label[:_TITLE]
        rule["input_message"] = column.help[:_MESSAGE]
    return rule


def _guide(book: Any, lines: Sequence[str]) -> None:
    sheet = book.add_worksheet(sheets.GUIDE)
    wrap = book.add_format(
        {"font_name": "DengXian", "font_size": 11, "text_wrap": True, "valign": "top"}
    )
    sheet.set_column(0, 0, 100, wrap)
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, wrap)
    sheet.protect()
