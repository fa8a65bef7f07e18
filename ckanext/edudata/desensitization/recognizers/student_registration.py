"""Student registration number, 学籍号 (《中小学生学籍管理办法》, 教基一〔2013〕7号).

``G`` and the resident identity number; ``L`` (temporary) and ``J`` (foreign pupils)
with 18 characters of the same shape."""

from __future__ import annotations

from .base import AFTER, BEFORE, TableRecognizer
from .resident_id import HMT_PROVINCES, PROVINCES, valid_18


class StudentRegistrationRecognizer(TableRecognizer):
    """G numbers prove themselves by the checksum; L and J by their shape."""

    ENTITY = "STUDENT_REGISTRATION"
    CONTEXT = ["学籍"]
    PATTERNS = [
        ("G, L or J", BEFORE + r"[GLJ][ \-]?\d{17}[\dX]" + AFTER, 0.6),
    ]

    def validate_result(self, pattern_text: str) -> bool | None:
        number = pattern_text.upper().replace(" ", "").replace("-", "")
        if valid_18(number[1:], PROVINCES | HMT_PROVINCES):
            return True
        return None if number[1:3] in PROVINCES else False
