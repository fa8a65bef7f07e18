"""Lines of a page that fall into columns. A guess is taken only where several lines
in a row agree; every other line stays whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .sheets import Row

#: Lines with as many words in a row before they are a table.
_LINES = 3
#: A table goes on over the foot and the head of a page.
_GAP = 3
_NUMBER = re.compile(r"[\d.,%\-—/:()（）]+")
# A mobile, a landline, an ID or a card number as people space them.
_GROUPS = re.compile(
    r"(?<!\S)(?:\+?86 )?(?:1[3-9]\d \d{4} \d{4}|1[3-9]\d \d{8}|0\d{2,3} \d{3,4} ?\d{4}|"
    r"\d{6} \d{8} \d{3}[\dXx]|\d{4}(?: \d{4}){3,})(?!\S)"
)


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)


def segments(lines: Iterable[str]) -> Iterator[str | Table]:
    """The lines again, with each run of columns as one table.

    No line is lost and none comes twice.
    """
    run: list[Row] = []
    table: Table | None = None
    gap: list[str] = []

    def close() -> Iterator[str | Table]:
        nonlocal run, table, gap
        rows, run = run, []
        if table and rows and _goes_on(table, rows):
            table.rows += [r for r in rows if r != table.rows[0]]
            yield from gap
            gap = []
        elif _is_table(rows):
            if table:
                yield table
            yield from gap
            gap, table = [], Table([*rows])
        else:
            gap += [" ".join(filter(None, row)) for row in rows]
            if table and len(gap) > _GAP:
                yield table
                table = None
            if not table:
                yield from gap
                gap = []

    for line in lines:
        words: Row = [*line.split()]
        if run and len(words) != len(run[0]):
            yield from close()
        run.append(words)
    yield from close()
    if table:
        yield table
    yield from gap


def _goes_on(table: Table, rows: list[Row]) -> bool:
    return len(rows[0]) == len(table.rows[0]) and len(rows[0]) > 1


def _is_table(rows: list[Row]) -> bool:
    """A header of words above lines of which a column is all numbers, or all short."""
    if len(rows) < _LINES or len(rows[0]) < 2:
        return False
    words = [[word or "" for word in row] for row in rows]
    head, body = words[0], words[1:]
    if any(_NUMBER.fullmatch(word) for word in head) or max(map(len, head)) > 20:
        return False
    # A number with spaces in it would be torn apart.
    if any(_torn(row) for row in words):
        return False
    columns = list(zip(*body, strict=True))
    numbers = any(all(_NUMBER.fullmatch(word) for word in c) for c in columns)
    short = all(len(word) <= 12 for row in body for word in row)
    return numbers or (short and len(head) > 2)


def _torn(row: list[str]) -> bool:
    return bool(_GROUPS.search(" ".join(row)))
