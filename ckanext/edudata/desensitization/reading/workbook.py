"""XLSX and XLSM (row by row), XLS and ODS: every sheet, hidden ones too."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..reasons import Unreadable
from ..report import CheckOptions
from ..text import cell_text
from . import legacy, ods, package
from .sheets import BATCH_ROWS, Batch, Meter, Row, Sheet
from .xlsx import book_parts

#: Above this a float does not hold every whole number.
_EXACT = 2**53
_LONG = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?v>\s*(\d{16,40})(?:\.0*)?\s*</"
)
_TEXT_TYPE = re.compile(rb"\bt=[\"'](?!n)")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


def sheets(path: Path, kind: str, options: CheckOptions) -> Iterator[Sheet]:
    """Sheets of an ``xlsx``, ``xls`` or ``ods`` file, in their order."""
    if kind == "ods":
        yield from ods.sheets(path, options)
        return
    # Both readers are native code: whatever they raise, the file is at fault.
    if kind == "xlsx":
        import python_calamine_plus as calamine
    else:
        import python_calamine as calamine

        legacy.inspect(path)
    book: Any
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        metadata = list(book.sheets_metadata)
    except calamine.PasswordError:
        raise Unreadable("encrypted") from None
    except Exception:  # noqa: BLE001
        raise Unreadable("broken") from None
    for sheet in metadata:
        if "WorkSheet" not in str(sheet.typ):
            continue
        if kind == "xlsx":
            opened = _guarded(lambda name=sheet.name: book.stream_sheet_by_name(name))
            exact = _LongNumbers(path, sheet.name)
        else:
            opened = _guarded(
                lambda name=sheet.name: _padded(book.get_sheet_by_name(name))
            )
            exact = None
        yield Sheet(
            name=sheet.name,
            batches=_batches(opened, options, exact),
            hidden=str(sheet.visible).rpartition(".")[2] != "Visible",
        )


def _guarded(open_sheet: Any) -> Iterator[list[Any]]:
    try:
        yield from open_sheet()
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001
        raise Unreadable("broken") from None


def _padded(sheet: Any) -> Iterable[list[Any]]:
    """XLS gives whole sheets; rows are counted from the first of the sheet."""
    return sheet.to_python(skip_empty_area=False)


class _LongNumbers:
    """Digits of whole numbers that a float would round, as they stand in the file.

    Spreadsheet programs cut an ID number to 15 digits, other writers keep all 18.
    """

    def __init__(self, path: Path, sheet: str) -> None:
        self._path, self._sheet = path, sheet
        self._found: Iterator[tuple[int, int, str]] | None = None
        self._next: tuple[int, int, str] | None = None

    def at(self, row: int, column: int) -> str | None:
        """The digits in a cell; to be asked from the first row to the last."""
        if self._found is None:
            self._found = self._read()
            self._next = next(self._found, None)
        while self._next and self._next[:2] < (row, column):
            self._next = next(self._found, None)
        if self._next and self._next[:2] == (row, column):
            return self._next[2]
        return None

    def _read(self) -> Iterator[tuple[int, int, str]]:
        with zipfile.ZipFile(self._path) as archive:
            parts = {name: part for part, name in book_parts(archive).names.items()}
            part = parts.get(self._sheet)
            held = b""
            for block in package.blocks(archive, part) if part else ():
                held += block
                cut = held.rfind(b"c>") + 2
                if cut < 2:
                    continue
                rows, held = held[:cut], held[cut:]
                for attributes, digits in _LONG.findall(rows):
                    place = _REFERENCE.search(attributes)
                    if place and not _TEXT_TYPE.search(attributes):
                        column = _column(place[1])
                        yield int(place[2]), column, digits.decode()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _batches(
    rows: Iterable[list[Any]], options: CheckOptions, exact: _LongNumbers | None
) -> Iterator[Batch]:
    meter = Meter(options)
    batch: Batch = []
    limit, columns = options.max_cell_chars, options.max_columns
    plain = _Plain()
    for number, cells in enumerate(rows, 1):
        row: Row = [
            (value or None) if type(value) is str else plain(value) for value in cells
        ]
        filled = len(row) - row.count(None)
        meter.check(number, len(row), filled)
        while row and row[-1] is None:
            row.pop()
        if len(row) > columns:
            raise Unreadable("too_many_columns", limit=columns)
        if filled and len("".join(filter(None, row))) > limit:
            _refuse_long(row, number, limit)
        if plain.large and exact:
            plain.large = False
            _put_exact(row, cells, number, exact)
        batch.append(row)
        if len(batch) >= BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


class _Plain:
    """Texts of cells that are none. Most are small whole numbers: few calls for these;
    ``large`` is set by a number that may have been rounded."""

    large = False

    def __call__(self, value: Any) -> str | None:
        if type(value) is float or type(value) is int:
            if -_EXACT < value < _EXACT:
                whole = int(value)
                return str(whole) if whole == value else repr(value)
            self.large = True
            # 15 to 17 digits and then zeros, as spreadsheet programs show it.
            if abs(value) < 1e21:
                return f"{Decimal(repr(float(value))):.0f}"
        return cell_text(value)


def _put_exact(row: Row, cells: list[Any], number: int, exact: _LongNumbers) -> None:
    for column, value in enumerate(cells, 1):
        if type(value) in (float, int) and abs(value) >= _EXACT:
            row[column - 1] = exact.at(number, column) or row[column - 1]


def _refuse_long(row: Row, number: int, limit: int) -> None:
    if any(text and len(text) > limit for text in row):
        raise Unreadable("long_cell", row=number, limit=limit)
