"""Rows of a CSV and the bytes where they begin. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

_LONGEST = 1 << 30


def header(path: Path) -> list[str]:
    """Names of the columns of a table."""
    return next((cells for _, cells in records(path)), [])


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV, the header among them, each with the byte where it begins."""
    csv.field_size_limit(_LONGEST)
    with path.open("rb") as stream:
        place = [0]

        def lines() -> Iterator[str]:
            for line in stream:
                place[0] += len(line)
                yield line.decode("utf-8", "surrogatepass")

        begin = 0
        for cells in csv.reader(lines()):
            # An empty line is a row of a table of one column.
            yield begin, cells or [""]
            begin = place[0]


def rows_at(path: Path, places: Iterable[int]) -> list[list[str]]:
    """Rows that begin at these bytes."""
    csv.field_size_limit(_LONGEST)
    found = []
    with path.open("rb") as stream:
        for place in places:
            stream.seek(place)
            lines = (line.decode("utf-8", "surrogatepass") for line in stream)
            found.append(next(csv.reader(lines), []) or [""])
    return found
