"""What our recognizers share: guards that work beside Chinese, and context in the text.

Presidio's ``\\b`` fails beside Chinese characters, and its context words never fire in
unsegmented text; so patterns stand between :data:`BEFORE` and :data:`AFTER`, and a
recognizer's ``context`` is looked for around the match and in the column's name.
"""

from __future__ import annotations

import regex
from presidio_analyzer import Pattern, PatternRecognizer, RecognizerResult

LANGUAGE = "zh"
#: Not inside a longer number, word or decimal fraction.
BEFORE = r"(?<![0-9A-Za-z])(?<!\d[.,])"
AFTER = r"(?![0-9A-Za-z])(?![.,]\d)"
BOOST = 0.4
_REACH = 16


class TableRecognizer(PatternRecognizer):
    """A pattern recognizer for cells of Chinese tables.

    Subclasses set ``ENTITY``, ``PATTERNS`` (name, regex, score) and ``CONTEXT``.
    ``OPEN_NUMBER`` marks numbers that have no checksum, so that a column of other
    numbers must not be taken for them because a few of its cells look alike.
    """

    ENTITY = ""
    PATTERNS: list[tuple[str, str, float]] = []
    CONTEXT: list[str] = []
    OPEN_NUMBER = False

    def __init__(self) -> None:
        super().__init__(
            supported_entity=self.ENTITY,
            supported_language=LANGUAGE,
            patterns=[Pattern(n, r, s) for n, r, s in self.PATTERNS],
            context=self.CONTEXT,
        )
        self._context = (
            regex.compile("|".join(map(regex.escape, self.CONTEXT)), regex.I)
            if self.CONTEXT
            else None
        )

    def analyze(self, text, entities, nlp_artifacts=None, regex_flags=None):  # type: ignore[override]  # noqa: ANN001, ANN201
        results = super().analyze(text, entities, nlp_artifacts, regex_flags)
        for result in results:
            self._raise_by_context(text, result)
        return results

    def in_context(self, words: str) -> bool:
        """Whether a column name or a stretch of text speaks of this entity."""
        return bool(self._context and self._context.search(words))

    def _raise_by_context(self, text: str, result: RecognizerResult) -> None:
        around = (
            text[max(0, result.start - _REACH) : result.start]
            + text[result.end : result.end + _REACH]
        )
        if result.score < 1 and self.in_context(around):
            result.score = min(1.0, result.score + BOOST)


def digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
