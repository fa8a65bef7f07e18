"""CSV, TSV and TXT with any delimiter, by the standard library's ``csv``, strictly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from . import encoding
from .sheets import BATCH_ROWS, Batch, Meter, Sheet

_SAMPLE = 20_000
_DELIMITERS = [",", "\t", ";", "|", "，", "；", "\x01", "^", "~", "#", "$"]


def sheets(path: Path, options: CheckOptions) -> Iterator[Sheet]:
    codec = encoding.detect(path)
    stream = path.open(encoding=codec, newline="", errors="strict")
    try:
        sample = stream.read(_SAMPLE)
        stream.seek(0)
        dialect = _dialect(sample)
        yield Sheet(
            name="",
            batches=_batches(stream, dialect, options),
            done=lambda: 0 if stream.closed else stream.buffer.tell(),  # type: ignore[attr-defined]
        )
    finally:
        stream.close()


def _dialect(sample: str) -> dict[str, str | None]:
    """Delimiter and quote character; a tab or a lone column needs no measuring."""
    whole = sample[: sample.rfind("\n") + 1] or sample
    if not any(d in whole for d in _DELIMITERS):
        return {"delimiter": "\x1f", "quotechar": '"', "escapechar": None}
    for delimiter in _DELIMITERS[:2]:
        if _regular(whole, delimiter):
            return {"delimiter": delimiter, "quotechar": '"', "escapechar": None}
    import clevercsv

    delimiter, escape, quote = "", None, '"'
    try:
        found = clevercsv.Sniffer().sniff(whole, delimiters=_DELIMITERS)
    except clevercsv.Error:
        found = None
    if found is not None:
        delimiter = found.delimiter or ""
        escape = found.escapechar or None
        quote = found.quotechar or '"'
    if not delimiter:
        # No table by its measure (one line, ragged): the commonest one, comma first.
        delimiter = max(_DELIMITERS, key=whole.count)
    return {"delimiter": delimiter, "quotechar": quote, "escapechar": escape}


def _regular(sample: str, delimiter: str) -> bool:
    """Whether all lines have the same number of columns, more than one."""
    try:
        rows = list(csv.reader(io.StringIO(sample), delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    widths = {len(row) for row in rows}
    return len(rows) > 2 and len(widths) == 1 and widths.pop() > 1


def _batches(
    stream: io.TextIOWrapper, dialect: dict[str, str | None], options: CheckOptions
) -> Iterator[Batch]:
    csv.field_size_limit(options.max_cell_chars)
    reader = csv.reader(stream, strict=True, **dialect)  # type: ignore[arg-type]
    meter = Meter(options)
    number = 0
    try:
        while block := list(islice(reader, BATCH_ROWS)):
            batch: Batch = []
            for cells in block:
                number += 1
                if len(cells) > options.max_columns:
                    raise Unreadable("too_many_columns", limit=options.max_columns)
                meter.check(number, 0, len(cells))
                batch.append([cell or None for cell in cells])
            yield batch
    except csv.Error as error:
        raise _explain(error, number + 1, options) from None
    except UnicodeError:
        raise Unreadable("encoding") from None


def _explain(error: csv.Error, row: int, options: CheckOptions) -> Unreadable:
    message = str(error)
    if "field limit" in message:
        return Unreadable("long_cell", row=row, limit=options.max_cell_chars)
    if "NUL" in message:
        return Unreadable("nul")
    return Unreadable("unclosed_quote", row=row)
