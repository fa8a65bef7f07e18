"""How much a few characters alone look like the name of a person.

Log-odds of the characters by place, with a surname list (how the tables were made:
``data/make_name_weights.py``; from jieba's dictionary, MIT).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import lru_cache

from ..text import simplified
from .name_forms import (
    BARE_NAME,
    DATA,
    DOTTED,
    MASKED,
    SHORT,
    TITLES,
    TRANSLITERATED,
    foreign_share,
    other_words,
    several,
    squeeze,
    surnames,
    undotted,
)
from .pinyin import pinyin_score

__all__ = [
    "BARE_NAME",
    "may_hold_name",
    "name_score",
    "name_scores",
    "other_words",
    "squeeze",
    "surnames",
]

#: Endings that make a short word a place or an institution and no person.
ENDINGS = frozenset(
    "市县区省州镇乡村路街校院系部局处科所馆厅班级组类型社站学课费率数量号码票员师人"
    "旗盟屯寨沟湾坝堡店庄浜泾圩埭庙弄营窑舍坪洼峪塬畈垸棚墟铺坳堰堤埠墩滩桥"
)
#: Set so that 0.5 is passed by one in ten unknown words that begin with a surname.
BIAS, ONE_CHARACTER, COMPOUND = 0.7, -0.65, 0.4
ENDING_COST, WORD_COST, TWO_SURNAMES_COST = 3.0, 4.0, 2.5
#: What a character is worth that the tables lack, behind a surname.
UNKNOWN = -0.7
#: What a word that begins with no surname is worth.
NO_SURNAME = 0.02
#: Longer cells are no names and no lists of names.
LONGEST = 60
#: What LAC is asked about may be as unlikely as this.
_GATE = 0.3
Tables = list[dict[str, float]]


@lru_cache(maxsize=1)
def weights() -> Tables:
    """Log-odds of a surname, of the first and the second character behind it, and of
    the only one behind it."""
    return json.loads((DATA / "name_weights.json").read_text("utf-8"))


def name_scores(texts: Sequence[str]) -> list[float]:
    """As ``[name_score(text) for text in texts]``; millions of cells a second."""
    from .name_bulk import name_scores as scores

    return scores(texts)


@lru_cache(maxsize=65536)
def name_score(text: str) -> float:
    """Between 0 and 1; 0.5 is undecided. ``text`` is normalised. A cell that lists
    several names scores as they do on average."""
    if len(text) > LONGEST or MASKED in text or "*" in text:
        return 0.0
    if text.isascii():
        return pinyin_score(text)
    text = simplified(squeeze(text))
    if DOTTED.fullmatch(text):
        share = foreign_share(text)
        return 0.95 if share >= 0.6 else 0.6 if share >= 0.45 else 0.3
    if not SHORT.fullmatch(text):
        if undotted(text):
            return 0.9
        parts = several(text)
        return sum(map(name_score, parts)) / len(parts) if parts else 0.0
    return _short_score(text)


def _short_score(text: str) -> float:
    known = surnames()
    size = 2 if text[:2] in known and len(text) > 2 else 1
    surname, given = text[:size], text[size:]
    if given in TITLES:
        return 0.0
    other = len(text) > 2 and undotted(text)
    if surname not in known:
        return 0.85 if other else NO_SURNAME
    odds = BIAS + (COMPOUND if size == 2 else weights()[0].get(surname, 0.0))
    if len(given) == 3:
        # 张李明轩 bears the surnames of both parents.
        if given[0] not in known:
            return 0.85 if other else NO_SURNAME
        given, odds = given[1:], odds - TWO_SURNAMES_COST
    odds += _given_odds(given)
    if text[-1] in ENDINGS:
        odds -= ENDING_COST
    if text in other_words():
        odds -= WORD_COST
    score = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
    return max(score, 0.85) if other else score


def _given_odds(given: str) -> float:
    _, first, second, only = weights()
    if len(given) == 1:
        return ONE_CHARACTER + only.get(given, UNKNOWN)
    return first.get(given[0], UNKNOWN) + second.get(given[1], UNKNOWN)


@lru_cache(maxsize=1)
def _starts() -> re.Pattern[str]:
    single = "".join(sorted(s for s in surnames() if len(s) == 1))
    double = "|".join(sorted(s for s in surnames() if len(s) == 2))
    foreign = "".join(sorted(TRANSLITERATED))
    return re.compile(
        rf"(?=((?:{double}|[{single}])[\u3400-\u9fff]{{1,2}}))|·|[{foreign}]{{4}}"
    )


def may_hold_name(text: str) -> bool:
    """Whether any stretch of a text could pass for a name; cheap, before LAC."""
    for match in _starts().finditer(simplified(text)):
        piece = match[1]
        if piece is None or any(
            name_score(piece[:size]) > _GATE for size in range(2, len(piece) + 1)
        ):
            return True
    return False
