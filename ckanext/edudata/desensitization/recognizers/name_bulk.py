""":func:`.name_weights.name_score` for many cells at once, over their code points.

Cells of two to four Chinese characters are scored in numpy; the few others that could
score at all go to the function itself, so that both always say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..text import simplified
from . import name_forms as forms
from . import name_weights as one

_CODES = 0x40000
_CHINESE, _LETTER, _MARK = 1, 2, 4
#: So many cells stay in the processor's cache.
_AT_ONCE = 8192


def _flags(chars: Iterable[str]) -> Any:
    flags = np.zeros(_CODES, bool)
    flags[[ord(char) for char in chars]] = True
    return flags


def _row(table: dict[str, float], missing: float) -> Any:
    row = np.full(_CODES, missing)
    for char, value in table.items():
        if len(char) == 1:
            row[ord(char)] = value
    return row


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    kinds = np.zeros(_CODES, np.uint8)
    for first, last in forms.CHINESE_RANGES:
        kinds[first : last + 1] = _CHINESE
    kinds[[ord(c) for c in forms.LETTERS]] = _LETTER
    kinds[[ord(c) for c in forms.MARKS]] = _MARK
    plain = np.arange(_CODES, dtype=np.uint32)
    bmp = simplified("".join(map(chr, range(0x3400, 0xA000))))
    plain[0x3400:0xA000] = [ord(c) for c in bmp]
    surname, first, second, only = one.weights()
    compound = [s for s in forms.surnames() if len(s) > 1]
    words = [w for w in forms.other_words() if len(w) <= 4]
    return {
        "kinds": kinds,
        "plain": plain,
        "single": _flags(s for s in forms.surnames() if len(s) == 1),
        "compound": np.sort(_keys([[ord(c) for c in s] for s in compound])),
        "words": np.sort(_keys([[ord(c) for c in w] for w in words])),
        "surname": _row(surname, 0.0),
        "first": _row(first, one.UNKNOWN),
        "second": _row(second, one.UNKNOWN),
        "only": _row(only, one.UNKNOWN),
        "ending": _flags(one.ENDINGS),
        "role": _flags(forms.ROLE_ENDINGS),
        "foreign": _flags(forms.TRANSLITERATED),
    }


def _keys(codes: Sequence[Sequence[int]]) -> Any:
    """Up to four characters of the basic plane as one number; others fit no word."""
    padded = np.zeros((len(codes), 4), np.uint64)
    for row, some in zip(padded, codes, strict=True):
        row[: len(some)] = some
    return _key(padded)


def _key(chars: Any) -> Any:
    parts = np.minimum(chars.astype(np.uint64), np.uint64(0xFFFF))
    key = np.zeros(len(chars), np.uint64)
    for place in range(chars.shape[1]):
        key = (key << np.uint64(16)) | parts[:, place]
    return key


def _among(keys: Any, table: Any) -> Any:
    at = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return table[at] == keys


def name_scores(texts: Sequence[str]) -> list[float]:
    """As ``[name_score(text) for text in texts]``."""
    found: list[float] = []
    for at in range(0, len(texts), _AT_ONCE):
        found += _scores(texts[at : at + _AT_ONCE])
    return found


def _scores(texts: Sequence[str]) -> list[float]:
    joined = "\0".join(texts) + "\0"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.flatnonzero(codes == 0)
    if len(ends) != len(texts):
        return [one.name_score(text) for text in texts]
    tables = _tables()
    codes = tables["plain"][np.minimum(codes, _CODES - 1)]
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    sizes = ends - starts
    kinds = tables["kinds"][codes]

    def number(flags: Any) -> Any:
        return np.add.reduceat(flags, starts, dtype=np.int32)

    chinese = number(kinds == _CHINESE)
    whole = (chinese == sizes) & (sizes > 1)
    slow = np.zeros(len(texts), bool)
    long = whole & (sizes >= 3)
    if long.any():
        role = tables["role"][codes[np.maximum(ends - 1, 0)]]
        first = tables["single"][codes[starts]]
        second = tables["single"][codes[np.minimum(starts + 1, len(codes) - 1)]]
        slow |= long & role & (sizes <= 10)
        slow |= long & (sizes == 4) & first & second
        slow |= long & (sizes <= 7) & (number(tables["foreign"][codes]) == sizes)
    mixed = (chinese != sizes) & (sizes <= one.LONGEST) & (sizes > 1)
    if mixed.any():
        marks, letters = number(kinds == _MARK), number(kinds == _LETTER)
        slow |= mixed & (chinese > 0) & (marks > 0)
        slow |= mixed & (chinese == 0) & (letters > 1) & (letters + marks == sizes)
    scores = np.zeros(len(texts))
    fast = whole & (sizes <= 4) & ~slow
    if fast.any():
        scores[fast] = _score(tables, codes, starts[fast], sizes[fast])
    answer: list[float] = scores.tolist()
    for place in np.flatnonzero(slow).tolist():
        answer[place] = one.name_score(texts[place])
    return answer


def _score(tables: dict[str, Any], codes: Any, starts: Any, sizes: Any) -> Any:
    # Behind the last cell there is its separator; further places are not looked at.
    at = np.minimum(starts[:, None] + np.arange(4), len(codes) - 1)
    chars = np.where(np.arange(4) < sizes[:, None], codes[at], 0)
    pair = np.zeros_like(chars)
    pair[:, :2] = chars[:, :2]
    double = (sizes > 2) & _among(_key(pair), tables["compound"])
    given = sizes - 1 - double
    known = (double | tables["single"][chars[:, 0]]) & (given <= 2)
    odds = np.where(double, one.COMPOUND, tables["surname"][chars[:, 0]]) + one.BIAS
    rows = np.arange(len(chars))
    first, second = chars[rows, 1 + double], chars[rows, np.minimum(2 + double, 3)]
    odds += np.where(
        given == 1,
        one.ONE_CHARACTER + tables["only"][first],
        tables["first"][first] + tables["second"][second],
    )
    last = chars[rows, sizes - 1]
    odds -= np.where(tables["ending"][last], one.ENDING_COST, 0.0)
    if known.any():
        found = _among(_key(chars[known]), tables["words"])
        odds[known] -= np.where(found, one.WORD_COST, 0.0)
    value = 1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0)))
    masked = (chars == ord(forms.MASKED)).any(axis=1)
    return np.where(masked, 0.0, np.where(known, value, one.NO_SURNAME))
