"""From the tags and texts of a page to its tables and paragraphs."""

from __future__ import annotations

import re

from ..reasons import Unreadable
from .sheets import Row

_BLANK = re.compile(r"[ \t\r\n\f\xa0]+")
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p div br hr li ul ol dl dt dd h1 h2 h3 h4 h5 h6 pre blockquote section "
        "article header footer nav main aside form fieldset legend option select label "
        "title body head html address figure figcaption details summary tr td th table "
        "caption",
    )
)
_MAX_SPAN = 1000
_MAX_COLUMNS, _MAX_CELLS = 16_384, 20_000_000


class Table:
    def __init__(self) -> None:
        self.caption = ""
        self.rows: list[Row] = []
        self.cell: list[str] | None = None
        self.row: Row | None = None
        self._spans: dict[int, int] = {}
        self._colspan = self._rowspan = 1
        self._cells = 0

    def open_row(self) -> None:
        self.close_row()
        self.row = []

    def open_cell(self, attributes: dict[str, str]) -> None:
        self.close_cell()
        if self.row is None:
            self.open_row()
        self.cell = []
        self._colspan = _span(attributes.get("colspan"))
        self._rowspan = _span(attributes.get("rowspan"))

    def close_cell(self) -> None:
        if self.cell is None or self.row is None:
            return
        row = self.row
        self._skip(row)
        place = len(row)
        row.append(_joined(self.cell))
        row.extend([None] * (self._colspan - 1))
        if len(row) > _MAX_COLUMNS:
            raise Unreadable("too_many_columns", limit=_MAX_COLUMNS)
        if self._rowspan > 1:
            for column in range(place, len(row)):
                self._spans[column] = self._rowspan - 1
        self.cell = None

    def _skip(self, row: Row) -> None:
        """Past cells that reach down from rows above."""
        while self._spans.get(len(row)):
            self._spans[len(row)] -= 1
            row.append(None)

    def close_row(self) -> None:
        self.close_cell()
        if self.row is None:
            return
        width = len(self.row)
        for column in [c for c in self._spans if c >= width]:
            self._spans[column] -= 1
        self._spans = {c: n for c, n in self._spans.items() if n > 0}
        while self.row and self.row[-1] is None:
            self.row.pop()
        self._cells += len(self.row)
        if self._cells > _MAX_CELLS:
            raise Unreadable("too_many_cells", limit=_MAX_CELLS)
        self.rows.append(self.row)
        self.row = None


class Page:
    """``tables`` in the order in which they begin; ``paragraphs`` hold the rest."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.paragraphs: list[str] = []
        self._open: list[Table] = []
        self._line: list[str] = []
        self._caption: list[str] | None = None

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        table = self._open[-1] if self._open else None
        if tag in _BLOCKS:
            self._break()
        if tag == "table":
            self.tables.append(Table())
            self._open.append(self.tables[-1])
        elif table is None:
            return
        elif tag == "tr":
            table.open_row()
        elif tag in ("td", "th"):
            table.open_cell(attributes)
        elif tag == "caption":
            self._caption = []

    def close(self, tag: str) -> None:
        table = self._open[-1] if self._open else None
        if tag in _BLOCKS:
            self._break()
        if table is None:
            return
        if tag == "table":
            table.close_row()
            self._open.pop()
        elif tag == "tr":
            table.close_row()
        elif tag in ("td", "th"):
            table.close_cell()
        elif tag == "caption" and self._caption is not None:
            table.caption = _joined(self._caption) or ""
            self._caption = None

    def text(self, text: str) -> None:
        table = self._open[-1] if self._open else None
        if self._caption is not None:
            self._caption.append(text)
        elif table is not None and table.cell is not None:
            table.cell.append(text)
        else:
            self._line.append(text)

    def _break(self) -> None:
        table = self._open[-1] if self._open else None
        if table is not None and table.cell:
            table.cell.append("\v")
        if self._line:
            if paragraph := _joined(self._line):
                self.paragraphs.append(paragraph)
            self._line = []

    def end(self) -> None:
        if self._caption:
            self._line = [*self._caption, *self._line]
        self._break()
        while self._open:
            self._open.pop().close_row()


def _joined(parts: list[str]) -> str | None:
    """Text as a browser shows it: one blank for many, line breaks for ``\\v``."""
    lines = [_BLANK.sub(" ", line).strip() for line in "".join(parts).split("\v")]
    return "\n".join(line for line in lines if line) or None


def _span(value: str | None) -> int:
    digits = (value or "").strip()
    if not digits.isascii() or not digits.isdigit():
        return 1
    return min(max(1, int(digits[:6])), _MAX_SPAN)
