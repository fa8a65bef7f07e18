"""Codes of units. Pure."""

from __future__ import annotations

import re

SCHOOL_KINDS = frozenset(
    [
        "11",
        "21",
        "22",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "51",
        "91",
        "92",
        "93",
    ]
)
"""First two digits of 学校标识码 (JY/T 1001)."""

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = [pow(3, position, 31) for position in range(17)]


def is_school_code(code: str) -> bool:
    """学校标识码: kind (2 digits), province (2), sequence (6)."""
    return bool(re.fullmatch(r"[0-9]{10}", code)) and code[:2] in SCHOOL_KINDS


def is_credit_code(code: str) -> bool:
    """统一社会信用代码 with its check character (GB 32100-2015)."""
    if len(code) != 18 or any(char not in _CREDIT for char in code):
        return False
    total = sum(
        _CREDIT.index(char) * weight
        for char, weight in zip(code[:17], _WEIGHTS, strict=True)
    )
    return _CREDIT[(31 - total % 31) % 31] == code[17]
