"""From a text to the identifiers in it, fast: one union of the registry's own patterns
decides whether any recognizer must look at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .recognizers import TableRecognizer, analyzer
from .recognizers.base import BOOST, FLAGS, THRESHOLD

#: Below this a pattern says nothing without a word of its context.
_ALONE = 0.3


@dataclass(frozen=True)
class Hit:
    entity: str
    start: int
    end: int
    score: float
    open_number: bool = False

    @property
    def strong(self) -> bool:
        return self.score >= THRESHOLD


class Scanner:
    """The pattern recognizers of the registry behind a pre-filter."""

    def __init__(self) -> None:
        found = analyzer().registry.recognizers
        self._recognizers = [r for r in found if isinstance(r, TableRecognizer)]
        every = [(r, regex) for r in self._recognizers for _, regex, _ in r.PATTERNS]
        alone = [
            regex
            for r in self._recognizers
            for _, regex, score in r.PATTERNS
            if score >= _ALONE
        ]
        self._every = _union([regex for _, regex in every])
        self._alone = _union(alone)
        self._own = [
            (r, _union([regex for _, regex, _ in r.PATTERNS]))
            for r in self._recognizers
        ]
        self._own_ascii = [(r, own) for r, own in self._own if not r.CHINESE]
        words = sorted({w for r in self._recognizers for w in r.CONTEXT})
        self._words = re.compile("|".join(map(re.escape, words)), re.I)

    def hits(self, text: str, header: str = "") -> list[Hit]:
        """Identifiers in a normalised text; ``header`` is its column's name.

        Hits do not overlap: the surer, then the longer one stays. Scores below the
        threshold are kept, because a whole column of them may say more.
        """
        named = bool(header) and bool(self._words.search(header))
        if named or (not text.isascii() and self._words.search(text)):
            if not self._every.search(text):
                return []
        elif not self._alone.search(text):
            return []
        found = []
        for recognizer, own in self._own_ascii if text.isascii() else self._own:
            if not own.search(text):
                continue
            boost = BOOST if named and recognizer.in_context(header) else 0.0
            for start, end, score in recognizer.find(text):
                raised = min(1.0, score + boost)
                if raised >= _ALONE:
                    found.append(
                        Hit(
                            recognizer.ENTITY,
                            start,
                            end,
                            raised,
                            recognizer.OPEN_NUMBER,
                        )
                    )
        return _apart(found)


def _apart(found: list[Hit]) -> list[Hit]:
    if len(found) < 2:
        return found
    found.sort(key=lambda hit: (-hit.score, hit.start - hit.end))
    kept: list[Hit] = []
    for hit in found:
        if not any(hit.start < k.end and k.start < hit.end for k in kept):
            kept.append(hit)
    return kept


def _union(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), FLAGS)


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    return Scanner()
