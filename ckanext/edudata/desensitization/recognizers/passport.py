"""Passport number (ICAO Doc 9303; Passport Law, Art. 7): Chinese ordinary (E or G and 8
characters, older 14 or 15 and 7 digits, P), diplomatic and service (D, S, DE, SE, PE),
HK (H, K) and Macao (M) passports. There is no checksum, so a word that names it is
needed; foreign numbers, of any shape, need it directly in front."""

from __future__ import annotations

import re

from .base import AFTER, BEFORE
from .numbers import GAP, NUMBER_WORD, NumberRecognizer

_WORD = r"(?:护照|passport(?: ?(?:no|number|num))?\.?)" + NUMBER_WORD


class PassportRecognizer(NumberRecognizer):
    """Chinese series in context; any number right after the word."""

    ENTITY = "PASSPORT"
    OPEN_NUMBER = True
    CONTEXT = ["护照", "passport", "证件号"]
    CUE = re.compile(_WORD + GAP, re.I)
    PATTERNS = [
        (
            "named",
            _WORD + GAP + r"(?=[A-Z]{0,3}[0-9])[A-Z0-9]{6,12}" + AFTER,
            0.7,
        ),
        (
            "Chinese",
            BEFORE + r"(?:E[A-HJ-NP-Z][0-9]{7}|[EGDSP][0-9]{7,8}|(?:DE|SE|PE|"
            r"M[AB])[0-9]{7}"
            r"|[HK][A-Z]?[0-9]{7,8})" + AFTER,
            0.35,
        ),
        ("old Chinese", BEFORE + r"1[45][0-9]{7}" + AFTER, 0.15),
    ]  # fmt: skip
