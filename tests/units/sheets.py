"""Spreadsheets as people make them, for the tests of the import."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter
from werkzeug.datastructures import FileStorage

UNITS = ["单位名称", "学校标识码", "单位类型", "行政区", "上级单位"]
PEOPLE = ["姓名", "账号", "邮箱", "单位", "角色", "有效期至"]


def book(*sheets: tuple[str, list[list[Any]]]) -> FileStorage:
    """An XLSX of `(name, rows)`."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        for name, rows in sheets:
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    made.seek(0)
    return FileStorage(made, "units.xlsx", "upload")


def delimited(rows: list[list[Any]], encoding: str = "utf-8-sig") -> FileStorage:
    """A CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return FileStorage(io.BytesIO(text.getvalue().encode(encoding)), "units.csv")


def school_code(number: int, kind: str = "21") -> str:
    return f"{kind}31{number:06d}"
