"""Free texts in which persons are replaced by what they are: 〔姓名〕, 〔手机号码〕.

Presidio's anonymizer does the replacing, over what our recognizers find. Importing it
costs seconds: only the child process of the check does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

from .entities import ENTITIES
from .profile import LONE_SCORE
from .recognizers.name_forms import BARE_NAME, squeeze
from .recognizers.name_weights import name_score
from .recognizers.person_name import PersonNameRecognizer
from .renderings.words import Words
from .scanner import scanner
from .text import CJK, normalise

#: Less sure than a finding: what is taken away in vain costs a word.
_LEAST = 0.4
_AGAIN = 3
Span = tuple[int, int, str]


class Redactor:
    """Redacts cells of one column; ``header`` is its name, which may speak of what
    stands below. ``lost`` counts cells that could not be cleaned and became empty."""

    def __init__(self, header: str = "", lang: str = "zh") -> None:
        self._header = header
        self._names = PersonNameRecognizer()
        self._engine = AnonymizerEngine()
        self._gettext = Words.of_package(lang).gettext
        self.lost = 0

    def __call__(self, texts: Sequence[str]) -> list[str]:
        unique = list(dict.fromkeys(texts))
        made = dict(zip(unique, self._redacted(unique), strict=True))
        self.lost += sum(bool(t.strip()) and not made[t].strip() for t in texts)
        return [made[text] for text in texts]

    def _redacted(self, texts: Sequence[str]) -> list[str]:
        found = list(texts)
        for _ in range(_AGAIN):
            spans = self._spans(found)
            if not any(spans):
                return found
            found = [
                self._replaced(t, s) if s else t
                for t, s in zip(found, spans, strict=True)
            ]
        return ["" if s else t for t, s in zip(found, self._spans(found), strict=True)]

    def _spans(self, texts: Sequence[str]) -> list[list[Span]]:
        plain = [normalise(text) for text in texts]
        asked = [i for i, text in enumerate(plain) if CJK.search(text)]
        named: dict[int, list[Span]] = {}
        results = self._names.analyze_many([plain[i] for i in asked])
        for i, found in zip(asked, results, strict=True):
            named[i] = [(r.start, r.end, "PERSON_NAME") for r in found]
        alone = [
            i
            for i, text in enumerate(plain)
            if BARE_NAME.fullmatch(squeeze(text)) and name_score(text) > LONE_SCORE
        ]
        said = self._names.whole_names([plain[i] for i in alone])
        for i, yes in zip(alone, said, strict=True):
            if yes or name_score(plain[i]) > 0.8:
                named[i] = [(0, len(plain[i]), "PERSON_NAME")]
        scan = scanner()
        return [
            named.get(i, [])
            + [
                (h.start, h.end, h.entity)
                for h in (scan.hits(text, self._header) if text else ())
                if h.score >= _LEAST
            ]
            for i, text in enumerate(plain)
        ]

    def _replaced(self, text: str, spans: Sequence[Span]) -> str:
        plain = normalise(text)
        # The text itself where the two forms agree place by place: its commas stay.
        taken = text if _aligned(text, plain) else plain
        made = self._engine.anonymize(
            taken,
            [RecognizerResult(entity, start, end, 1.0) for start, end, entity in spans],
            {
                entity: OperatorConfig("replace", {"new_value": self._label(entity)})
                for _, _, entity in spans
            },
        )
        return made.text

    def _label(self, entity: str) -> str:
        known = ENTITIES.get(entity)
        return f"〔{self._gettext(known.label)}〕" if known else "〔…〕"


def _aligned(text: str, plain: str) -> bool:
    if len(text) != len(plain):
        return False
    return all(a == b or normalise(a) == b for a, b in zip(text, plain, strict=True))


@lru_cache(maxsize=8)
def _redactor(header: str, lang: str) -> Redactor:
    return Redactor(header, lang)


def redactor(header: str, lang: str) -> Callable[[Sequence[str]], list[str]]:
    return _redactor(header, lang)
