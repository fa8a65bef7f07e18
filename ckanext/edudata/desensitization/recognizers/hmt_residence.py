"""Residence permit for HK, Macao and Taiwan residents, 港澳台居民居住证.

Built as a resident identity number (GB 11643) with the areas 810000, 820000, 830000;
Measures for the Residence Permit of HK, Macao and Taiwan Residents (2018), Art. 3.
"""

from __future__ import annotations

from .numbers import NUMBER_AFTER, NUMBER_BEFORE, SEP, NumberRecognizer, inside_hash
from .resident_id import HMT_PROVINCES, LAST, bare, judge_18


class HmtResidenceRecognizer(NumberRecognizer):
    """18 digits from 810000, 820000 or 830000 on, with the checksum of GB 11643."""

    ENTITY = "HMT_RESIDENCE_PERMIT"
    OPEN_NUMBER = True
    CONTEXT = ["居住证", "港澳台", "证件号"]
    PATTERNS = [
        (
            "18 digits",
            NUMBER_BEFORE + "8" + SEP + "[123](?:" + SEP + r"[0-9]){15}" + SEP + LAST
            + NUMBER_AFTER,
            0.5,
        )
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        number = bare(text[start:end])
        score = judge_18(number, HMT_PROVINCES, base) if number[2:6] == "0000" else 0
        return 0 if score and inside_hash(text, start, end) else score
