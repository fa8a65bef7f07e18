"""ODS: every sheet row by row, and what stands outside the cells: annotations, shapes,
page headers, names, validation, tracked changes, properties. ODF 1.3 part 3."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from . import package
from .sheets import BATCH_ROWS, Batch, Extra, Meter, Row, Sheet
from .xmltext import feed, local, telling, texts

#: Cells that one repeated row may become.
_MAX_REPEATED = 5_000_000
#: Elements whose texts are no cells, by where these are said to stand.
_ASIDE = {
    **dict.fromkeys(
        ["shapes", "frame", "custom-shape", "caption", "rect", "ellipse", "line", "g",
         "control", "tracked-changes", "content-validations", "forms", "scripts",
         "data-pilot-tables", "dde-links", "automatic-styles"],
        "part",
    ),
    "annotation": "comment",
    "named-expressions": "defined_name",
    "database-ranges": "defined_name",
    "font-face-decls": "",
}  # fmt: skip
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?$")


def sheets(path: Path, options: CheckOptions) -> Iterator[Sheet]:
    with zipfile.ZipFile(path) as archive:
        content = Content(outside=False)
        blocks = package.blocks(archive, "content.xml")
        steps = feed(blocks, content.start, content.end, content.text)
        while True:
            while not content.tables and next(steps, content) is not content:
                pass
            if not content.tables:
                return
            table = content.tables.pop(0)
            batches = _batches(table, steps, options)
            yield Sheet(table.name, batches, table.hidden)
            for _ in batches:
                pass


def extras(path: Path) -> Iterator[Extra]:
    with zipfile.ZipFile(path) as archive:
        content = Content()
        blocks = package.blocks(archive, "content.xml")
        for _ in feed(blocks, content.start, content.end, content.text):
            yield from content.extras
            content.extras.clear()
            for table in content.tables:
                table.rows.clear()
        for member in archive.infolist():
            name = member.filename
            if name in ("content.xml", "META-INF/manifest.xml", "settings.xml"):
                continue
            if name.endswith((".xml", ".rdf")):
                where = "property" if name == "meta.xml" else "part"
                for text in texts(package.blocks(archive, member)):
                    yield Extra(where, text)


class Table:
    """A sheet that is being read; a row comes with how often it is repeated."""

    def __init__(self, name: str, hidden: bool) -> None:
        self.name, self.hidden = name, hidden
        self.rows: list[tuple[Row, int]] = []
        self.row: Row = []
        self.number = 0
        self.repeat = 1
        self.gap = 0
        self.done = False


class Content:
    """Handlers for content.xml; with ``outside``, what stands in no cell is kept."""

    def __init__(self, outside: bool = True) -> None:
        self._outside = outside
        self.tables: list[Table] = []
        self.extras: list[Extra] = []
        self._table: Table | None = None
        self._depth = 0
        self._hidden: set[str] = set()
        self._style = ""
        self._aside: list[tuple[str, int]] = []
        self._level = 0
        self._cell: dict[str, str] | None = None
        self._lines: list[str] = []
        self._run: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._level += 1
        if name in _ASIDE:
            self._aside.append((_ASIDE[name], self._level))
            self._flush_run()
        plain = {local(key): value for key, value in attributes.items()}
        if name == "style":
            self._style = plain.get("name", "")
        elif name == "table-properties" and plain.get("display") == "false":
            self._hidden.add(self._style)
        elif name in ("s", "tab", "line-break"):
            count = plain.get("c", "1")
            self._run.append(" " * min(100, _count(count)))
        elif name == "table" and not self._aside:
            self._depth += 1
            if self._depth == 1:
                hidden = plain.get("style-name", "") in self._hidden
                self._table = Table(plain.pop("name", ""), hidden)
                self.tables.append(self._table)
        elif self._table and self._depth == 1 and not self._aside:
            self._start_cell(name, plain)
        self._attributes(name, plain)

    def _start_cell(self, name: str, plain: dict[str, str]) -> None:
        table = self._table
        assert table is not None  # noqa: S101
        if name == "table-row":
            table.row, table.gap = [], 0
            table.repeat = _count(plain.get("number-rows-repeated"))
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = plain
            self._lines, self._run = [], []

    def _attributes(self, name: str, plain: dict[str, str]) -> None:
        cell = name in ("table-cell", "covered-table-cell")
        style = bool(self._aside) and not self._where()
        for key, value in plain.items():
            if cell and key == "formula":
                if '"' in value or telling("descr", re.sub(r"[^\d@]", "", value)):
                    self._extra("part", value)
            elif cell or style or (key == "name" and name == "style"):
                continue
            elif telling(key, value):
                self._extra(self._where() or "part", value)

    def text(self, data: str) -> None:
        self._run.append(data)

    def end(self, name: str) -> None:
        if name in ("p", "h") or (self._aside and name not in ("span", "a", "s")):
            self._flush_run()
        if self._aside and self._aside[-1][1] == self._level:
            self._aside.pop()
        elif not self._aside and self._table:
            self._end_cell(name)
        self._level -= 1

    def _end_cell(self, name: str) -> None:
        table = self._table
        assert table is not None  # noqa: S101
        if name == "table":
            self._depth -= 1
            if not self._depth:
                table.done, self._table = True, None
        elif self._depth > 1:
            return
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            value = self._value(self._cell)
            repeat = _count(self._cell.get("number-columns-repeated"))
            self._cell = None
            if value is None:
                table.gap += repeat
            else:
                width = len(table.row) + table.gap + repeat
                if width > 100_000:
                    raise Unreadable("bomb")
                table.row += [None] * table.gap + [value] * repeat
                table.gap = 0
        elif name == "table-row":
            table.rows.append((table.row, table.repeat))
            table.number += table.repeat

    def _value(self, cell: dict[str, str]) -> str | None:
        shown = "\n".join(self._lines)
        kind = cell.get("value-type", "")
        if kind in ("float", "currency", "percentage"):
            value = _number(cell.get("value", ""))
            if sum(map(str.isdigit, shown)) > 6 and shown != value:
                self._extra("part", shown)
            return value or shown or None
        if kind == "date":
            value = _MIDNIGHT.sub("", cell.get("date-value", ""))
            return value.replace("T", " ") or shown or None
        if kind == "boolean":
            return cell.get("boolean-value", shown).upper() or None
        stored = cell.get("string-value", "")
        if stored and stored != shown:
            self._extra("part", stored)
        return shown or stored or None

    def _flush_run(self) -> None:
        text = "".join(self._run)
        self._run = []
        if self._aside or self._depth != 1 or self._cell is None:
            if text.strip() and (not self._aside or self._where()):
                self._extra(self._where() or "part", text.strip())
        elif text:
            self._lines.append(text)

    def _where(self) -> str:
        return self._aside[-1][0] if self._aside else ""

    def _extra(self, where: str, text: str) -> None:
        if not self._outside or len(text) < 2:
            return
        table = self._table
        row = table.number + 1 if table else 0
        self.extras.append(Extra(where, text, table.name if table else "", row))


def _count(value: str | None) -> int:
    return int(value) if value and value.isdigit() and len(value) < 10 else 1


def _number(value: str) -> str:
    """12.0 -> 12 and 3.10101201203041E+017 -> 310101201203041000; exact otherwise."""
    if value.isdigit():
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if number.is_finite() and abs(number) < 10**21 and number == int(number):
        return str(int(number))
    return value


def _batches(
    table: Table, steps: Iterator[None], options: CheckOptions
) -> Iterator[Batch]:
    meter = Meter(options)
    batch: Batch = []
    number = blank = 0
    while True:
        rows, table.rows = table.rows, []
        for row, repeat in rows:
            if not row:
                # A sheet may end in a million blank rows.
                blank += repeat
                continue
            if repeat * len(row) > _MAX_REPEATED:
                raise Unreadable("bomb")
            filled = len(row) - row.count(None)
            meter.check(number + blank + 1, len(row), filled)
            for _ in range(min(blank, Meter.FAR_ROWS)):
                batch.append([])
            for _ in range(repeat):
                batch.append(list(row))
            number += blank + repeat
            blank = 0
            _limits(row, number, options)
            meter.check(number, len(row) * (repeat - 1), filled * (repeat - 1))
            if len(batch) >= BATCH_ROWS:
                yield batch
                batch = []
        if table.done or next(steps, table) is table:
            break
    if batch:
        yield batch


def _limits(row: Row, number: int, options: CheckOptions) -> None:
    if len(row) > options.max_columns:
        raise Unreadable("too_many_columns", limit=options.max_columns)
    if any(text and len(text) > options.max_cell_chars for text in row):
        raise Unreadable("long_cell", row=number, limit=options.max_cell_chars)
