"""CSV, TSV and TXT with any delimiter, by the standard library's ``csv``, strictly.

A file is read in blocks that end with a row, so that memory stays small and the rows
of a block come out of C code at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from . import encoding
from .dialect import SAMPLE, Dialect, find_dialect
from .sheets import Batch, Meter, Sheet

_BLOCK = 1 << 18
#: No line, and no row with line breaks in its cells, is longer, in characters.
_LONGEST = 16 << 20


def sheets(path: Path, options: CheckOptions) -> Iterator[Sheet]:
    text = _Blocks(path, encoding.detect(path))
    dialect = find_dialect(text.peek(SAMPLE + 2))
    yield Sheet("", _batches(text, dialect, options), done=lambda: text.done)


class _Blocks:
    """Blocks of decoded text, each cut behind a line end."""

    def __init__(self, path: Path, codec: str) -> None:
        self._blocks = encoding.blocks(path, codec, _BLOCK)
        self._size = path.stat().st_size
        self._rest = ""
        self.done = 0
        self.ended = False

    def peek(self, least: int) -> str:
        while len(self._rest) < least and self._more():
            pass
        return self._rest

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            self.ended = True
            return False
        self.done = min(self._size, self.done + _BLOCK)
        self._rest += block
        return True

    def take(self, least: int) -> str:
        """At least so many characters up to a line end; the last ones at the end."""
        while True:
            self.peek(least)
            if self.ended:
                text, self._rest = self._rest, ""
                return text
            # A carriage return at the very end may have its line feed in the next.
            text = self._rest
            cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
            if cut:
                text, self._rest = text[:cut], text[cut:]
                return text
            if len(text) > _LONGEST:
                raise Unreadable("long_line", limit=f"{_LONGEST >> 20} MB")
            least = 2 * len(text)

    def back(self, text: str) -> None:
        self._rest = text + self._rest


def _batches(text: _Blocks, dialect: Dialect, options: CheckOptions) -> Iterator[Batch]:
    csv.field_size_limit(options.max_cell_chars)
    meter = Meter(options)
    number, least, first = 0, _BLOCK, True
    while block := text.take(least):
        try:
            rows = _rows(block, dialect)
        except csv.Error as error:
            # Unless a quoted cell goes on in the next block, something is wrong.
            going_on = "unexpected end of data" in str(error)
            if not going_on or text.ended or len(block) > _LONGEST:
                raise _explain(error, block, dialect, number, options) from None
            text.back(block)
            least = 2 * len(block)
            continue
        least = _BLOCK
        if first and dialect.skip:
            # It only says what the delimiter is; rows keep their numbers.
            rows[0] = []
        first = False
        widest = max(map(len, rows))
        if widest > options.max_columns:
            raise Unreadable("too_many_columns", limit=options.max_columns)
        filled = next((n for n, row in enumerate(rows, 1) if any(row)), 0)
        if filled:
            cells = sum(map(len, rows))
            meter.check(number + filled, 0, cells, number + len(rows))
        number += len(rows)
        yield [  # type: ignore[misc]
            [cell or None for cell in row] if "" in row else row for row in rows
        ]


def _rows(block: str, dialect: Dialect) -> list[list[str]]:
    if dialect.runs:
        # As csv does: a line break ends the last line and begins no other.
        lines = block.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not lines[-1]:
            lines.pop()
        return [dialect.runs.split(line.strip(" \u3000")) for line in lines]
    return list(_reader(block, dialect))


def _reader(block: str, dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(block, newline=""),
        strict=True,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
    )


def _explain(
    error: csv.Error, block: str, dialect: Dialect, before: int, options: CheckOptions
) -> Unreadable:
    row, reader, start = before + 1, _reader(block, dialect), 0
    try:
        for _ in reader:
            row += 1
            start = reader.line_num  # type: ignore[attr-defined]
    except csv.Error:
        lines = reader.line_num - start  # type: ignore[attr-defined]
        if "field limit" in str(error) and lines < 2:
            return Unreadable("long_cell", row=row, limit=options.max_cell_chars)
    if "NUL" in str(error):
        return Unreadable("nul")
    return Unreadable("unclosed_quote", row=row)
