"""Date of birth in a sentence (出生于2012年3月4日). In a column of its own it is known
by the column's name, see ``headers``."""

from __future__ import annotations

from .base import TableRecognizer

_DATE = r"(?:19|20)\d\d[-./年] ?\d{1,2}[-./月] ?\d{1,2}日?"


class BirthDateRecognizer(TableRecognizer):
    """A full date beside a word of birth."""

    ENTITY = "BIRTH_DATE"
    CHINESE = True
    PATTERNS = [
        (
            "word before",
            r"(?:出生(?:日期|年月日|于)?|生于|生日|诞生于) ?(?:[:：为是])? ?" + _DATE,
            0.7,
        ),
        ("word after", _DATE + r" ?(?:出生|生(?![产效成物活]))", 0.7),
    ]  # fmt: skip
