"""Resident identity number, 居民身份证号码 (GB 11643-1999; 15 digits before 1999)."""

from __future__ import annotations

import datetime as dt

from .base import AFTER, BEFORE, TableRecognizer

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "91",
    ]
)
HMT_PROVINCES = frozenset(["81", "82", "83"])


def check_character(first17: str) -> str:
    """ISO 7064 MOD 11-2 over the first 17 digits."""
    return _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, first17, strict=True)) % 11]


def true_date(yyyymmdd: str, first_year: int = 1880) -> bool:
    try:
        day = dt.date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))
    except ValueError:
        return False
    return first_year <= day.year and day <= dt.date.today()


def bare(text: str) -> str:
    """Only the digits and the X of a number written with separators."""
    return "".join(c for c in text.upper() if c.isdigit() or c == "X")


def valid_18(number: str, provinces: frozenset[str]) -> bool:
    return (
        len(number) == 18
        and number[:17].isdigit()
        and number[:2] in provinces
        and true_date(number[6:14])
        and check_character(number[:17]) == number[17]
    )


class ResidentIdRecognizer(TableRecognizer):
    """18 digits with checksum; 15 digits with a true date; and what spreadsheets make
    of it when they keep it as a number (15 significant digits, then ``000``)."""

    ENTITY = "CN_RESIDENT_ID"
    CONTEXT = ["身份证", "证件", "公民身份", "sfz", "idcard", "id card", "id number"]
    PATTERNS = [
        (
            "18 digits",
            r"(?<!\d)(?<!\d\.)[1-9](?:[\s\-._·/]{0,2}\d){16}"
            r"[\s\-._·/]{0,2}[\dXx](?![0-9])",
            0.5,
        ),
        ("15 digits", BEFORE + r"[1-9]\d{5}\d{2}[01]\d[0-3]\d{4}" + AFTER, 0.35),
        (
            "as a number",
            r"(?<![0-9A-Za-z.])[1-9]\.\d{2,16}[Ee]\+?17(?!\d)",
            0.2,
        ),
    ]

    def validate_result(self, pattern_text: str) -> bool | None:
        if "e" in pattern_text.lower():
            # 3.10101E+17 has lost too much to check: it counts only in context.
            return None if pattern_text[0] + pattern_text[2] in PROVINCES else False
        number = bare(pattern_text)
        if len(number) == 15:
            true = number[:2] in PROVINCES and true_date("19" + number[6:12])
            return None if true else False
        if valid_18(number, PROVINCES):
            return True
        cut = number.endswith("000") and number[:2] in PROVINCES
        return None if cut and true_date(number[6:14]) else False
