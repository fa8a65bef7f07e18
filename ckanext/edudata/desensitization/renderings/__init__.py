"""The report of a check as text, JSON, HTML and spreadsheet, for the command and the
portal alike. Nothing here imports CKAN or reads a file; no raw value is in a report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .view import describe
from .words import Words

__all__ = ["FORMATS", "MIME_TYPES", "Words", "describe", "render"]

FORMATS = ("text", "json", "html", "xlsx")
MIME_TYPES = {
    "text": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def render(kind: str, items: Sequence[Mapping[str, Any]], words: Words) -> bytes:
    """A report on several files, each as :func:`describe` gives it.

    Writers are imported when they are used: XlsxWriter alone costs 50 ms.
    """
    if kind == "xlsx":
        from . import as_xlsx

        return as_xlsx.render(items, words)
    if kind == "html":
        from . import as_html

        return as_html.render(items, words).encode("utf-8", "replace")
    if kind == "json":
        from . import as_json

        return as_json.render(items).encode("utf-8", "replace")
    from . import as_text

    return as_text.render(items, words).encode("utf-8", "replace")
