"""Cell text: one form for matching, another for keeping."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

# Zero-width, bidirectional and soft-hyphen characters: invisible, so they would hide a
# number from every pattern.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fb\u00b7\u2022]")
CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def normalise(text: str) -> str:
    """NFKC without invisible characters, one kind of hyphen and of middle dot.

    Full-width digits and letters become ASCII: ``\\d`` and ``[0-9]`` then agree.
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    text = _INVISIBLE.sub("", text)
    return _DASHES.sub(lambda m: "-" if m[0] in "‐‑‒–—―−" else "·", text)


def normalise_all(texts: list[str]) -> list[str]:
    """As ``[normalise(text) for text in texts]``; the list itself where nothing
    changes."""
    blob = "\0".join(texts)
    if blob.isascii():
        return texts
    if (
        unicodedata.is_normalized("NFKC", blob)
        and not _INVISIBLE.search(blob)
        and not _DASHES.search(blob)
    ):
        return texts
    plain = normalise(blob).split("\0")
    if len(plain) != len(texts):
        return [normalise(text) for text in texts]
    return plain


_FLOAT = re.compile(r"\d{6,20}\.0|\d\.\d{9,17}[Ee]\+?\d\d")


def whole_number(text: str) -> str:
    """``13812345678.0`` and ``1.3812345678E+10`` as the number that a spreadsheet or a
    library kept as a float; other texts as they are, amounts of money (``.00``) too."""
    if not _FLOAT.fullmatch(text):
        return text
    number = Decimal(text)
    whole = number == number.to_integral_value() and number < Decimal(10) ** 21
    return f"{number:.0f}" if whole else text


@lru_cache(maxsize=1)
def _variants() -> dict[int, int]:
    """Traditional characters and their simplified forms (from Baidu's LAC, Apache-2.0);
    a name's weights and a header's words are known in these only."""
    path = Path(__file__).parent / "recognizers" / "data" / "simplified.txt"
    traditional, simple = path.read_text("utf-8").split()
    return str.maketrans(traditional, simple)


def simplified(text: str) -> str:
    """陳靜 -> 陈静, 學號 -> 学号; of the same length, so offsets hold."""
    return text if text.isascii() else text.translate(_variants())


def cell_text(value: Any) -> str | None:
    """The text of a spreadsheet cell, or None for an empty one.

    Integers that a spreadsheet keeps as floats lose their ``.0``; dates without a time
    of day become ISO dates.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        return repr(value)
    if isinstance(value, dt.datetime):
        if value.time() == dt.time(0):
            return value.date().isoformat()
        return value.isoformat(sep=" ")
    return str(value)
