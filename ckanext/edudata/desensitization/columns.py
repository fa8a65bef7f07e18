"""Names of columns for the DataStore, and what type their cells have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from .table_words import CODE_LIKE, matches

_MAX_BYTES = 63
# PostgreSQL's own columns cannot be names of ours.
_RESERVED = {"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}
_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d{0,17})")
_NUMERIC = re.compile(r"[+-]?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?")
_DATE = re.compile(r"(?:19|20)\d\d([-/])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])")
_CODE_DIGITS = 6


def column_names(labels: Sequence[str]) -> list[str]:
    """Valid, unique column ids that keep the words of the header.

    Blank ones become 列3; quotes, brackets and white space become ``_``; at most 63
    bytes of UTF-8, never an underscore in front.
    """
    names: list[str] = []
    seen: set[str] = set()
    for place, label in enumerate(labels, 1):
        base = _clean(label) or f"列{place}"
        name, number = _cut(base, ""), 1
        while name.lower() in seen or name.lower() in _RESERVED:
            number += 1
            name = _cut(base, f"_{number}")
        seen.add(name.lower())
        names.append(name)
    return names


def _clean(label: str) -> str:
    text = unicodedata.normalize("NFKC", label)
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" or c in "\n\t")
    text = re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", text.strip())
    text = re.sub(r"[\s\"'`()\[\]{}<>%,.;:?!/\\|&=*^$#@~]+", "_", text)
    return text.strip("_")


def _cut(base: str, suffix: str) -> str:
    room = _MAX_BYTES - len(suffix.encode())
    cut = base.encode()[:room].decode("utf-8", "ignore")
    return cut.rstrip("_") + suffix


@dataclass
class TypeTally:
    """What the non-empty cells of a column have in common; merges by addition."""

    cells: int = 0
    integers: int = 0
    numbers: int = 0
    dates: int = 0
    leading_zeros: int = 0
    shortest: int = 1 << 30
    longest: int = 0

    def add(self, text: str, times: int = 1) -> None:
        text = text.strip()
        size = len(text)
        self.cells += times
        if size < self.shortest:
            self.shortest = size
        if size > self.longest:
            self.longest = size
        if _NUMERIC.fullmatch(text):
            self.numbers += times
            if _INTEGER.fullmatch(text):
                self.integers += times
        elif _DATE.fullmatch(text):
            self.dates += times
        elif text[:1] == "0" and text.isdigit():
            self.leading_zeros += times

    def add_dates(self, texts: Sequence[str], times: Sequence[int]) -> None:
        """As ``add`` for texts that stand in no blanks and are dates or nothing."""
        sizes = set(map(len, texts))
        self.cells += sum(times)
        self.shortest = min(self.shortest, *sizes)
        self.longest = max(self.longest, *sizes)
        matches = map(_DATE.fullmatch, texts)
        self.dates += sum(compress(times, matches))

    def merge(self, other: TypeTally) -> None:
        for name in ("cells", "integers", "numbers", "dates", "leading_zeros"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.shortest = min(self.shortest, other.shortest)
        self.longest = max(self.longest, other.longest)

    def guess(self, label: str) -> str:
        """``text``, ``integer``, ``numeric`` or ``date``; codes stay text."""
        if not self.cells or matches(CODE_LIKE, label):
            return "text"
        if self.dates == self.cells:
            return "date"
        if self.integers == self.cells:
            same = self.shortest == self.longest >= _CODE_DIGITS
            return "text" if same else "integer"
        return "numeric" if self.numbers == self.cells else "text"

    def to_list(self) -> list[Any]:
        return list(vars(self).values())
