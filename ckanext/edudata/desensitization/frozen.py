"""A working table frozen: its rows as one text, and those that came since. Pure.

What was judged before is proved to stand at the head of the table by its digest, so it
does not matter by which way rows came in: what only follows costs only itself, and
whatever else was changed is seen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from .canonical import TableDigest

_BATCH = 2048
#: As `CheckOptions.max_cell_chars`: longer cells are refused there with a reason.
_LONGEST = 1 << 30
Row = list[str | None]


@dataclass(frozen=True)
class Frozen:
    """`path` holds all rows; `same` tells that the first `before` are those known."""

    path: Path
    columns: list[str]
    rows: int
    digest: str
    before: int
    same: bool
    #: Byte of `path` behind those rows.
    behind: int = 0


def freeze(dumped: Path, path: Path, *, before: int, digest: str) -> Frozen:
    """Write a dumped table as a clean copy, looking for what is known at its head.

    :param dumped: CSV, the names of the columns first
    :param before: rows known
    :param digest: of the table of these rows
    """
    same, behind = False, 0
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        batches = _rows(dumped)
        columns = [name or "" for name in next(batches)[0]]
        writer.writerow(columns)
        whole, count = TableDigest(columns), 0
        if not before:
            same, behind = whole.hexdigest() == digest, _place(target, path)
        for batch in batches:
            head = before - count
            if 0 < head <= len(batch):
                whole.update(batch[:head])
                writer.writerows(batch[:head])
                same, behind = whole.hexdigest() == digest, _place(target, path)
                rest = batch[head:]
            else:
                rest = batch
            whole.update(rest)
            writer.writerows(rest)
            count += len(batch)
    return Frozen(path, columns, count, whole.hexdigest(), before, same, behind)


def _place(target: IO[str], path: Path) -> int:
    target.flush()
    return path.stat().st_size


def write_part(
    frozen: Frozen, labels: Sequence[str], path: Path, *, whole: bool
) -> int:
    """Write the rows that came since, or all, as a format that names its columns and
    leaves nothing to be guessed; how many there are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([pa.field(label, pa.string()) for label in labels])
    batches = _rows(frozen.path, 0 if whole else frozen.behind)
    if whole:
        next(batches)
    count = 0
    with pq.ParquetWriter(str(path), schema) as writer:
        for rows in batches:
            arrays: list[Any] = [
                pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            count += len(rows)
    return count


def _row(cells: list[str]) -> Row:
    if not cells:
        # An empty line is a row of a table of one column.
        return [None]
    return [cell or None for cell in cells] if "" in cells else [*cells]


def _rows(path: Path, start: int = 0) -> Iterator[list[Row]]:
    """The first row alone, then the others; from a byte in the middle, all alike."""
    csv.field_size_limit(_LONGEST)
    with path.open("rb") as stream:
        stream.seek(start)
        reader = csv.reader(io.TextIOWrapper(stream, "utf-8", newline=""))
        if not start:
            yield [list(next(reader))]
        while batch := list(islice(reader, _BATCH)):
            yield [_row(cells) for cells in batch]
