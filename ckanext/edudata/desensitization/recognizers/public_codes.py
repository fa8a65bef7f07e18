"""Codes of organisations that look like a person's number: unified social credit code
(GB 32100-2015) and organisation code (GB 11714-1997)."""

from __future__ import annotations

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DEPARTMENTS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "N", "Y")
#: First two digits of administrative areas (GB/T 2260); 10 stands for the state.
_AREAS_CODES = (
    "10 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 "
    "54 61 62 63 64 65 71 81 82"
)
_AREAS = frozenset(_AREAS_CODES.split())


def organisation_code(code: str) -> bool:
    """Nine characters, the last one the check character of GB 11714."""
    try:
        values = [_ORGANISATION.index(char) for char in code[:8]]
    except ValueError:
        return False
    total = sum(w * v for w, v in zip(_ORGANISATION_WEIGHTS, values, strict=False))
    check = 11 - total % 11
    return len(code) == 9 and code[8] == {10: "X", 11: "0"}.get(check, str(check))


def credit_code(code: str) -> bool:
    """18 characters that satisfy GB 32100 in every part: department, area, the
    organisation code inside and the check character. One in ten thousand others does.
    """
    code = code.upper()
    if len(code) != 18 or code[0] not in _DEPARTMENTS or code[2:4] not in _AREAS:
        return False
    try:
        values = [_CREDIT.index(char) for char in code]
    except ValueError:
        return False
    total = sum(w * v for w, v in zip(_CREDIT_WEIGHTS, values[:17], strict=True))
    return (31 - total % 31) % 31 == values[17] and organisation_code(code[8:17])
