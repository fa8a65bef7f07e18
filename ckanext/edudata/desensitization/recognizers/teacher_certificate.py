"""Teacher certificate number, 教师资格证书编号 (《教师资格条例》实施办法): 17
digits, year of recognition, area and authority (5), kind of school 1 to 7, sex,
sequence (6)."""

from __future__ import annotations

import re

from .base import AFTER, BEFORE
from .numbers import GAP, NUMBER_WORD, NumberRecognizer
from .resident_id import PROVINCES

_WORD = r"(?:教师资格证?书?|教资证?)" + NUMBER_WORD


class TeacherCertificateRecognizer(NumberRecognizer):
    """20063100141000123, in context."""

    ENTITY = "TEACHER_CERTIFICATE"
    OPEN_NUMBER = True
    CONTEXT = ["教师资格", "资格证", "教资", "证书编号", "证书号", "jszgz"]
    CUE = re.compile(_WORD + GAP)
    PATTERNS = [
        ("named", _WORD + GAP + r"[0-9]{15,17}" + AFTER, 0.7),
        (
            "17 digits",
            BEFORE + r"(?:199[4-9]|20[0-4][0-9])[1-6][0-9]{4}[1-7][0-2][0-9]{6}"
            + AFTER,
            0.2,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        return base if base > 0.5 or text[start + 4 : start + 6] in PROVINCES else 0
