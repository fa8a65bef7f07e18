"""Digests that clearances and releases are bound to.

Canonical table: the bytes ``edudata-table/1\\n``, then the columns as one record, then
each row as one record, in order. A record is its number of fields (4 bytes, big
endian) and its fields; a field is ``0xFFFFFFFF`` for null, or the length of its UTF-8
bytes in NFC (4 bytes, big endian) and these bytes. Length prefixes keep ``("ab", "")``
and ``("a", "b")`` apart; null is not the empty string; order counts.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from os import PathLike

_NULL = b"\xff\xff\xff\xff"
_LENGTH = struct.Struct(">I").pack


def _field(value: str | None) -> bytes:
    if value is None:
        return _NULL
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    # A lone surrogate has no UTF-8; "surrogatepass" keeps it and keeps it distinct.
    data = value.encode("utf-8", "surrogatepass")
    return _LENGTH(len(data)) + data


class TableDigest:
    """Streaming digest of a table: feed rows of text or None."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._hash = hashlib.sha256(b"edudata-table/1\n")
        self.update([columns])

    def update(self, rows: Iterable[Sequence[str | None]]) -> None:
        parts: list[bytes] = []
        for row in rows:
            parts.append(_LENGTH(len(row)))
            parts.extend(map(_field, row))
        self._hash.update(b"".join(parts))

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def table_digest(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """SHA-256 in hex of the canonical serialisation of a table."""
    digest = TableDigest(columns)
    for row in rows:
        digest.update([row])
    return digest.hexdigest()


def file_digest(path: str | PathLike[str]) -> str:
    """SHA-256 in hex of the bytes of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
