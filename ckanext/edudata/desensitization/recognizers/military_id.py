"""Military identity documents, 军官证, 文职干部证, 士兵证 (Resident Identity Card Law,
Art. 9; GA/T 704): a character of the service or area, 字第, six to eight digits
and 号."""

from __future__ import annotations

import re

from .base import AFTER
from .numbers import GAP, NUMBER_WORD, NumberRecognizer

_WORD = r"(?:军官证|士兵证|士官证|文职干部证|军人证|军人保障卡|退役军人(?:优待)?证)"
_SERVICE = r"[军士文政参后装海空炮南北沈兰济广成东西中武]"


class MilitaryIdRecognizer(NumberRecognizer):
    """军字第1234567号; other numbers where the document is named in front."""

    ENTITY = "MILITARY_ID"
    CHINESE = True
    CONTEXT = ["军官证", "士兵证", "士官证", "军人", "文职", "证件号", "现役", "退役"]
    CUE = re.compile(_WORD + NUMBER_WORD + GAP)
    PATTERNS = [
        (
            "service and number",
            _SERVICE + r" ?字 ?第 ?(?:[A-Z] ?)?[0-9]{6,8}(?: ?号)?" + AFTER,
            0.7,
        ),
        (
            "named",
            _WORD + NUMBER_WORD + GAP + r"(?:[\u4e00-\u9fff]{1,3}字 ?第? ?)?"
            r"[A-Z]?[0-9]{5,10}(?: ?号)?" + AFTER,
            0.75,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        number = "".join(c for c in text[start:end] if c in "0123456789")
        # 南字第202401号 numbers a letter of the year 2024.
        dated = len(number) == 6 and number[:2] in ("19", "20")
        return 0.35 if dated and base < 0.75 else base
