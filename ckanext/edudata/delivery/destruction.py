"""The list of destruction of a recall, as a file for the owner's records."""

from __future__ import annotations

import io
from typing import Any

import ckan.plugins.toolkit as tk
import xlsxwriter

from ckanext.edudata import csv_files
from ckanext.edudata.delivery import recall_rules

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Table = tuple[list[str], list[list[Any]]]


def table(recall: dict[str, Any], people: list[dict[str, Any]]) -> Table:
    """Head and rows; each row says of which recall and data it is."""
    head = [
        tk._("Recall"),
        tk._("Dataset"),
        tk._("Version"),
        tk._("Recipient"),
        tk._("Application"),
        tk._("Deliveries"),
        tk._("Rows"),
        tk._("Last delivery"),
        tk._("Told"),
        tk._("Reminders"),
        tk._("State"),
        tk._("Confirmed"),
        tk._("Deleted on"),
        tk._("What was deleted"),
        tk._("Copies and derived data"),
        tk._("What is kept, and why"),
    ]
    rows = []
    for each in people:
        derived = recall_rules.DERIVED.get(each["derived"] or "")
        done = each["confirmed_at"] is not None
        rows.append(
            [
                recall["number"],
                recall["dataset_title"],
                recall["version"] or tk._("All versions"),
                each["name"],
                tk._(", ").join(each["request_numbers"]),
                each["deliveries"],
                each["rows"],
                _moment(each["last_delivery"]),
                _moment(each["told_at"]),
                each["chased"],
                tk._("Deletion confirmed") if done else tk._("Not confirmed"),
                _moment(each["confirmed_at"]),
                each["deleted_on"] or "",
                each["what"],
                tk._(derived) if derived else "",
                each["derived_words"],
            ]
        )
    return head, rows


def _moment(value: str | None) -> str:
    return tk.h.edudata_moment(value) if value else ""


def as_csv(made: Table) -> bytes:
    return csv_files.as_csv(*made)


def as_xlsx(made: Table) -> bytes:
    target = io.BytesIO()
    head, rows = made
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        sheet = book.add_worksheet(tk._("List of destruction")[:31])
        bold = book.add_format({"bold": True, "bg_color": "#E8EDF4"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, len(head) - 1, 16, wrap)
        for number, row in enumerate([head, *rows]):
            for place, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number, place, value)
                else:
                    sheet.write_string(
                        number, place, str(value), bold if not number else wrap
                    )
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return target.getvalue()
