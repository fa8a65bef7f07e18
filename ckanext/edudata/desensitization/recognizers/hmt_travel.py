"""Mainland travel permits: 港澳居民来往内地通行证 (回乡证: H or M and 8 digits, older
ones with two more) and 台湾居民来往大陆通行证 (台胞证: 8 digits; the old booklet 10
digits and a letter). Exit and Entry Administration Law, Art. 10; GA/T 704.

Neither has a checksum, so both need a word beside them that names them."""

from __future__ import annotations

import re

from .base import AFTER, BEFORE
from .numbers import GAP, NUMBER_WORD, NumberRecognizer
from .resident_id import true_date

_WORD = (
    r"(?:回乡证|台胞证|台湾居民来往大陆通行证|(?:港澳居民)?来往内地通行证|往来(?:大陆|"
    r"内地)通行证|"
    r"往来港澳通行证|往来台湾通行证)"
)


class HmtTravelRecognizer(NumberRecognizer):
    """Permits of residents of HK and Macao, and of Taiwan, for the mainland."""

    ENTITY = "HMT_TRAVEL_PERMIT"
    OPEN_NUMBER = True
    CONTEXT = [
        "回乡证", "通行证", "台胞证", "来往内地", "来往大陆", "港澳居民", "证件号",
    ]  # fmt: skip
    CUE = re.compile(_WORD + NUMBER_WORD + GAP)
    PATTERNS = [
        (
            "named",
            _WORD + NUMBER_WORD + GAP + r"[A-Z]?[0-9]{8}(?:[0-9]{2})?(?:\(?[A-Z]\)?)?"
            + AFTER,
            0.7,
        ),
        ("HK and Macao", BEFORE + r"[HM][0-9]{8}(?:[0-9]{2})?" + AFTER, 0.4),
        (
            "Taiwan",
            BEFORE + r"(?:[0-9]{8}|T[0-9]{8}|[0-9]{10}(?:\(?[A-Z]\)?)?)" + AFTER,
            0.15,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        # 20240115 beside 通行证 is the day of its issue.
        found = text[start:end]
        return 0 if base < 0.5 and found.isdigit() and true_date(found[:8]) else base
