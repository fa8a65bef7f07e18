"""From nested records (JSON, XML, Parquet) to tables.

An object in a list is a row; objects in it become columns by path (``address.room``);
lists of plain values one cell; lists of objects a table of their own, whose column
上级序号 has the number of the row that they belong to. Objects outside any list are
the one row of a table of the document. Rows wait in a temporary file until all columns
are known; it has no name, so it vanishes with the process.
"""

from __future__ import annotations

import marshal
import re
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from ..reasons import Unreadable
from ..report import CheckOptions
from .sheets import Batch, Row, Sheet

Path = tuple[str, ...]

MAX_DEPTH = 100
TEXT = "正文"
PARENT = "上级序号"
_KEY = "键"
_IN_MEMORY = 4 << 20
_BATCH_SLOTS, _BATCH_CHARS = 100_000, 1 << 20
_MAX_TABLES = 500
# Coordinates: numbers with few digits before the point, in any depth of lists.
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,20})?(?:[eE]-?\d{1,3})?")
_BETWEEN = re.compile(r"[\[\], ]+")
_COORDINATES_MAX = 200_000
_TYPE = re.compile(r"[a-z_]{1,20}\d{0,2}", re.I)


class _Table:
    def __init__(self, options: CheckOptions) -> None:
        self._options = options
        self.columns: dict[Path, int] = {}
        self.count = 0
        self.positional = True
        self._rows: Batch = []
        self._slots = self._chars = 0
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    def add(self, cells: dict[Path, str | None]) -> None:
        self.count += 1
        columns, options = self.columns, self._options
        for path in cells:
            if path not in columns:
                columns[path] = len(columns)
        if len(columns) > options.max_columns:
            raise Unreadable("too_many_columns", limit=options.max_columns)
        row: Row = [None] * len(columns)
        chars = 0
        for path, cell in cells.items():
            if cell:
                row[columns[path]] = cell
                chars += len(cell)
        if chars > options.max_cell_chars:
            longest = max(len(cell or "") for cell in row)
            if longest > options.max_cell_chars:
                limit = options.max_cell_chars
                raise Unreadable("long_cell", row=self.count + 1, limit=limit)
        self._rows.append(row)
        self._slots += len(row)
        self._chars += chars
        if self._slots > _BATCH_SLOTS or self._chars > _BATCH_CHARS:
            self._flush()

    def _flush(self) -> None:
        marshal.dump(self._rows, self._file)
        self._rows = []
        self._slots = self._chars = 0

    def batches(self, labels: Row | None) -> Iterator[Batch]:
        self._flush()
        end = self._file.tell()
        self._file.seek(0)
        if labels is not None:
            yield [labels]
        while self._file.tell() < end:
            # Written by this process, into a file that nobody else can open.
            if rows := marshal.load(self._file):  # noqa: S302
                yield rows
        self._file.close()


class Tables:
    """Takes values and gives sheets. Texts are ``str``; numbers come as their text."""

    def __init__(self, options: CheckOptions) -> None:
        self._options = options
        self._tables: dict[Path, _Table] = {}
        self._maps: set[Path] = set()
        self._cells = 0

    def document(self, value: Any, path: Path = ()) -> None:
        """A value that stands in no list."""
        if isinstance(value, list):
            self.items(value, path)
        elif isinstance(value, dict):
            if not self._special(value, path):
                cells: dict[Path, str | None] = {}
                self._flat(value, (), cells, path, None, len(path))
                if cells:
                    self._add(path, cells)
        else:
            self._add(path, {(): _text(value)})

    def items(
        self, items: Iterable[Any], path: Path, parent: int | None = None
    ) -> None:
        """Values of one list, each a row of the table ``path``."""
        depth = len(path)
        for each in items:
            item = each
            cells: dict[Path, str | None] = {}
            if parent is not None:
                cells[(PARENT,)] = str(parent)
            positional = isinstance(each, list)
            if positional:
                item = {str(n): cell for n, cell in enumerate(each, 1)}
            if isinstance(item, dict):
                number = self._table(path).count + 1
                self._flat(item, (), cells, path, number, depth)
            else:
                cells[()] = _text(item)
            # Rows of plain values may bring their own header; keys are one.
            plain = all(len(cell) == 1 for cell in cells)
            self._add(path, cells, positional and plain and parent is None)

    def _special(self, value: dict[str, Any], path: Path) -> bool:
        """Tables that stand in one object: ``{id: row}``, ``{columns, data}``,
        ``{column: [cells]}`` and ``{column: {"0": cell}}``."""
        if path not in self._maps and _is_by_column(value):
            for number in next(iter(value.values())):
                self._add(path, {(k,): _text(v[number]) for k, v in value.items()})
            return True
        if path in self._maps or _is_map(value):
            self._maps.add(path)
            for key, item in value.items():
                row = item if isinstance(item, dict) else {TEXT: item}
                self.items([{free_key(_KEY, row): key, **row}], path)
            return True
        if names := _split_columns(value):
            head, body = names
            labels = [_label_of(each) for each in value.pop(head)]
            rows = value.pop(body)
            self.items([_named(labels, row) for row in rows], (*path, body))
            return not value
        lists = [v for v in value.values() if isinstance(v, list)]
        if len(lists) > 1 and len(lists) == len(value) and _plain_columns(lists):
            for row in zip(*lists, strict=True):
                self._add(path, {(k,): _text(v) for k, v in zip(value, row)})  # noqa: B905
            return True
        return False

    def _flat(
        self,
        value: dict[str, Any],
        prefix: Path,
        cells: dict[Path, str | None],
        table: Path,
        row: int | None,
        depth: int,
    ) -> None:
        """The cells of an object; what needs rows of its own goes to its own table."""
        if depth + len(prefix) > MAX_DEPTH:
            raise Unreadable("too_deep", limit=MAX_DEPTH)
        for key, each in value.items():
            path = (*prefix, key)
            if isinstance(each, dict):
                below = (*table, *path)
                if not each:
                    cells[path] = None
                elif row is not None or not self._special(each, below):
                    self._flat(each, path, cells, table, row, depth)
            elif isinstance(each, list):
                self._list(each, path, cells, table, row)
            else:
                cells[path] = _text(each)

    def _list(
        self,
        items: list[Any],
        path: Path,
        cells: dict[Path, str | None],
        table: Path,
        row: int | None,
    ) -> None:
        plain = not any(isinstance(item, (dict, list)) for item in items)
        if plain and (row is not None or len(items) < 2):
            cells[path] = "; ".join([_text(item) or "" for item in items]) or None
        elif plain:
            below = (*table, *path)
            for item in items:
                self._add(below, {(path[-1],): _text(item)})
        elif not any(isinstance(item, dict) for item in items) and (
            text := _coordinates(items)
        ):
            cells[path] = text
        else:
            self.items(items, (*table, *path), row)

    def _table(self, path: Path) -> _Table:
        if path not in self._tables:
            if len(self._tables) >= _MAX_TABLES or len(path) > MAX_DEPTH:
                raise Unreadable("too_deep", limit=MAX_DEPTH)
            self._tables[path] = _Table(self._options)
        return self._tables[path]

    def _add(
        self, path: Path, cells: dict[Path, str | None], positional: bool = False
    ) -> None:
        table = self._table(path)
        table.add(cells)
        table.positional = table.positional and positional
        self._cells += len(cells)
        if self._cells > self._options.max_cells:
            raise Unreadable("too_many_cells", limit=self._options.max_cells)

    def sheets(self) -> Iterator[Sheet]:
        """The tables, those of lists first; each once and in this order."""
        tables = {p: t for p, t in self._tables.items() if t.count}
        for path in sorted(tables, key=lambda p: (tables[p].count == 1, len(p))):
            table = tables[path]
            name = ".".join(path)
            if table.positional:
                yield Sheet(name, table.batches(None))
            else:
                labels: Row = [_label(column) for column in table.columns]
                yield Sheet(name, table.batches(labels), header=True)


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys may come twice: the later ones get a number."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        found[free_key(key, found)] = value
    return found


def free_key(key: str, taken: dict[str, Any]) -> str:
    """A key that is not taken yet."""
    if key not in taken:
        return key
    number = len(taken) + 1
    while f"{key}_{number}" in taken:
        number += 1
    return f"{key}_{number}"


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _label(path: Path) -> str:
    # The members of a GeoJSON feature are what its properties are called.
    if len(path) > 1 and path[0] == "properties":
        path = path[1:]
    return ".".join(path) or TEXT


def _is_by_column(value: dict[str, Any]) -> bool:
    """Columns as objects of the same numbers from 0, with plain cells."""
    columns = list(value.values())
    if not columns or not all(isinstance(c, dict) and c for c in columns):
        return False
    numbers = [str(n) for n in range(len(columns[0]))]
    return all(list(c) == numbers for c in columns) and not any(
        isinstance(cell, (dict, list)) for c in columns for cell in c.values()
    )


def _is_map(value: dict[str, Any]) -> bool:
    """``{id: row, id: row}``: at least two objects that have most keys in common."""
    if len(value) < 2 or not all(isinstance(v, dict) and v for v in value.values()):
        return False
    rows = list(value.values())[:20]
    every = {key for row in rows for key in row}
    if not any(not isinstance(v, (dict, list)) for row in rows for v in row.values()):
        return False
    return sum(map(len, rows)) >= 0.6 * len(rows) * len(every)


def _split_columns(value: dict[str, Any]) -> tuple[str, str] | None:
    for head, body in (
        ("columns", "data"),
        ("fields", "records"),
        ("columns", "rows"),
        ("fields", "rows"),
        ("header", "rows"),
        ("headers", "rows"),
        ("fields", "data"),
        ("header", "data"),
        ("headers", "data"),
    ):
        names, rows = value.get(head), value.get(body)
        if (
            isinstance(names, list)
            and isinstance(rows, list)
            and rows
            and all(isinstance(r, list) and len(r) == len(names) for r in rows)
            and all(_label_of(n) for n in names)
        ):
            return head, body
    return None


def _label_of(column: Any) -> str:
    """A column's name, as a text or as an object that has one and nothing to hide."""
    if isinstance(column, str):
        return column
    if isinstance(column, dict) and set(column) in ({"id", "type"}, {"name", "type"}):
        kind = column["type"]
        if isinstance(kind, str) and _TYPE.fullmatch(kind):
            return str(column.get("id") or column.get("name") or "")
    return ""


def _named(labels: list[str], row: list[Any]) -> dict[str, Any]:
    return unique_keys(list(zip(labels, row, strict=True)))


def _plain_columns(lists: list[list[Any]]) -> bool:
    sizes = {len(each) for each in lists}
    return (
        len(sizes) == 1
        and sizes.pop() > 1
        and not any(isinstance(v, (dict, list)) for each in lists for v in each)
    )


def _coordinates(items: list[Any]) -> str | None:
    text = _joined(items, 0)
    if len(text) > _COORDINATES_MAX:
        return None
    numbers = filter(None, _BETWEEN.split(text))
    return text if all(map(_NUMBER.fullmatch, numbers)) else None


def _joined(items: list[Any], depth: int) -> str:
    if depth > 8:
        return "?"
    parts = [
        _joined(i, depth + 1) if isinstance(i, list) else str(_text(i)) for i in items
    ]
    return f"[{', '.join(parts)}]"
