"""A name that stands alone among cells that are none: one slip in a column of
districts, subjects, remarks or numbers.

What the weights and the second engine say of the cell is weighed against how like names
the *other* words of the column are: among plants, places and brands many words pass for
names, among subjects, posts and states hardly any.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from ..text import simplified
from .name_forms import (
    BARE_NAME,
    other_words,
    places,
    public_figures,
    surnames,
    undotted,
)
from .pinyin import DOUBTFUL, JOINED

#: Cells below this need not be thought of.
CANDIDATE = 0.6
#: What the column's name says of words that are like names: nothing more is believed.
_WORKS = re.compile(
    r"品牌|商标|厂[商家牌]|企业|公司|书名|书目|题名|篇名|作品|曲[名目]|歌[名曲]|诗[名题词]|课文|篇目|"
    r"人物|历史|典故|角色|剧[名目]|片名|电影|景[点区]|故居|名胜|brand|title|book|song",
    re.I,
)
_NATURE = re.compile(
    r"植物|动物|品种|树种|花[卉名]|苗木|菜|食[品材]|药|水果|产品|品名|商品|物[品种资]|颜色|"
    r"地[名点区]|区域|街[道镇]|[乡镇路村桥站河江湖浜园楼馆校]名?$|河流|水系|站[点名]|城市|小区|"
    r"社区|居委|国家|乐器|plant|animal|species|place|city|town|street",
    re.I,
)
#: Villages bear the names of those who founded them.
_VILLAGES = re.compile(
    r"村[居名庄社]|行政村|自然村|村民?小组|居村|嘎查|^村$|village", re.I
)
_LIKE, _FLOOR = 0.3, 0.02
_OF_THEM, _ALONE = 20.0, 1.2
_DOUBTED, _TWO_CHARACTERS = 1.6, 2.5
_WORDS_TOO = frozenset(
    re.findall(r"\w+", "东方 西门 百里 东门 南门 北宫 长孙 梁丘 左丘 东里")
)
_LATIN = 1
#: Bit of a form: a district or town bears that name.
_PLACE = 1 << 28
#: So many of the other words must be places for one more to be of their kind.
_PLACES = 0.3


def may_stand_alone(text: str, score: float) -> bool:
    """Whether a squeezed cell of this :func:`.name_score` is worth a second witness."""
    if text.isascii():
        return " " in text and (score > 0.7 or (score >= DOUBTFUL and text.istitle()))
    return score >= CANDIDATE and bool(BARE_NAME.fullmatch(text))


def _no_surname(text: str) -> bool:
    known = surnames()
    return "·" not in text and text[:1] not in known and text[:2] not in known


def own_odds(text: str, score: float, said: bool) -> float:
    """What speaks for a name in a squeezed cell itself, in log-odds; ``said``: the
    second engine takes it for a person."""
    if text.isascii() and score <= JOINED:
        # Wang Ping is a place too: it counts where nothing else is in Latin letters.
        return _DOUBTED
    odds = math.log(max(score, 1e-3) / max(1 - score, 3e-3))
    odds += 1.5 if said else -2.0
    plain = simplified(text)
    # 萨克斯 and 马林巴 are spelt like names from afar.
    if not plain.isascii() and _no_surname(plain):
        odds -= 0.0 if len(plain) > 3 and undotted(plain) else 1.0
    if len(plain) > 2 and plain[:2] in _certain() and plain not in other_words():
        odds += _TWO_CHARACTERS
    return odds - 4.0 * (plain in public_figures())


@lru_cache(maxsize=1)
def _certain() -> frozenset[str]:
    """Surnames of two characters with which hardly another word begins."""
    return frozenset(s for s in surnames() if len(s) == 2) - _WORDS_TOO


def doubted(score: float, form: int) -> bool:
    """Whether a name in Latin letters may as well be a place's: Heng Shan, Nan Jing."""
    return form & 15 == _LATIN and score <= JOINED


def form(text: str, coded: Callable[[str], int]) -> int:
    """What a cell is compared by: nothing (0), Latin words (1, with 16 if they are
    short ones), or how many Chinese characters, the first and the last of them as
    numbers below 4096, and whether a place is called so."""
    if text.isascii():
        if " " not in text:
            return 0
        # Lan Tian and Hong Shao Rou are syllables of words.
        return _LATIN + 16 * all(len(p) <= 5 for p in re.findall("[A-Za-z]+", text))
    if not BARE_NAME.fullmatch(text):
        return 0
    place = _PLACE if text in places() else 0
    return min(len(text), 15) | coded(text[0]) << 4 | coded(text[-1]) << 16 | place


class Others:
    """The other cells of a column: ``(name score, form)`` of each."""

    def __init__(self, cells: Iterable[tuple[float, int]]) -> None:
        told = [(score, form) for score, form in cells if form]
        latin = [form & 15 == _LATIN for _, form in told]
        self._alike = {
            kind: _alike([s for (s, _), is_latin in zip(told, latin, strict=True)
                          if is_latin == kind])
            for kind in (False, True)
        }  # fmt: skip
        self._latin = sum(latin)
        self._sizes = Counter(form & 15 for _, form in told)
        self._firsts = Counter(form >> 4 & 4095 for _, form in told)
        self._lasts = Counter(form >> 16 & 4095 for _, form in told)
        self._places = sum(bool(form & _PLACE) for _, form in told)

    def against(self, form: int, header: str) -> float:
        """What speaks against a name of this form here, in log-odds."""
        size = form & 15
        latin = size == _LATIN
        kin = self._sizes[size]
        every = kin if latin else sum(self._sizes.values()) - self._latin
        alike = self._alike[latin]
        if form & _PLACE and self._places > max(1, _PLACES * every):
            return _OF_THEM
        if not every:
            # Among numbers and dates a few characters alone are no word of a list.
            return _ALONE
        cost, short = 2.2 + 2.2 * alike, 0.5
        if _WORKS.search(header) or _VILLAGES.search(header):
            cost += 6.0 if kin or not latin else 0.0
        elif _NATURE.search(header) and kin > 0.1 * every:
            cost, short = 4.2 + alike, 2.5
        if latin:
            return cost + 2.0 * (form > 15 and kin >= 3)
        cost += short if size == 2 else 0.0
        # 徐泾 among 朱泾 and 吴泾 is of their kind.
        cost += 1.5 if self._lasts[form >> 16 & 4095] > 1 else 0.0
        return cost + (0.5 if self._firsts[form >> 4 & 4095] > 2 else 0.0)


def _alike(scores: list[float]) -> float:
    like = sum(score > _LIKE for score in scores)
    # One word says little.
    share = max(0.0, like - 0.5) / (len(scores) + 4.0)
    return math.log(max(share, _FLOOR) / _FLOOR)
