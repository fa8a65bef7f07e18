"""The commonest identifiers, many at a time: texts of one shape as a matrix of digits.

Each function says what its recognizer's ``find`` would say of such a text, or leaves
the text to it; ``tests/desensitization/test_bulk.py`` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .recognizers.base import Span, TableRecognizer
from .recognizers.email import NOT_AN_ADDRESS
from .recognizers.mobile import PREFIXES
from .recognizers.resident_id import PROVINCES

#: The spans of those that are sure, which they are, and those that must be asked.
Answer = tuple[list[Span], list[int], list[int]]
Bulk = Callable[[Sequence[str], str, TableRecognizer], "Answer | None"]
_ID, _ID_X, _ELEVEN = "0" * 18, "0" * 17 + "a", "0" * 11
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CREDIT_WEIGHTS = np.array([3**place % 31 for place in range(17)])
_CHECK = np.frombuffer(b"10X98765432", np.uint8)
_PROVINCE, _PREFIX = np.zeros(100, dtype=bool), np.zeros(1000, dtype=bool)
_PROVINCE[[int(province) for province in PROVINCES]] = True
_PREFIX[[int(prefix) for prefix in PREFIXES]] = True
#: How many different digits a set of them holds, by its bits.
_DIFFERENT = np.array([bits.bit_count() for bits in range(1 << 10)])
#: What every account in plain letters stands behind, or begins with.
_SERVICE = re.compile("qq|we(?:chat|ixin)|wx|vx|skype", re.IGNORECASE)
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


class _Matrix:
    """The characters of the last group, which several recognizers ask for."""

    texts: Sequence[str] | None = None
    codes: Any = None


def _matrix(texts: Sequence[str], size: int) -> Any:
    if _Matrix.texts is not texts:
        raw = np.frombuffer("".join(texts).encode("ascii"), np.uint8)
        _Matrix.texts, _Matrix.codes = texts, raw.reshape(-1, size)
    return _Matrix.codes


def resident_ids(
    texts: Sequence[str], shape: str, recognizer: TableRecognizer
) -> Answer | None:
    """18 digits that prove themselves; all others are left."""
    if shape not in (_ID, _ID_X):
        return None
    raw = _matrix(texts, 18)
    digit = raw[:, :17].astype(np.int64) - 48
    last = np.where(raw[:, 17] == ord("x"), ord("X"), raw[:, 17])
    right = last == _CHECK[digit @ _WEIGHTS % 11]
    right &= _PROVINCE[digit[:, 0] * 10 + digit[:, 1]]
    year = digit[:, 6:10] @ [1000, 100, 10, 1]
    month, day = digit[:, 10] * 10 + digit[:, 11], digit[:, 12] * 10 + digit[:, 13]
    # The oldest and newest dates, and leap days, are left to the recognizer.
    right &= (year >= 1920) & (year < _this_year()) & (month >= 1) & (month <= 12)
    right &= (day >= 1) & (day <= _DAYS[np.minimum(month, 12)])
    # One in 31 could be a credit code (GB 32100) as well: the recognizer decides.
    right &= (digit @ _CREDIT_WEIGHTS + (last - 48)) % 31 != 0
    return [(0, 18, 1.0)], _where(right), _where(~right)


def mobiles(
    texts: Sequence[str], shape: str, recognizer: TableRecognizer
) -> Answer | None:
    """Eleven digits with an allotted prefix; others are none, as nothing stands
    beside them."""
    if shape != _ELEVEN:
        return None
    raw = _matrix(texts, 11)
    prefix = (raw[:, :3].astype(np.int64) - 48) @ [100, 10, 1]
    right = _PREFIX[prefix]
    # Few different digits: the recognizer decides.
    which = np.bitwise_or.reduce(np.left_shift(1, raw - 48, dtype=np.int16), axis=1)
    plain = _DIFFERENT[which] > 3
    return [(0, 11, 0.6)], _where(right & plain), _where(right & ~plain)


#: In any line of a text.
_A_FILE = re.compile(NOT_AN_ADDRESS.pattern, re.IGNORECASE | re.MULTILINE)


def emails(texts: Sequence[str], shape: str, email: TableRecognizer) -> Answer | None:
    """Where one text is an address as a whole, all of its shape are, but for names of
    files."""
    whole = [(0, len(shape), 1.0)]
    if "@" not in shape or email.find(texts[0]) != whole:
        return None
    if not _A_FILE.search("\n".join(texts)):
        return whole, list(range(len(texts))), []
    files = [i for i, text in enumerate(texts) if NOT_AN_ADDRESS.search(text)]
    sure = set(range(len(texts))).difference(files)
    return whole, sorted(sure), files


def accounts(
    texts: Sequence[str], shape: str, recognizer: TableRecognizer
) -> Answer | None:
    """No service is named in any of them: none; else all are left."""
    blob = "\n".join(texts)
    return ([], [], []) if blob.isascii() and not _SERVICE.search(blob) else None


def _begins(size: int, *first: str) -> Bulk:
    """So many digits are left only if they begin so; the others are none."""

    def function(
        texts: Sequence[str], shape: str, recognizer: TableRecognizer
    ) -> Answer | None:
        if shape not in ("0" * size, "0" * (size - 1) + "a"):
            return None
        raw = _matrix(texts, size)
        left = np.zeros(len(texts), dtype=bool)
        for start in first:
            codes = np.frombuffer(start.encode("ascii"), np.uint8)
            left |= (raw[:, : len(codes)] == codes).all(axis=1)
        return [], [], _where(left)

    return function


def _where(mask: Any) -> list[int]:
    return np.flatnonzero(mask).tolist()


def _this_year() -> int:
    import datetime as dt

    return dt.date.today().year


BULK: dict[str, Bulk] = {
    "CN_RESIDENT_ID": resident_ids,
    "MOBILE": mobiles,
    "EMAIL": emails,
    "ONLINE_ACCOUNT": accounts,
    "HMT_RESIDENCE_PERMIT": _begins(18, "8"),
    "FOREIGNER_ID": _begins(18, "9"),
    "BANK_CARD": _begins(18, "62"),
    "LANDLINE": _begins(11, "0"),
}
