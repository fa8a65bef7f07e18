"""Resident identity number, 居民身份证号码 (GB 11643-1999; 15 digits before 1999)."""

from __future__ import annotations

import datetime as dt
import re

from .base import AFTER, BEFORE
from .numbers import (
    NUMBER_AFTER,
    NUMBER_BEFORE,
    SEP,
    NumberRecognizer,
    inside_hash,
    other_number,
)
from .public_codes import credit_code

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
#: First two digits of the areas of GB/T 2260 that issue resident identity cards.
_PROVINCES_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
    "61 62 63 64 65 71"
)
PROVINCES = frozenset(_PROVINCES_CODES.split())
HMT_PROVINCES = frozenset(["81", "82", "83"])
#: Nobody born before is in a table of today.
FIRST_YEAR = 1900
#: A 15-digit number was last given out in 1999; later than this its holder is no
#: centenarian, and the six digits are not the date of a code of this century.
_OLD_CARD_YEARS = range(27, 100)
#: The last character, with what people type for an X.
LAST = r"[0-9Xx×ХхΧχ]"
_TYPED_X = re.compile("[x×ХхΧχ]")
_SEPARATOR = re.compile("[^0-9X]")


#: A credit code has its area at the third place. Where an ID has the year there, 19 or
#: 20 ends the area: such districts are only in the four municipalities.
_MUNICIPAL = frozenset(["1101", "1201", "3101", "5001"])


def check_character(first17: str) -> str:
    """ISO 7064 MOD 11-2 over the first 17 digits."""
    return _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, first17, strict=True)) % 11]


def true_date(yyyymmdd: str, first_year: int = FIRST_YEAR) -> bool:
    try:
        day = dt.date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))
    except ValueError:
        return False
    return first_year <= day.year and day <= dt.date.today()


def bare(text: str) -> str:
    """Only the digits and the X of a number written with separators."""
    return _SEPARATOR.sub("", _TYPED_X.sub("X", text))


def has_shape(number: str, provinces: frozenset[str]) -> bool:
    """18 characters with an area and a true date, whatever the last one is."""
    return (
        len(number) == 18
        and number[:17].isdigit()
        and number[:2] in provinces
        and true_date(number[6:14])
    )


def valid_18(number: str, provinces: frozenset[str]) -> bool:
    return has_shape(number, provinces) and check_character(number[:17]) == number[17]


def judge_18(number: str, provinces: frozenset[str], base: float) -> float:
    """1 for a true number, ``base`` for one that a spreadsheet cut to 15 significant
    digits, 0 for others; a credit code whose digits satisfy both needs a word."""
    if valid_18(number, provinces):
        organisation = number[2:6] in _MUNICIPAL and credit_code(number)
        return 0.4 if organisation else 1.0
    cut = number.endswith("000") and has_shape(number, provinces)
    return base if cut else 0


class ResidentIdRecognizer(NumberRecognizer):
    """18 digits with checksum; 15 digits with a true date; and what spreadsheets make
    of it when they keep it as a number (15 significant digits, then ``000``)."""

    ENTITY = "CN_RESIDENT_ID"
    OPEN_NUMBER = True
    CONTEXT = [
        "身份证", "证件号", "公民身份", "证件:", "sfz", "idcard", "id card", "id_card",
        "id number", "identity",
    ]  # fmt: skip
    PATTERNS = [
        (
            "18 digits",
            NUMBER_BEFORE + r"[1-9](?:" + SEP + r"[0-9]){16}" + SEP + LAST
            + NUMBER_AFTER,
            0.5,
        ),
        (
            "15 digits",
            BEFORE + r"[1-9][0-9]{5}[ \-]?[0-9]{2}[01][0-9][0-3][0-9][ \-]?[0-9]{3}"
            + AFTER,
            0.5,
        ),
        (
            "as a number",
            r"(?<![0-9A-Za-z.])[1-9]\.[0-9]{2,16}E\+?17(?![0-9])",
            0.2,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end]
        if "e" in found.lower():
            # 3.10101E+17 has lost too much to check: it counts only in context.
            return base if found[0] + found[2] in PROVINCES else 0
        number = bare(found)
        if len(number) == 15:
            if number[:2] not in PROVINCES or not true_date("19" + number[6:12]):
                return 0
            if other_number(text, start, end):
                return 0
            return base if int(number[6:8]) in _OLD_CARD_YEARS else 0.2
        score = judge_18(number, PROVINCES, base)
        return 0 if score and inside_hash(text, start, end) else score
