"""Fixed-line number: an area code of the national numbering plan (长途区号) and a
subscriber number, with parentheses, separators and extension (转, ext.)."""

from __future__ import annotations

import re

from .base import AFTER, BEFORE, TableRecognizer

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
_AREA = re.compile(r"\(?(?:\+?86[ \-)]*)?\(?(0?\d{2,3})")


class LandlineRecognizer(TableRecognizer):
    """Area code and 7 or 8 digits; without separators only where a word names it."""

    ENTITY = "LANDLINE"
    OPEN_NUMBER = True
    CONTEXT = ["电话", "传真", "座机", "固话", "热线", "联系", "tel", "phone", "fax"]
    PATTERNS = [
        (
            "area code apart",
            BEFORE + r"(?:\(?\+?86[)\- ]{1,2})?\(?0\d{2,3}(?:\) ?|[ \-–/]{1,2})"
            r"[2-9]\d{2,3}[ \-]?\d{4}"
            r"(?:[ \-,;]?(?:转|ext\.?|x|-) ?\d{1,6})?(?![0-9A-Za-z])",
            0.6,
        ),
        ("together", BEFORE + r"0\d{2,3}[2-9]\d{6,7}(?:(?:转|-)\d{1,6})?" + AFTER, 0.2),
        (
            "8 digits",
            BEFORE + r"[2-9]\d{3}[ \-]?\d{4}(?:(?:转|-)\d{1,6})?" + AFTER,
            0.15,
        ),
    ]  # fmt: skip

    def validate_result(self, pattern_text: str) -> bool | None:
        found = _AREA.match(pattern_text)
        if not found or "0" not in pattern_text[:6]:
            return None
        if not pattern_text.lstrip("(+").startswith(("0", "86")):
            return None
        area = found[1] if found[1].startswith("0") else "0" + found[1]
        return None if area[:3] in THREE or area in FOUR else False
