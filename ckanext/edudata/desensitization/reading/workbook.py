"""XLSX and XLSM (row by row), XLS and ODS: every sheet, hidden ones too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..reasons import Unreadable
from ..report import CheckOptions
from ..text import cell_text
from .sheets import BATCH_ROWS, Batch, Meter, Sheet


def sheets(path: Path, kind: str, options: CheckOptions) -> Iterator[Sheet]:
    # Both readers are native code: whatever they raise, the file is at fault.
    if kind == "xlsx":
        import python_calamine_plus as calamine
    else:
        import python_calamine as calamine
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
        else:
            opened = _guarded(
                lambda name=sheet.name: _padded(book.get_sheet_by_name(name))
            )
        yield Sheet(
            name=sheet.name,
            batches=_batches(opened, options),
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
    """XLS and ODS give whole sheets; rows are counted from the first of the sheet."""
    return sheet.to_python(skip_empty_area=False)


def _batches(rows: Iterable[list[Any]], options: CheckOptions) -> Iterator[Batch]:
    meter = Meter(options)
    batch: Batch = []
    for number, cells in enumerate(rows, 1):
        row = [cell_text(value) for value in cells]
        filled = len(row) - row.count(None)
        meter.check(number, len(row), filled)
        while row and row[-1] is None:
            row.pop()
        if len(row) > options.max_columns:
            raise Unreadable("too_many_columns", limit=options.max_columns)
        for text in row:
            if text is not None and len(text) > options.max_cell_chars:
                raise Unreadable("long_cell", row=number, limit=options.max_cell_chars)
        batch.append(row)
        if len(batch) >= BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
