"""Readers: from a file to sheets of rows, and to every other text in the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..reasons import Unreadable
from ..report import CheckOptions
from .kinds import file_kind
from .sheets import Batch, Extra, Sheet, Source

if TYPE_CHECKING:
    from .archive import Budget

__all__ = ["Batch", "Extra", "Sheet", "Source", "open_source"]


def open_source(
    path: Path, filename: str, options: CheckOptions, within: Budget | None = None
) -> Source:
    """A source for a file; its kind is decided by its content, not by its name.

    ``within`` is what is left to unpack of the archives that the file lies in. Raises
    :class:`Unreadable` here or while its sheets or extras are read.
    """
    size = path.stat().st_size
    if size > options.max_bytes:
        raise Unreadable("too_large", limit=f"{options.max_bytes // 1024**2} MB")
    kind = file_kind(path)
    if kind in ("xlsx", "xls", "ods"):
        return _workbook(path, kind, size, options)
    if kind in ("docx", "pdf"):
        from . import documents

        open_document = (
            documents.docx_source if kind == "docx" else documents.pdf_source
        )
        return open_document(path, size, options)
    if kind in ("zip", "gzip"):
        from . import archive

        return archive.source(path, filename, kind, size, options, within)
    return _text(path, kind, size, options)


def _text(path: Path, kind: str, size: int, options: CheckOptions) -> Source:
    if kind == "json":
        from . import json_text

        return json_text.source(path, size, options)
    if kind == "xml":
        from . import xml_records

        return xml_records.source(path, size, options)
    if kind == "html":
        from . import html_text

        return html_text.source(path, size, options)
    if kind == "parquet":
        from . import parquet

        return parquet.source(path, size, options)
    from . import delimited

    return Source("text", size, delimited.sheets(path, options), iter(()))


def _workbook(path: Path, kind: str, size: int, options: CheckOptions) -> Source:
    from . import package, workbook

    if kind != "xls":
        package.inspect(path, options)
    extras = package.extras(path, kind)
    return Source(kind, size, workbook.sheets(path, kind, options), extras)
