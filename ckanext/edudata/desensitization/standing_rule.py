"""The standing rule: institutions are not persons (design, Opening class). Pure."""

from __future__ import annotations

import datetime
import hashlib

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))

TEXT = (
    "This rule is for tables with one row for each institution, told apart by its code "
    "or its name; a table about people is none.",
    "There the office telephone, the fax, the office mail and the address of the "
    "institution and the names of its principal and legal representative pass the "
    "personal-data check.",
    "Mobile phones, private addresses, ID numbers and all other personal data never "
    "pass by this rule, in no table.",
)
"""What is approved: message ids, a paragraph each."""


def text_digest() -> str:
    """Tells the text that was approved from a later one."""
    return hashlib.sha256("\n".join(TEXT).encode()).hexdigest()[:16]


def start(text: str | None, now: datetime.datetime) -> datetime.datetime:
    """When the rule begins: at once, or with the day that is named.

    :param text: a day as 2026-12-31, of Shanghai's clock; today or later
    :raises ValueError: it is no day, or one that has passed
    """
    if not text:
        return now
    day = datetime.date.fromisoformat(text)
    today = now.astimezone(SHANGHAI).date()
    if day < today:
        raise ValueError(text)
    if day == today:
        return now
    return datetime.datetime.combine(day, datetime.time(), SHANGHAI)
