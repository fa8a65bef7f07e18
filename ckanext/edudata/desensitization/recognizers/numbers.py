"""What recognizers of numbers share beyond patterns: what stands around a number.

A pattern sees a few characters. Whether 13812345678 is a telephone also depends on the
token that it is part of: a web address, a hash or an order number is none. All looks
around a match are bounded, so that the whole stays linear.
"""

from __future__ import annotations

import re

from ..header_words import counts_things
from .base import BOOST, FLAGS, Span, TableRecognizer

#: Between the digits of one number, as people write it.
SEP = r"[ \t\r\n\-._·/()]{0,2}"
#: Not the end of a longer number or of a decimal fraction; lists (1,2) are allowed.
NUMBER_BEFORE = r"(?<![0-9])(?<![0-9]\.)"
#: Not followed by more digits or decimals; ``.0`` is what a float leaves behind.
NUMBER_AFTER = r"(?![0-9])(?!\.(?!0(?![0-9]))[0-9])"
#: Between a word that names a number and the number.
GAP = r"(?:[ \t]?[:=为是#(\[\"'][ \t]?|[ \t]){0,3}"
#: 号, 号码, 编号 after such a word.
NUMBER_WORD = r"(?:证件?|卡)?(?:号码|编号|代码|帐号|账号|号|码)?"

_REACH = 300
_TOKEN = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/?#&=._~%+@-!*$"
)
_HEX = frozenset("0123456789abcdefABCDEF-")
_URL = re.compile(
    r"[a-z][a-z0-9+.\-]{1,9}://|www\.|\bdoi\b|10\.\d{4,9}/|"
    r"\.(?:com|cn|org|net|edu|gov|io)[/:?]",
    re.I,
)
_PERSONAL_PARAMETER = re.compile(
    r"(?:mobile|phone|tel|sj|dh|sfz|id_?card|idno|card|user|account|name|uid|qq)"
    r"[a-z_]{0,12}=$",
    re.I,
)
_OTHER_NUMBER = re.compile(
    r"(?:订单|单据|流水|批次|条形?码|货|快递|运单|物流|发票|合同|专利|备案|案件|商品|"
    r"产品|设备|"
    r"资产|序列|工单|交易|标识|项目|招标|采购|许可证?|卷宗|索书|图书|资源|课程|版本|"
    r"指纹)"
    r"(?:编号|编码|代码|单号|号码|号|码)?[:=是为# ]{0,3}$|"
    r"(?:order|invoice|sku|isbn|issn|doi|serial|patent|batch|ticket|version|ver|code|"
    r"timestamp|hash|uuid|barcode)[ _\-]?(?:no|id|number)?[.:=# ]{0,3}$",
    re.I,
)
_MONEY_BEFORE = re.compile(r"[¥$€£]\s?$")
_UNIT_AFTER = re.compile(
    r"\s?(?:元(?!旦)|万|亿|千瓦|%|‰|吨|公斤|千克|平方|立方|公里|字节|人次|人民币|美元|"
    r"册|"
    r"(?:kg|km|[gmk]?b|ms|px|kwh?|ml|rmb|usd|cny|pcs|m2|m3)(?![a-z]))",
    re.I,
)


def token_before(text: str, start: int) -> str:
    """The unbroken ASCII characters before a place, 300 at most."""
    low = start
    while low > 0 and start - low < _REACH and text[low - 1] in _TOKEN:
        low -= 1
    return text[low:start]


def inside_link(text: str, start: int) -> bool:
    """Part of a web address, a path or a DOI, and no parameter of a person's."""
    before = token_before(text, start)
    if _PERSONAL_PARAMETER.search(before[-40:]):
        return False
    return bool(_URL.search(before)) or _is_path(before)


def _is_path(before: str) -> bool:
    """/data/2024/: slashes with a word between them, the last one just before."""
    parts = before.split("/")
    return len(parts) > 2 and not parts[-1] and any(map(_has_letter, parts[:-1]))


def _has_letter(part: str) -> bool:
    return any(map(str.isalpha, part))


def inside_hash(text: str, start: int, end: int) -> bool:
    """Part of a UUID, a hash or another run of 16 and more hexadecimal digits."""
    low, high = start, end
    if not _HEX.issuperset(text[start:end]):
        return False
    while low > 0 and start - low < 64 and text[low - 1] in _HEX:
        low -= 1
    while high < len(text) and high - end < 64 and text[high] in _HEX:
        high += 1
    run = text[low:high]
    return len(run) >= 16 and bool(re.search("[a-fA-F]", run))


def other_number(text: str, start: int, end: int) -> bool:
    """Named as another kind of number, or an amount."""
    before = text[max(0, start - 24) : start]
    return bool(
        _OTHER_NUMBER.search(before)
        or _MONEY_BEFORE.search(before)
        or _UNIT_AFTER.match(text, end)
    )


class NumberRecognizer(TableRecognizer):
    """Patterns, then :meth:`judge` with a view of what stands around.

    ``CUE`` matches the word in front that a pattern takes in (学号: 2021…); the span is
    that of the number alone. A candidate that fails does not hide one inside it.
    """

    CUE: re.Pattern[str] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._own = [(re.compile(r, FLAGS), s) for _, r, s in self.PATTERNS]

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        """Score of ``text[start:end]``, 0 if it is none; 1 proves itself."""
        return base

    def find(self, text: str) -> list[Span]:
        """As in the base class."""
        found: list[Span] = []
        for pattern, base in self._own:
            match = pattern.search(text)
            while match:
                start, end = match.span()
                if self.CUE and (cue := self.CUE.match(match[0])):
                    start += cue.end()
                if text[start] == "(" and ")" not in text[start:end]:
                    start += 1  # it opens what stands around the number
                score = self.judge(text, start, end, base)
                if score:
                    if score < 1 and self._near(text, start, end):
                        score = min(1.0, score + BOOST)
                    found.append((start, end, score))
                    match = pattern.search(text, end)
                else:
                    match = pattern.search(text, match.start() + 1)
        if len(found) < 2:
            return found
        found.sort(key=lambda span: (-span[2], span[0] - span[1]))
        kept: list[Span] = []
        for span in found:
            if not any(span[0] < k[1] and k[0] < span[1] for k in kept):
                kept.append(span)
        return sorted(kept)

    def in_context(self, words: str) -> bool:
        return super().in_context(words) and not counts_things(words)
