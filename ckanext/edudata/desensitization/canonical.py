"""Digests that clearances and releases are bound to.

Canonical table: the line ``edudata-table/2``, the number of columns, then the columns
as one record, then each row as one record, in order, in UTF-8 of NFC. Each field ends
with U+001F, each record with U+001E; null is U+0000; in a field U+001B, U+0000, U+001E
and U+001F are escaped by U+001B and ``0`` to ``3``. So ``("ab", "")``
and ``("a", "b")`` stay apart, null is not the empty string, and order counts.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from os import PathLike

_FIELD, _RECORD, _NULL, _ESCAPE = "\x1f", "\x1e", "\0", "\x1b"
_ESCAPED = str.maketrans(
    {_ESCAPE: "\x1b0", _NULL: "\x1b1", _RECORD: "\x1b2", _FIELD: "\x1b3"}
)
_END = _FIELD + _RECORD
_BATCH = 2048


def _whole(cell: str | None) -> str:
    if cell is None:
        return _NULL
    return unicodedata.normalize("NFC", cell).translate(_ESCAPED)


def _record(row: Sequence[str | None]) -> str:
    return "".join([_whole(cell) + _FIELD for cell in row]) + _RECORD


class TableDigest:
    """Streaming digest of a table: feed rows of text or None, all of one width."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._hash = hashlib.sha256(f"edudata-table/2\n{len(columns)}\n".encode())
        self.update([columns])

    def update(self, rows: Sequence[Sequence[str | None]]) -> None:
        if not rows:
            return
        fields = sum(map(len, rows))
        text = "".join(
            [
                _FIELD.join(
                    [_NULL if cell is None else cell for cell in row]
                    if None in row
                    else row  # type: ignore[arg-type]
                )
                + _END
                for row in rows
            ]
        )
        if (
            text.count(_FIELD) != fields
            or text.count(_RECORD) != len(rows)
            or text.count(_NULL) != sum([row.count(None) for row in rows])
            or _ESCAPE in text
            or not unicodedata.is_normalized("NFC", text)
        ):
            text = "".join(map(_record, rows))
        # A lone surrogate has no UTF-8; "surrogatepass" keeps it and keeps it distinct.
        self._hash.update(text.encode("utf-8", "surrogatepass"))

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def table_digest(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """SHA-256 in hex of the canonical serialisation of a table."""
    digest = TableDigest(columns)
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        digest.update(batch)
    return digest.hexdigest()


def file_digest(path: str | PathLike[str]) -> str:
    """SHA-256 in hex of the bytes of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
