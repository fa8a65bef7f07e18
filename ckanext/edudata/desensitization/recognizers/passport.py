"""Passport number: Chinese ordinary (E and 8 characters, G and 8 digits), diplomatic
and service (DE, SE, PE and 7 digits), HK (H, K) and Macao (MA) passports. There is no
checksum, so a word that names it is needed."""

from __future__ import annotations

from .base import AFTER, BEFORE, TableRecognizer


class PassportRecognizer(TableRecognizer):
    """Chinese passports; foreign ones by the column's name only."""

    ENTITY = "PASSPORT"
    OPEN_NUMBER = True
    CONTEXT = ["护照", "passport", "证件"]
    PATTERNS = [
        (
            "Chinese",
            BEFORE + r"(?:E[A-HJ-NP-Z]\d{7}|[EG]\d{8}|(?:DE|SE|PE|MA)\d{7}|"
            r"[HK][A-Z]?\d{8})"
            + AFTER,
            0.35,
        )
    ]  # fmt: skip
