"""CSV files that people open in spreadsheets. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the begin of a formula, also in full width.
_FORMULA = re.compile(r"^[\s\x00-\x20\ufeff\u200b]*[=+\-@|%＝＋－＠]|^[\t\r\n]")


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay as they are."""
    words = "" if value is None else str(value).replace("\x00", "")
    if isinstance(value, (int, float)):
        return words
    return f"'{words}" if _FORMULA.match(words) else words


def as_csv(head: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a mark by which Excel knows it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([safe(word) for word in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + target.getvalue().encode("utf-8", "replace")
