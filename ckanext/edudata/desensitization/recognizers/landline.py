"""Fixed-line number: an area code of the national numbering plan (长途区号) and a
subscriber number, with parentheses, separators and extension (转, ext.)."""

from __future__ import annotations

import re

from .numbers import (
    GAP,
    NUMBER_AFTER,
    NUMBER_BEFORE,
    NumberRecognizer,
    inside_hash,
    inside_link,
    other_number,
)
from .resident_id import true_date

#: Areas with eight-digit numbers have 3-digit codes or are large cities; the others
#: are given by their ranges in the plan.
THREE = frozenset(f"02{n}" for n in "012345789") | {"010"}
_FOUR = (
    (310, 319), (335, 335), (349, 359), (370, 379), (391, 398), (410, 419), (421, 421),
    (427, 429), (431, 440), (448, 448), (451, 459), (464, 464), (467, 470), (471, 479),
    (482, 483), (510, 519), (523, 523), (527, 527), (530, 539), (543, 543), (546, 546),
    (550, 566), (570, 580), (591, 599), (631, 635), (660, 660), (662, 663), (668, 668),
    (691, 692), (701, 701), (710, 719), (722, 722), (724, 724), (728, 728), (730, 739),
    (743, 746), (750, 760), (762, 763), (766, 766), (768, 769), (770, 779), (790, 799),
    (812, 813), (816, 819), (825, 827), (830, 839), (851, 859), (870, 879), (881, 883),
    (886, 888), (891, 899), (901, 903), (906, 909), (911, 919), (930, 939), (941, 941),
    (943, 943), (951, 955), (970, 979), (990, 999),
)  # fmt: skip
FOUR = frozenset(f"0{n}" for low, high in _FOUR for n in range(low, high + 1))
_EXTENSION = r"(?:[ \-,;#]{0,2}(?:转|ext\.?|x|分机|-|#)[ :]?[0-9]{1,6})?"
_WORD = (
    r"(?:(?:电话|座机|固话|传真|办公室?|宅电|住宅|家庭)(?:号码|号)?|"
    r"(?<![A-Za-z])(?:tel|phone|fax)\.?)"
)
_COUNTRY = re.compile(r"[(+ 0]{0,4}86[)\- ]{1,2}|\+86")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")


class LandlineRecognizer(NumberRecognizer):
    """Area code and 7 or 8 digits; without an area only where a word names it."""

    ENTITY = "LANDLINE"
    OPEN_NUMBER = True
    CONTEXT = [
        "电话", "传真", "座机", "固话", "联系方式", "宅电", "tel", "phone", "fax",
        "dianhua",
        "lxdh",
    ]  # fmt: skip
    CUE = re.compile(_WORD + GAP, re.I)
    PATTERNS = [
        (
            "area code apart",
            NUMBER_BEFORE + r"(?<![A-Za-z])"
            r"(?:\(?\+?(?:00)?86[)\- ]{1,2}\(?0?|\(?\+86|\(?0)[1-9][0-9]{1,2}"
            r"(?:\)[ \-]?|[ \-–/]{1,2})"
            r"[2-9][0-9]{2,3}[ \-]?[0-9]{4}" + _EXTENSION + r"(?![0-9A-Za-z])",
            0.6,
        ),
        (
            "together",
            NUMBER_BEFORE + r"(?<![A-Za-z\-_.])0[1-9][0-9]{1,2}[2-9][0-9]{6,7}"
            + _EXTENSION + NUMBER_AFTER + r"(?![A-Za-z])",
            0.5,
        ),
        (
            "named",
            _WORD + GAP + r"[2-9][0-9]{2,3}[ \-]?[0-9]{4}" + _EXTENSION
            + NUMBER_AFTER + r"(?![A-Za-z])",
            0.6,
        ),
        (
            "8 digits",
            NUMBER_BEFORE + r"(?<![A-Za-z\-_.])[2-9][0-9]{3}[ \-]?[0-9]{4}" + _EXTENSION
            + NUMBER_AFTER + r"(?![A-Za-z])",
            0.15,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end]
        if other_number(text, start, end) or inside_link(text, start):
            return 0
        number = re.split(r"[转extx分机#,;]", found, maxsplit=1, flags=re.I)[0]
        plain = "".join(c for c in number if c in "0123456789")
        if found[0] not in "(+0" and not (base > 0.5 and _COUNTRY.match(found)):
            # 20240115 beside 联系 is a date.
            return 0 if base < 0.5 and true_date(plain[:8]) else base
        if inside_hash(text, start, end):
            return 0
        if not _true_number(number):
            return 0
        # 05718881234 has the length of many codes; those of large cities and of twelve
        # digits with their leading zero are rare enough.
        common = plain[:3] not in THREE and len(plain) < 12
        return 0.45 if base == 0.5 and common else base


def _true_number(number: str) -> bool:
    """Whether area code and length agree, and the rest is no date."""
    rest = _COUNTRY.sub("", number, count=1) if _COUNTRY.match(number) else number
    groups = re.findall(r"\d+", rest)
    if not groups:
        return False
    if len(groups) == 1 or len(groups[0]) > 4:
        whole = groups[0].lstrip("0")
        size = 2 if f"0{whole[:2]}" in THREE else 3
        area, subscriber = "0" + whole[:size], whole[size:] + "".join(groups[1:])
    else:
        area, subscriber = "0" + groups[0].lstrip("0"), ""
        for group in groups[1:]:
            subscriber += group
            if len(subscriber) >= 7:
                break  # what follows is an extension
    if area not in THREE and area not in FOUR:
        return False
    # 0310-20240115 is a code with a date; Shanghai has such numbers.
    if len(subscriber) == 8 and _DATE.match(subscriber) and area != "021":
        return False
    return len(subscriber) == 8 or (area in FOUR and len(subscriber) >= 7)
