"""Birth certificate, 出生医学证明 (国卫办妇幼发〔2013〕52号): a letter and nine
digits, where a word names it; and other personal documents right after theirs."""

from __future__ import annotations

import re

from .base import AFTER, BEFORE
from .numbers import GAP, NumberRecognizer

_WORD = (
    r"(?:出生(?:医学)?证明?|残疾人?证|居住证|户口[簿本]|户籍|结婚证|离婚证|低保证|"
    r"(?:普通话|等级|毕业|结业|学位|资格)证书?)(?:号码|编号|证号|号)"
)


class BirthCertificateRecognizer(NumberRecognizer):
    """P310123456 beside 出生医学证明."""

    ENTITY = "PERSONAL_DOCUMENT"
    OPEN_NUMBER = True
    CONTEXT = ["出生证", "出生医学证明", "接种证"]
    CUE = re.compile(_WORD + GAP)
    PATTERNS = [
        ("birth", BEFORE + r"[A-Z][0-9]{9}" + AFTER, 0.2),
        (
            "named",
            _WORD + GAP + r"(?=[A-Z]{0,3}[0-9]{4})[A-Z0-9]{6,22}" + AFTER,
            0.7,
        ),
    ]
