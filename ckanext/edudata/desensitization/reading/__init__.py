"""Readers: from a file to sheets of rows, and to every other text in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from . import delimited, package, workbook
from .kinds import file_kind
from .sheets import Batch, Extra, Sheet, Source

__all__ = ["Batch", "Extra", "Sheet", "Source", "open_source"]


def open_source(path: Path, filename: str, options: CheckOptions) -> Source:
    """A source for a file; its kind is decided by its content, not by its name.

    Raises :class:`Unreadable` here or while its sheets are read.
    """
    size = path.stat().st_size
    if size > options.max_bytes:
        raise Unreadable("too_large", limit=f"{options.max_bytes // 1024**2} MB")
    kind = file_kind(path)
    if kind == "text":
        return Source(kind, size, delimited.sheets(path, filename, options), _nothing())
    if kind in ("xlsx", "ods"):
        package.inspect(path, options)
    extras = package.extras(path, kind) if kind in ("xlsx", "ods") else _nothing()
    return Source(kind, size, workbook.sheets(path, kind, options), extras)


def _nothing() -> Iterator[Extra]:
    return iter(())
