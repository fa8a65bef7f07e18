"""Bank card number: 16 to 19 digits (JR/T 0008, ISO/IEC 7812-1) with the Luhn check
digit and an issuer range that is used in China."""

from __future__ import annotations

import re

from .numbers import (
    NUMBER_AFTER,
    NUMBER_BEFORE,
    NumberRecognizer,
    inside_hash,
    inside_link,
    other_number,
)

#: Issuer ranges from before 62, which Chinese banks still honour, and their lengths.
_OLD_RANGES = {
    "95588": 19, "95595": 16, "95596": 16, "95597": 16, "95598": 16, "95599": 19,
    "103": 19, "436742": 19, "436745": 16, "436728": 16, "436738": 16, "456351": 19,
    "601382": 19, "601428": 17, "405512": 17, "434061": 16, "434062": 16, "552245": 16,
    "421349": 16, "524094": 16, "526410": 16, "427020": 16, "427030": 16, "458123": 16,
    "521899": 16, "520169": 16, "356390": 16, "356889": 16, "548943": 16, "518710": 16,
    "940": 16, "900000": 19, "404117": 16, "404118": 16, "404119": 16,
    "552599": 16, "519412": 16, "403361": 16, "558730": 16, "514957": 16, "409665": 16,
}  # fmt: skip


def luhn(number: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(number)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def issued_in_china(number: str) -> bool:
    """UnionPay, or one of the ranges from before it, with the right length."""
    if number.startswith("62"):
        return True
    return any(
        number.startswith(start) and len(number) == size
        for start, size in _OLD_RANGES.items()
    )


def _as_written(groups: list[str]) -> bool:
    """By fours, six and the rest, or each digit apart."""
    sizes = {len(group) for group in groups[:-1]}
    return sizes in ({4}, {1}) or (len(groups) == 2 and len(groups[1]) in (12, 13))


class BankCardRecognizer(NumberRecognizer):
    """UnionPay (62, 16 to 19 digits), older Chinese ranges, Visa, MasterCard, JCB."""

    ENTITY = "BANK_CARD"
    OPEN_NUMBER = True
    CONTEXT = [
        "银行", "卡号", "账号", "帐号", "账户", "借记", "信用卡", "储蓄卡", "工资卡",
        "bank",
        "card", "yhkh",
    ]  # fmt: skip
    PATTERNS = [
        (
            "UnionPay",
            NUMBER_BEFORE + r"6[ \-.]?2(?:[ \-.]?[0-9]){14,17}" + NUMBER_AFTER,
            0.65,
        ),
        (
            "grouped",
            NUMBER_BEFORE + r"(?:4[0-9]|5[1-5]|2[2-7]|35|9[045]|10)[0-9]{2}"
            r"(?:[ \-][0-9]{4}){3}(?:[ \-]?[0-9]{1,3})?" + NUMBER_AFTER,
            0.62,
        ),
        (
            "international",
            NUMBER_BEFORE + r"(?:4[0-9]|5[1-5]|2[2-7]|35|9[045]|10|6[09])[0-9]{14,17}"
            + NUMBER_AFTER,
            0.45,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        groups = re.split(r"[ \-.]", text[start:end])
        number = "".join(groups)
        if len(groups) > 1 and not _as_written(groups):
            return 0  # 620237-1171308503
        if not 16 <= len(number) <= 19 or len(set(number)) < 4 or not luhn(number):
            return 0
        if other_number(text, start, end) or inside_link(text, start):
            return 0
        before = text[max(0, start - 1) : start]
        if inside_hash(text, start, end) or (before.isascii() and before.isalpha()):
            return 0
        if issued_in_china(number):
            return 0.65
        if len(number) != 16 or number[0] in "196":
            return 0
        return base
