"""Social security card (社会保障卡号: a letter or two and digits, nine characters; the
card's number of the Ministry of Human Resources, LD/T 32) and medical insurance number
(医保编号). No common checksum: only right after a word that names them."""

from __future__ import annotations

import re

from .base import AFTER
from .numbers import GAP, NumberRecognizer

_WORD = (
    r"(?:社保|社会保障|社会保险|医保|医疗保险|医疗证|养老保险|公积金)"
    r"(?:个人)?(?:电脑|登记)?(?:卡|证|账户|帐户)?(?:号码|编号|账号|帐号|卡号|号|编码)"
)


class SocialSecurityRecognizer(NumberRecognizer):
    """社保卡号:A12345678; 医保编号 310012345678."""

    ENTITY = "SOCIAL_SECURITY"
    CHINESE = True
    CUE = re.compile(_WORD + GAP)
    PATTERNS = [
        (
            "named",
            _WORD + GAP + r"(?=[A-Z]{0,3}[0-9]{4})[A-Z0-9]{8,24}" + AFTER,
            0.7,
        )
    ]
