"""What our recognizers share: guards that work beside Chinese, and context in the text.

Presidio's ``\\b`` fails beside Chinese characters, and its context words never fire in
unsegmented text; so patterns stand between :data:`BEFORE` and :data:`AFTER`, and a
recognizer's ``context`` is looked for around the match and in the column's name.
"""

from __future__ import annotations

import re

from presidio_analyzer import (
    AnalysisExplanation,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
)

LANGUAGE = "zh"
#: Not inside a longer number, word or decimal fraction.
BEFORE = r"(?<![0-9A-Za-z])(?<!\d[.,])"
AFTER = r"(?![0-9A-Za-z])(?![.,]\d)"
FLAGS = re.DOTALL | re.MULTILINE | re.IGNORECASE
#: What a word of the context adds, around the match or in the column's name.
BOOST = 0.4
#: From this score on a match is a finding.
THRESHOLD = 0.5
_REACH = 16

Span = tuple[int, int, float]


class TableRecognizer(PatternRecognizer):
    """A pattern recognizer for cells of Chinese tables.

    Subclasses set ``ENTITY``, ``PATTERNS`` (name, regex, score) and ``CONTEXT``.
    ``OPEN_NUMBER`` marks numbers that have no checksum, so that a column of other
    numbers must not be taken for them because a few of its cells look alike.
    ``CHINESE``: no pattern matches without a Chinese character.
    """

    ENTITY = ""
    PATTERNS: list[tuple[str, str, float]] = []
    CONTEXT: list[str] = []
    OPEN_NUMBER = False
    CHINESE = False

    def __init__(self) -> None:
        super().__init__(
            supported_entity=self.ENTITY,
            supported_language=LANGUAGE,
            patterns=[Pattern(n, r, s) for n, r, s in self.PATTERNS],
            context=self.CONTEXT,
            global_regex_flags=FLAGS,
        )
        self._compiled = [(re.compile(r, FLAGS), s) for _, r, s in self.PATTERNS]
        words = "|".join(map(re.escape, self.CONTEXT))
        self._context = re.compile(words, re.I) if words else None

    def analyze(self, text, entities, nlp_artifacts=None, regex_flags=None):  # type: ignore[override]
        """Presidio's interface over :meth:`find`.

        The stock loop builds an explanation for each match and, on a time-out, skips
        the pattern with a log line: a check must not pass what it did not read.
        """
        return [
            RecognizerResult(
                self.ENTITY,
                start,
                end,
                score,
                analysis_explanation=AnalysisExplanation(self.name, score),
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                },
            )
            for start, end, score in self.find(text)
        ]

    def find(self, text: str) -> list[Span]:
        """Validated spans of a normalised text, longest first where they overlap."""
        found: list[Span] = []
        for pattern, base in self._compiled:
            for match in pattern.finditer(text):
                valid = self.validate_result(match[0])
                if valid is False or self.invalidate_result(match[0]):
                    continue
                start, end = match.span()
                score = 1.0 if valid else base
                if score < 1 and self._near(text, start, end):
                    score = min(1.0, score + BOOST)
                found.append((start, end, score))
        if len(found) < 2:
            return found
        found.sort(key=lambda span: (-span[2], span[0] - span[1]))
        kept: list[Span] = []
        for span in found:
            if not any(span[0] < k[1] and k[0] < span[1] for k in kept):
                kept.append(span)
        return kept

    def in_context(self, words: str) -> bool:
        """Whether a column name or a stretch of text speaks of this entity."""
        return bool(self._context and self._context.search(words))

    def _near(self, text: str, start: int, end: int) -> bool:
        around = text[max(0, start - _REACH) : start] + "\n" + text[end : end + _REACH]
        return self.in_context(around)


def digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
