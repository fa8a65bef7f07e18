"""Foreign permanent resident ID, 外国人永久居留身份证.

The new card (2023) has 18 digits: 9, area, country, birth date, sequence, and the
checksum of GB 11643; the older one three letters and 12 digits.
"""

from __future__ import annotations

from .base import AFTER, BEFORE, TableRecognizer
from .resident_id import bare, check_character, true_date


class ForeignerIdRecognizer(TableRecognizer):
    """New number with checksum; old number where a true date stands inside it."""

    ENTITY = "FOREIGNER_ID"
    CONTEXT = ["永久居留", "外国人", "证件"]
    PATTERNS = [
        ("18 digits", BEFORE + r"9\d{16}[\dXx]" + AFTER, 0.5),
        ("15 characters", BEFORE + r"[A-Z]{3}\d{12}" + AFTER, 0.3),
    ]

    def validate_result(self, pattern_text: str) -> bool | None:
        number = pattern_text.upper()
        if number[:3].isalpha():
            ok = any(true_date(c + number[7:13]) for c in ("19", "20"))
            return None if ok else False
        number = bare(number)
        return check_character(number[:17]) == number[17] and true_date(number[6:14])
