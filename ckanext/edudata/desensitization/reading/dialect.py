"""The dialect of a delimited text, from its first lines: the delimiter under which all
rows are equally wide. Regular tables are decided by counting; only the others cost the
measure of ``clevercsv``."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

SAMPLE = 20_000
_SEP = re.compile(r"sep=(.)\r?\n", re.I)
#: The first one that fits is taken: tabs stand in no cell, commas may.
_DELIMITERS = ["\t", ",", ";", "|", "，", "；", "\x01", "^", "~", "#", "$", "¦", "§"]
# Stand inside values: of dates, times, numbers, sentences, addresses.
_INNER = frozenset("-/:.%()（）《》“”‘’\"'。、·：+*_@&=?!？！<>[]{}【】\\～—…℃\u3000 ")
_RUNS = re.compile(r"[ \u3000]{2,}|\t+")
_SPACES = re.compile(r"[ \u3000\t]+")
_NONE = "\x1f"
_LEAST, _MOST = 5, 0.7
_DOUBLED = frozenset("|^~#$@&")


@dataclass(frozen=True)
class Dialect:
    """``runs`` splits aligned columns; otherwise ``csv`` reads with the others.

    ``skip``: the first line only names the delimiter (``sep=;``).
    """

    delimiter: str = _NONE
    quote: str = '"'
    escape: str | None = None
    runs: re.Pattern[str] | None = None
    skip: bool = False


def find_dialect(text: str) -> Dialect:
    """The dialect of a text that begins so."""
    if named := _SEP.match(text):
        return Dialect(named[1], skip=True)
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    present = [d for d in _DELIMITERS if d in sample]
    for delimiter in present:
        escape = _regular(sample, delimiter)
        if escape is not None and _doubled(sample, delimiter):
            return Dialect(runs=re.compile(re.escape(2 * delimiter)))
        if escape is not None:
            return Dialect(delimiter, escape=escape or None)
    if usual := _usual(sample, present):
        return usual
    lines = [line.strip(" \u3000") for line in re.split(r"[\r\n]+", sample)]
    lines = [line for line in lines if line]
    if len(lines) > 2:
        if runs := _aligned(lines):
            return Dialect(runs=runs)
        if not present and (rare := _rare(lines)):
            return Dialect(rare)
    if not present:
        return Dialect()
    return _measured(sample, lines, present)


def _doubled(sample: str, delimiter: str) -> bool:
    """``||`` and the like, which no cell between them explains."""
    twice = sample.count(2 * delimiter)
    return (
        delimiter in _DOUBLED
        and '"' not in sample
        and sample.count(delimiter) == 2 * twice > 0
    )


def _regular(sample: str, delimiter: str) -> str | None:
    """The escape character ("" for none) with which all lines have the same number of
    columns, more than one; None if they have not."""
    for escape in ("", "\\") if '\\"' in sample else ("",):
        widths = _widths(sample, delimiter, escape or None)
        if sum(widths.values()) > 1 and len(widths) == 1 and max(widths) > 1:
            return escape
    return None


def _widths(sample: str, delimiter: str, escape: str | None) -> Counter[int]:
    reader = csv.reader(
        io.StringIO(sample, newline=""),
        delimiter=delimiter,
        strict=True,
        escapechar=escape,
    )
    try:
        return Counter([len(row) for row in reader if row])
    except csv.Error:
        return Counter()


def _usual(sample: str, present: list[str]) -> Dialect | None:
    """With titles above and notes below most rows still are equally wide."""
    best, found = _MOST, None
    for delimiter in present:
        for escape in (None, "\\") if '\\"' in sample else (None,):
            widths = _widths(sample, delimiter, escape)
            total = sum(widths.values())
            width, rows = max(widths.items(), key=lambda w: w[1], default=(0, 0))
            if total >= _LEAST and width > 1 and rows / total > best:
                best, found = rows / total, Dialect(delimiter, escape=escape)
    return found


def _aligned(lines: list[str]) -> re.Pattern[str] | None:
    """Columns set apart by runs of blanks, or, where one of them is of numbers alone,
    by single ones."""
    for pattern in (_RUNS, _SPACES):
        rows = [pattern.split(line) for line in lines]
        width = len(rows[0])
        if width < 2 or any(len(row) != width for row in rows):
            continue
        if pattern is _RUNS:
            return pattern
        for place in range(1, width):
            digits = sum(row[place].replace(".", "").isdigit() for row in rows)
            if digits >= 0.8 * (len(rows) - 1):
                return pattern
    return None


def _rare(lines: list[str]) -> str:
    """Any other sign that stands equally often in every line."""
    signs = {c for c in lines[0] if not c.isalnum() and c not in _INNER}
    for sign in sorted(signs):
        if len({line.count(sign) for line in lines}) == 1:
            return sign
    return ""


def _measured(sample: str, lines: list[str], present: list[str]) -> Dialect:
    import clevercsv

    try:
        found = clevercsv.Sniffer().sniff(sample[:6000], delimiters=present)
    except clevercsv.Error:
        found = None
    if found is not None and found.delimiter:
        return Dialect(
            found.delimiter, found.quotechar or '"', found.escapechar or None
        )
    # No table by its measure (one line, ragged): what stands in most lines; a text of
    # sentences is no table at all.
    shares = {d: sum(d in line for line in lines) / len(lines) for d in present}
    likely = [d for d in present if shares[d] >= 0.5 and d.isascii()]
    return Dialect(max(likely, key=sample.count)) if likely else Dialect()
