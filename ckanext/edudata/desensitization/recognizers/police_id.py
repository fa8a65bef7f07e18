"""Police identity: 警号 (six digits, seven for auxiliaries) and 人民警察证 (Ministry of
Public Security, Order 97); both only where a word names them."""

from __future__ import annotations

import re

from .base import AFTER
from .numbers import GAP, NUMBER_WORD, NumberRecognizer

_WORD = r"(?:警号|警官证|人民警察证|警察证|辅警号|协警号)"


class PoliceIdRecognizer(NumberRecognizer):
    """警号:012345; 沪公字第012345号."""

    ENTITY = "POLICE_ID"
    CHINESE = True
    CONTEXT = ["警官证", "警察", "民警", "警号"]
    CUE = re.compile(_WORD + NUMBER_WORD + GAP)
    PATTERNS = [
        (
            "named",
            _WORD + NUMBER_WORD + GAP + r"(?:[\u4e00-\u9fff()]{1,5}字 ?第? ?)?"
            r"[A-Z]{0,2}[0-9]{5,8}(?: ?号)?" + AFTER,
            0.7,
        ),
        (
            "police and number",
            r"(?:公|警|公安|安|司|检|"
            r"法)\)?(?:\([\u4e00-\u9fff]{1,2}\))?字 ?第 ?[0-9]{6,8}"
            r"(?: ?号)?" + AFTER,
            0.35,
        ),
    ]  # fmt: skip
