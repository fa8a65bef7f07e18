"""Student registration number, 学籍号 (《中小学生学籍管理办法》, 教基一〔2013〕7号).

``G`` and the resident identity number; ``L`` (temporary) and ``J`` (foreign pupils)
with 18 characters of the same shape; other local numbers only where a word names them.
"""

from __future__ import annotations

import re

from .base import AFTER
from .numbers import GAP, NUMBER_WORD, SEP, NumberRecognizer
from .resident_id import HMT_PROVINCES, PROVINCES, bare, has_shape, valid_18

_WORD = r"(?:全国|省|市)?学籍(?:辅|编|注册)?" + NUMBER_WORD
_ALL = PROVINCES | HMT_PROVINCES


class StudentRegistrationRecognizer(NumberRecognizer):
    """G numbers prove themselves by the checksum; L and J by area and date."""

    ENTITY = "STUDENT_REGISTRATION"
    CONTEXT = ["学籍", "xjh"]
    CUE = re.compile(_WORD + GAP)
    PATTERNS = [
        (
            "G, L or J",
            r"(?<![0-9A-Za-z])[GLJ]" + SEP + r"[0-9](?:" + SEP + r"[0-9]){16}" + SEP
            + r"[0-9X×]" + AFTER,
            0.6,
        ),
        (
            "named",
            _WORD + GAP + r"(?=[A-Z0-9]{0,4}[0-9]{4})[A-Z]{0,2}[0-9][0-9A-Z]{6,22}"
            + AFTER,
            0.7,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end].upper()
        number = bare(found[1:])
        if len(number) != 18 or found[0] not in "GLJ":
            return base if base > 0.6 else 0
        if valid_18(number, _ALL):
            return 1.0
        if base > 0.6 or (found[0] in "LJ" and has_shape(number, _ALL)):
            return base
        return 0.35 if number[:2] in _ALL else 0
