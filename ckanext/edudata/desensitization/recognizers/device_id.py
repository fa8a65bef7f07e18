"""Identifiers of a personal device (GB/T 35273-2020 Annex A): MAC address (IEEE 802)
and IMEI (3GPP TS 23.003, 15 digits with the Luhn check digit, in context)."""

from __future__ import annotations

import re

from .bank_card import luhn
from .base import AFTER, BEFORE
from .numbers import NumberRecognizer, inside_link


class DeviceIdRecognizer(NumberRecognizer):
    """MAC addresses with separators; IMEI beside its name."""

    ENTITY = "DEVICE_ID"
    OPEN_NUMBER = True
    CONTEXT = [
        "mac",
        "imei",
        "meid",
        "串号",
        "设备识别码",
        "手机串",
        "物理地址",
        "网卡",
    ]
    PATTERNS = [
        (
            "MAC",
            r"(?<![0-9A-Za-z])(?<!^[0-9A-F]{2}[:\-])(?<![^A-Z][0-9A-F]{2}[:\-])"
            r"[0-9A-F]{2}(?:[:\-][0-9A-F]{2}){5}"
            r"(?![0-9A-Za-z:\-])",
            0.6,
        ),
        (
            "MAC in three",
            r"(?<![0-9A-Za-z.])(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}" + AFTER,
            0.4,
        ),
        (
            "IMEI",
            BEFORE + r"[0-9]{2}[ \-]?[0-9]{6}[ \-]?[0-9]{6}[ \-]?[0-9]" + AFTER,
            0.2,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end]
        number = re.sub(r"[^0-9A-Za-z]", "", found)
        if len(number) == 15:
            return base if luhn(number) and len(set(number)) > 3 else 0
        if len(set(number.lower())) < 3 or inside_link(text, start):
            return 0
        if base > 0.5 and len({c for c in found if c in ":-"}) > 1:
            return 0
        # 12:30:45:10:20:59 and 01-02-03-04-05-06 are times and lists of numbers.
        return base if re.search("[A-Fa-f]", number) else 0.2
