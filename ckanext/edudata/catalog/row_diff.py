"""Rows of two tables compared: added, removed, changed. Pure, in bounded memory.

Both tables are read once. For each row there are a hash and its place in the file; they
stand in a temporary SQLite database, which is in memory while it is small and on disk
when it is not (its file has no name, and goes with the process). Where a column is
unique in both tables, rows are matched by it, else as multisets. No cell is kept: the
result names places in the files.

Hashes are BLAKE2b, so that nobody can make a changed row look like the old one.
"""

# ruff: noqa: S608 - tables and columns are named here, never by data

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from .row_files import header, records, rows_at

SAMPLES = 5
"""Rows of each kind whose places are told."""
COUNTED = 2000
"""Changed rows whose cells are looked at, to say which columns differ."""
_HEAD = 2000
_KEYS = 3
_BATCH = 20000
_CACHE_KIB = 64 * 1024
_SEPARATOR = "\x1f"
_KEY_WORDS = re.compile(
    r"标识码|信用代码|代码|编码|编号|学号|工号|证号|(^|_)(id|code|key)$", re.I
)
_COUNTERS = re.compile(r"序号|行号|^no\.?$|^xu_?hao$|^number$", re.I)


def compare(
    old: Path,
    new: Path,
    columns: Mapping[str, str] | None = None,
    *,
    beat: Callable[[int], None] = lambda rows: None,
) -> dict[str, Any]:
    """Compare the rows of two tables over the columns that both have.

    :param old, new: UTF-8 CSV, the names of the columns first
    :param columns: name in the old table → name in the new one; default: same names
    :param beat: told every some thousand rows how many were read
    :returns: `{key, old_rows, new_rows, added, removed, changed, reordered, columns,
        samples: {added: [place], removed: [place], changed: [[place, place]]}}`; `key`
        is the column (name in the new table) that rows were matched by, or None;
        `columns` counts by name the cells that differ in the first changed rows
    """
    before, after = header(old), header(new)
    pairs = [
        (before.index(was), after.index(now))
        for was, now in (columns or {name: name for name in before}).items()
        if was in before and now in after
    ]
    pairs.sort(key=lambda pair: pair[1])
    keys = _candidates(old, new, pairs, after)
    with closing(sqlite3.connect("")) as db:
        for line in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            f"PRAGMA cache_size = -{_CACHE_KIB}",
        ):
            db.execute(line)
        read = _Reader(db, beat)
        places = [[was for was, _ in pairs], [now for _, now in pairs]]
        orders = [
            read.table("old", old, places[0], [pairs[key][0] for key in keys]),
            read.table("new", new, places[1], [pairs[key][1] for key in keys]),
        ]
        found = _by_key(db, keys) or _as_multisets(db)
    key = found.pop("key_number")
    found["key"] = after[pairs[keys[key]][1]] if key is not None else None
    same = not (found["added"] or found["removed"] or found["changed"])
    found["reordered"] = same and orders[0] != orders[1]
    found["columns"] = _differing(old, new, pairs, after, found.pop("all_changed"))
    return found


def _candidates(
    old: Path, new: Path, pairs: Sequence[tuple[int, int]], names: Sequence[str]
) -> list[int]:
    """Which common columns may identify a row: unique at the head of both tables."""
    heads = [
        [cells for _, cells in islice(records(path), 1, _HEAD + 1)]
        for path in (old, new)
    ]
    if not all(heads):
        return []
    found = []
    for number, pair in enumerate(pairs):
        unique = True
        for head, place in zip(heads, pair, strict=True):
            values = [_cell(cells, place) for cells in head]
            unique = unique and "" not in values and len(set(values)) == len(values)
        if unique:
            name = names[pair[1]]
            rank = 2 if _COUNTERS.search(name) else 0 if _KEY_WORDS.search(name) else 1
            found.append((rank, pair[1], number))
    return [number for _, _, number in sorted(found)[:_KEYS]]


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class _Reader:
    """Puts hashes of tables into the database."""

    def __init__(self, db: sqlite3.Connection, beat: Callable[[int], None]) -> None:
        self.db, self.beat, self.rows = db, beat, 0

    def table(
        self, name: str, path: Path, places: Sequence[int], keys: Sequence[int]
    ) -> bytes:
        """Read a table; a hash of the order of its rows."""
        columns = "".join(f", k{number} BLOB" for number in range(len(keys)))
        self.db.execute(
            f"CREATE TABLE {name} (n INTEGER PRIMARY KEY, o INTEGER, h BLOB{columns})"
        )
        marks = ", ".join("?" * (3 + len(keys)))
        insert = f"INSERT INTO {name} VALUES ({marks})"
        order = blake2b()
        rows = self._rows(path, places, keys, order.update)
        while batch := list(islice(rows, _BATCH)):
            self.db.executemany(insert, batch)
            self.rows += len(batch)
            self.beat(self.rows)
        return order.digest()

    @staticmethod
    def _rows(
        path: Path,
        places: Sequence[int],
        keys: Sequence[int],
        told: Callable[[bytes], None],
    ) -> Iterator[tuple[Any, ...]]:
        whole = list(places) == list(range(len(places)))
        width = len(places)
        for number, (place, cells) in enumerate(islice(records(path), 1, None)):
            chosen = (
                cells
                if whole and len(cells) == width
                else [_cell(cells, column) for column in places]
            )
            text = _SEPARATOR.join(chosen)
            if text.count(_SEPARATOR) != max(0, width - 1):
                text = (
                    _SEPARATOR.join(
                        cell.replace("\\", "\\\\").replace(_SEPARATOR, "\\u")
                        for cell in chosen
                    )
                    + _SEPARATOR
                )
            row = _hash(text)
            told(row)
            found = [_cell(cells, key) for key in keys]
            yield (number, place, row, *(_hash(k) if k else None for k in found))


def _one(db: sqlite3.Connection, query: str) -> tuple[Any, ...]:
    row = db.execute(query).fetchone()
    return tuple(row)


def _unique(db: sqlite3.Connection, key: str) -> bool:
    for table in ("old", "new"):
        db.execute(f"CREATE INDEX {table}_{key} ON {table} ({key})")
        empty = f"SELECT 1 FROM {table} WHERE {key} IS NULL LIMIT 1"
        twice = f"SELECT 1 FROM {table} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
        if db.execute(empty).fetchone() or db.execute(twice).fetchone():
            return False
    return True


def _by_key(db: sqlite3.Connection, keys: Sequence[int]) -> dict[str, Any] | None:
    """Rows matched by the key that explains the difference by the fewest changes."""
    olds, news = (
        _one(db, f"SELECT count(*) FROM {table}")[0] for table in ("old", "new")
    )
    best: tuple[int, int, int, int] | None = None
    for number in range(len(keys)):
        if not _unique(db, f"k{number}"):
            continue
        both, changed = _one(
            db,
            f"SELECT count(*), coalesce(sum(old.h <> new.h), 0) "
            f"FROM old JOIN new ON old.k{number} = new.k{number}",
        )
        cost = olds + news - 2 * both + changed
        if best is None or cost < best[0]:
            best = (cost, number, both, changed)
        if cost == 0:
            break
    if best is None:
        return None
    _, number, both, changed = best
    key = f"k{number}"
    alone = "SELECT o FROM {0} WHERE NOT EXISTS (SELECT 1 FROM {1} WHERE "
    alone += f"{{1}}.{key} = {{0}}.{key}) ORDER BY n LIMIT {SAMPLES}"
    differing = db.execute(
        f"SELECT old.o, new.o FROM new JOIN old ON old.{key} = new.{key} "
        f"WHERE old.h <> new.h ORDER BY new.n LIMIT {COUNTED}"
    ).fetchall()
    return {
        "key_number": number,
        "old_rows": olds,
        "new_rows": news,
        "added": news - both,
        "removed": olds - both,
        "changed": changed,
        "all_changed": differing,
        "samples": {
            "added": [o for (o,) in db.execute(alone.format("new", "old"))],
            "removed": [o for (o,) in db.execute(alone.format("old", "new"))],
            "changed": [list(pair) for pair in differing[:SAMPLES]],
        },
    }


def _as_multisets(db: sqlite3.Connection) -> dict[str, Any]:
    db.execute(
        "CREATE TABLE counts AS SELECT h, sum(a) AS a, sum(b) AS b, max(x) AS x, "
        "max(y) AS y FROM (SELECT h, 1 AS a, 0 AS b, o AS x, NULL AS y FROM old "
        "UNION ALL SELECT h, 0, 1, NULL, o FROM new) GROUP BY h HAVING sum(a) <> sum(b)"
    )
    olds, news = (
        _one(db, f"SELECT count(*) FROM {table}")[0] for table in ("old", "new")
    )
    added, removed = _one(
        db,
        "SELECT coalesce(sum(max(b - a, 0)), 0), coalesce(sum(max(a - b, 0)), 0) "
        "FROM counts",
    )
    places = "SELECT {0} FROM counts WHERE {1} ORDER BY {0} LIMIT " + str(SAMPLES)
    return {
        "key_number": None,
        "old_rows": olds,
        "new_rows": news,
        "added": added,
        "removed": removed,
        "changed": 0,
        "all_changed": [],
        "samples": {
            "added": [o for (o,) in db.execute(places.format("y", "b > a"))],
            "removed": [o for (o,) in db.execute(places.format("x", "a > b"))],
            "changed": [],
        },
    }


def _differing(
    old: Path,
    new: Path,
    pairs: Sequence[tuple[int, int]],
    names: Sequence[str],
    changed: Sequence[tuple[int, int]],
) -> dict[str, int]:
    counts: dict[str, int] = {}
    before = rows_at(old, [was for was, _ in changed])
    after = rows_at(new, [now for _, now in changed])
    for one, other in zip(before, after, strict=True):
        for was, now in pairs:
            if _cell(one, was) != _cell(other, now):
                counts[names[now]] = counts.get(names[now], 0) + 1
    return counts
