"""Files of an extract: CSV in a zip with its terms, or a workbook with a sheet of them.

Pure: no CKAN, no database. Rows go through one at a time, so that a million of them
need no more memory than one.
"""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

import xlsxwriter

from ckanext.edudata.csv_files import safe

FORMATS = {
    "csv": "CSV for Excel (UTF-8 with a mark at its head)",
    "csv_plain": "CSV for programs (UTF-8 without a mark)",
    "xlsx": "Excel workbook (XLSX)",
}
ENDINGS = {"csv": "zip", "csv_plain": "zip", "xlsx": "xlsx"}
TYPES = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

SHEET_ROWS = 1_048_576
"""Rows of a sheet with its head (Office Open XML, ISO/IEC 29500, as Excel reads it)."""

CELL = 32_767
"""Characters of a cell; XlsxWriter leaves longer ones out without a word."""

_DIGITS = 15
"""Digits that a workbook's number keeps."""

_MARK = b"\xef\xbb\xbf"
_BAD = re.compile(r"[\x00-\x1f\x7f-\x9f\\/:*?\"<>|%;&$`'#\s]+")
_LONGEST = 80

Cells = Sequence[Any]
Beat = Callable[[int], None]


class TooLongError(Exception):
    """A cell has more characters than a workbook keeps."""


def file_stem(title: str, number: str) -> str:
    """Name of a file, made of what people typed: no path, no header, no marks.

    >>> file_stem("../../etc/passwd\\r\\nX: y", "QS-2026-000001")
    'etc_passwd_X_y_QS-2026-000001'
    """
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFC", title)
        if unicodedata.category(letter).lower() not in ("cf", "co", "cs", "cn")
    )
    words = re.sub(r"\.{2,}", "_", _BAD.sub("_", kept))
    words = re.sub(r"_+", "_", words).strip("._- ")[:_LONGEST].strip("._- ")
    tail = re.sub(r"[^A-Za-z0-9-]", "", number)
    return "_".join(part for part in (words, tail) if part) or "data"


def write_zip(
    target: IO[bytes],
    stem: str,
    head: Sequence[str],
    rows: Iterable[Cells],
    terms: tuple[str, str],
    *,
    mark: bool,
    beat: Beat,
) -> int:
    """A zip with the read-me and the table; how many rows it holds.

    :param terms: name of the read-me without its ending, and its text
    :param mark: begin with the mark by which Excel knows UTF-8
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as box:
        _member(box, f"{terms[0]}.txt", _MARK + _lines(terms[1]).encode())
        info = _info(f"{stem}.csv")
        with box.open(info, "w", force_zip64=True) as raw:
            if mark:
                raw.write(_MARK)
            text = io.TextIOWrapper(raw, "utf-8", errors="replace", newline="")
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow([safe(name) for name in head])
            number = 0
            for number, row in enumerate(rows, 1):
                writer.writerow([plain(value) for value in row])
                beat(number)
            text.flush()
            text.detach()
    return number


def _member(box: zipfile.ZipFile, name: str, content: bytes) -> None:
    box.writestr(_info(name), content)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, datetime.datetime.now().timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def plain(value: Any) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula."""
    if isinstance(value, decimal.Decimal):
        return format(value, "f") if value.is_finite() else ""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return safe(value)


def write_xlsx(
    target: IO[bytes],
    head: Sequence[str],
    rows: Iterable[Cells],
    terms: tuple[str, str],
    *,
    title: str,
    sheet: str,
    folder: str,
    beat: Beat,
) -> int:
    """A workbook: a sheet of the terms, a sheet of the data; how many rows it holds.

    :param folder: where the library keeps the sheet while it is being written
    :raises TooLongError: a cell that a workbook cannot keep whole
    """
    options = {
        "constant_memory": True,
        "tmpdir": folder,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    number = 0
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title})
        book.use_zip64()
        bold = book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        page = book.add_worksheet(terms[0])
        page.set_column(0, 0, 100, wrap)
        for place, line in enumerate(terms[1].splitlines()):
            page.write_string(place, 0, line[:CELL], bold if not place else wrap)
        data = book.add_worksheet(sheet)
        data.freeze_panes(1, 0)
        data.set_column(0, max(0, len(head) - 1), 18)
        for place, name in enumerate(head):
            data.write_string(0, place, name[:CELL], bold)
        data.activate()
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                _cell(data, number, place, value)
            beat(number)
    return number


def _cell(sheet: Any, row: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float, decimal.Decimal)) and _exact(value):
        sheet.write_number(row, place, float(value))
        return
    words = format(value, "f") if isinstance(value, decimal.Decimal) else str(value)
    if len(words) > CELL:
        raise TooLongError
    sheet.write_string(row, place, words)


def _exact(value: Any) -> bool:
    """Whether a workbook's number keeps all of it."""
    if isinstance(value, bool):
        return False
    number = decimal.Decimal(str(value))
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= _DIGITS
