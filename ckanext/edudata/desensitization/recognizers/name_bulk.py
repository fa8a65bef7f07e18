""":func:`.name_weights.name_score` for many cells at once, over their code points.

Cells of two to four Chinese characters are scored in numpy; the few others that could
score at all go to the function itself, so that both always say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..text import simplified
from . import name_weights as one

_CODES = 0x40000
_CHINESE, _LETTER, _MARK = 1, 2, 4
#: So many cells stay in the processor's cache.
_AT_ONCE = 8192
#: Longer cells are no names and no lists of names.
LONGEST = 40


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    kinds = np.zeros(_CODES, np.uint8)
    for first, last in one.CHINESE_RANGES:
        kinds[first : last + 1] = _CHINESE
    kinds[[ord(c) for c in one.LETTERS]] = _LETTER
    kinds[[ord(c) for c in one.MARKS]] = _MARK
    plain = np.arange(_CODES, dtype=np.uint32)
    bmp = simplified("".join(map(chr, range(0x3400, 0xA000))))
    plain[0x3400:0xA000] = [ord(c) for c in bmp]
    weights = one.weights()
    single = np.zeros(_CODES, bool)
    compound = []
    for name in one.surnames():
        if len(name) == 1:
            single[ord(name)] = True
        else:
            compound.append(ord(name[0]) * _CODES + ord(name[1]))
    places = np.zeros((3, _CODES))
    for row, table in zip(places, weights, strict=True):
        for char, value in table.items():
            if len(char) == 1:
                row[ord(char)] = value
    pairs = {ord(k[0]) * _CODES + ord(k[1]): v for k, v in weights[0].items() if k[1:]}
    compound.sort()
    ending = np.zeros(_CODES, bool)
    ending[[ord(c) for c in one.ENDINGS]] = True
    role = np.zeros(_CODES, bool)
    role[[ord(c) for c in one.ROLE_ENDINGS]] = True
    return {
        "kinds": kinds,
        "plain": plain,
        "single": single,
        "compound": np.array(compound, np.int64),
        "pairs": np.array([pairs.get(c, 0.0) for c in compound]),
        "places": places,
        "ending": ending,
        "role": role,
    }


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
    codes = np.minimum(codes, _CODES - 1)
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    sizes = ends - starts
    kinds = tables["kinds"][codes]
    chinese = np.add.reduceat(kinds == _CHINESE, starts, dtype=np.int32)
    scores = np.zeros(len(texts))
    whole = (chinese == sizes) & (sizes > 0)
    fast = whole & (sizes >= 2) & (sizes <= 4)
    last = tables["plain"][codes[np.maximum(ends - 1, 0)]]
    slow = whole & (sizes >= 3) & (sizes <= 10) & tables["role"][last]
    fast &= ~slow
    mixed = ~whole & (sizes <= LONGEST) & (sizes > 1)
    if mixed.any():
        marks = np.add.reduceat(kinds == _MARK, starts, dtype=np.int32)
        letters = np.add.reduceat(kinds == _LETTER, starts, dtype=np.int32)
        slow |= mixed & (chinese > 0) & (marks > 0)
        slow |= mixed & (chinese == 0) & (letters + marks == sizes)
    if fast.any():
        scores[fast] = _score(tables, codes, starts[fast], sizes[fast])
    answer: list[float] = scores.tolist()
    for place in np.flatnonzero(slow).tolist():
        answer[place] = one.name_score(texts[place])
    return answer


def _score(tables: dict[str, Any], codes: Any, starts: Any, sizes: Any) -> Any:
    # Behind the last cell there is its separator; further places are not looked at.
    at = np.minimum(starts[:, None] + np.arange(4), len(codes) - 1)
    chars = tables["plain"][codes[at]].astype(np.int64)
    pair = chars[:, 0] * _CODES + chars[:, 1]
    where = np.searchsorted(tables["compound"], pair)
    where = np.minimum(where, len(tables["compound"]) - 1)
    double = (tables["compound"][where] == pair) & (sizes > 2)
    given = sizes - 1 - double
    known = (double | tables["single"][chars[:, 0]]) & (given <= 2)
    place = tables["places"]
    odds = np.where(double, tables["pairs"][where], place[0][chars[:, 0]])
    rows = np.arange(len(chars))
    odds = odds + place[1][chars[rows, 1 + double]]
    second = chars[rows, np.minimum(2 + double, 3)]
    odds = odds + np.where(given == 2, place[2][second], 0.0)
    last = chars[rows, sizes - 1]
    odds = odds - np.where(tables["ending"][last], one.ENDING_COST, 0.0)
    masked = ((chars == ord(one.MASKED)) & (np.arange(4) < sizes[:, None])).any(axis=1)
    value = 1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0)))
    return np.where(masked, 0.0, np.where(known, value, one.NO_SURNAME))
