"""Bank card number: 16 to 19 digits (GB/T 19584, ISO/IEC 7812-1) with the Luhn check
digit and an issuer range that is used in China."""

from __future__ import annotations

from .base import BEFORE, TableRecognizer, digits


def luhn(number: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(number)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


class BankCardRecognizer(TableRecognizer):
    """UnionPay (62, 16 to 19 digits), Visa, MasterCard, JCB."""

    ENTITY = "BANK_CARD"
    OPEN_NUMBER = True
    CONTEXT = ["银行", "卡号", "账号", "账户", "借记", "信用卡", "bank", "card"]
    PATTERNS = [
        (
            "UnionPay",
            BEFORE + r"62(?:[ \-]?\d){14,17}(?![0-9A-Za-z])",
            0.55,
        ),
        (
            "international",
            BEFORE + r"(?:4\d|5[1-5]|2[2-7]|35)\d\d(?:[ \-]?\d{4}){3}(?![0-9A-Za-z])",
            0.3,
        ),
    ]

    def validate_result(self, pattern_text: str) -> bool | None:
        number = digits(pattern_text)
        if not 16 <= len(number) <= 19 or len(set(number)) < 4 or not luhn(number):
            return False
        return None
