"""Disability certificate, 残疾人证 (《残疾人证管理办法》, Art. 8): the resident ID,
then one digit for the kind (1 to 7) and one for the degree (1 to 4), B and a
digit when issued again."""

from __future__ import annotations

from .numbers import NumberRecognizer
from .resident_id import PROVINCES, valid_18


class DisabilityCertificateRecognizer(NumberRecognizer):
    """20 digits that prove themselves by the resident ID inside."""

    ENTITY = "PERSONAL_DOCUMENT"
    PATTERNS = [
        (
            "20 digits",
            r"(?<![0-9A-Za-z.])[1-7][0-9]{16}[0-9X][1-7][1-4](?:B[0-9])?(?![0-9A-Za-z])",
            0.9,
        )
    ]

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        return float(valid_18(text[start : start + 18].upper(), PROVINCES))
