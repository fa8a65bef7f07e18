"""Names in Hanyu Pinyin (GB/T 28039-2011: surname and given name apart, surname first
at home, last abroad), without tones. One cell says little; a column of them is a column
of names."""

from __future__ import annotations

import re
from functools import lru_cache

from .name_forms import DATA

#: Two words, the commonest surnames; other surnames; a single word; an order or words
#: that English or a map has too.
SURE, LIKELY, JOINED, DOUBTFUL = 0.95, 0.8, 0.52, 0.4
_COMMON = 130
_WORDS = re.compile(r"[A-Za-z]+(?:['\-][A-Za-z]+)*")
_NAME = re.compile(r"[A-Za-z][A-Za-z'\- ,.]{2,38}[A-Za-z]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# What stands behind names of roads, districts and waters.
_PLACE_AFTER = frozenset(
    re.findall(
        r"\w+",
        """
        lu qu shi xian zhen cun jie sheng dao nong shan hai men qiao zhou
        """,
    )
)
#: Words of English, and of brands, that are syllables too.
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """
        long song fan he she man men pan pen pin ban can dan den gang sang rang bang
        tang wan sun run gun fun bin din sin die lie pie tie bade me hi ha la ma pa to
        you do so no a an in on hang dong ling ping kung language gene more fare hare
        mine tone line pine wine fine tune home care dare lane pane wage huge date
        gate late mate name game lake make take bike hike like pale sale male tale mile
        pile change chance sense range tea sea china human panda banana tuna sauna chow
        fang hence hong kong
        rude sue tan wang yang ying baidu huawei xiaomi taobao tianmao weibo weixin
        """,
    )
)


@lru_cache(maxsize=1)
def _tables() -> tuple[re.Pattern[str], dict[str, int], tuple[frozenset[str], ...]]:
    syllables, surnames, *places = (
        line.split() for line in (DATA / "pinyin.txt").read_text("utf-8").splitlines()
    )
    longest = sorted(syllables, key=len, reverse=True)
    one = "(?:" + "|".join(longest) + ")"
    given = re.compile(rf"{one}(?:['\-]?{one}){{0,2}}")
    return given, {s: n for n, s in enumerate(surnames)}, tuple(map(frozenset, places))


def pinyin_score(text: str) -> float:
    """How much an ASCII text looks like one name in pinyin, 0 to 1."""
    text = text.strip()
    if not _NAME.fullmatch(text):
        return 0.0
    comma = "," in text
    words = _WORDS.findall(text)
    if not 1 <= len(words) <= 3 or "." in text:
        return 0.0
    if len(words) == 1:
        camel = _CAMEL.split(words[0])
        if len(camel) != 2 or "-" in words[0]:
            return _joined(words[0])
        words = camel
    return max(_spaced(words, True), 0.0 if comma else _spaced(words[::-1], False))


def pinyin_name(text: str) -> bool:
    """Whether a text is a surname and a given name of one to three syllables."""
    return pinyin_score(text) > JOINED


def _spaced(words: list[str], at_home: bool) -> float:
    """Surname first (``at_home``), or with the words turned round."""
    given, surnames, (places, _) = _tables()
    surname = words[0].lower().replace("'", "")
    rest = words[1:] if at_home else words[:0:-1]
    name = "".join(rest).lower()
    rank = surnames.get(surname)
    if rank is None or len(name) > 18 or not given.fullmatch(name):
        return 0.0
    if len(rest) > 1 and len(name) > 12:
        return 0.0
    if surname + name in places or name + surname in places:
        return DOUBTFUL
    if not at_home and (surname in _PLACE_AFTER or name in places):
        return DOUBTFUL
    if surname in _ENGLISH and all(word.lower() in _ENGLISH for word in rest):
        return DOUBTFUL
    return SURE if rank < _COMMON else LIKELY


def _joined(word: str) -> float:
    """zhangsan, liming: a common surname and one or two syllables in one word."""
    given, surnames, (_, places) = _tables()
    word = word.lower()
    if not 5 <= len(word) <= 16 or word in places or word in _ENGLISH:
        return 0.0
    for size in range(2, 6):
        rank = surnames.get(word[:size])
        rest = word[size:]
        common = rank is not None and rank < _COMMON
        if common and 1 < len(rest) <= 11 and given.fullmatch(rest):
            return JOINED
    return 0.0
