"""Driving licence, 机动车驾驶证 (Ministry of Public Security, Order 162): its number is
the resident ID; its file number (档案编号) has 12 digits and counts where named."""

from __future__ import annotations

import re

from .base import AFTER
from .numbers import GAP, NUMBER_WORD, NumberRecognizer

_WORD = r"(?:机动车)?(?:驾驶证|驾驶员证?|驾照|行驶证)(?:档案)?" + NUMBER_WORD


class DrivingLicenceRecognizer(NumberRecognizer):
    """驾驶证档案编号:310012345678."""

    ENTITY = "DRIVING_LICENCE"
    CHINESE = True
    CUE = re.compile(_WORD + GAP)
    PATTERNS = [("named", _WORD + GAP + r"[0-9]{12}" + AFTER, 0.7)]
