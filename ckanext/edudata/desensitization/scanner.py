"""From texts to the identifiers in them, fast: the registry's own patterns, widened to
shapes, decide which recognizers must look at which texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from .bulk import BULK
from .recognizers import TableRecognizer, analyzer
from .recognizers.base import BOOST, FLAGS, THRESHOLD, Span
from .shapes import OTHER, Alphabet, Unsupported

#: Below this a pattern says nothing without a word of its context.
_ALONE = 0.3
#: Shapes that are remembered; free text has as many as it has lines.
_REMEMBERED = 20_000
_DOT = "·"
#: So few texts of one shape are asked about one by one.
_FEW = 8


class Hit(NamedTuple):
    """Where a text holds what, how sure."""

    entity: str
    start: int
    end: int
    score: float
    open_number: bool = False

    @property
    def strong(self) -> bool:
        return self.score >= THRESHOLD


Hits = tuple[Hit, ...]


@dataclass
class _Wide:
    """A recognizer with its patterns over shapes. ``same``: they say the same of every
    text of one shape, so that one text speaks for all."""

    recognizer: TableRecognizer
    own: re.Pattern[str]
    every: re.Pattern[str] | None
    alone: re.Pattern[str] | None
    words: re.Pattern[str] | None
    same: bool


@dataclass
class Candidates:
    """What could be found in the texts of one shape: without and with a header."""

    alone: list[_Wide] = field(default_factory=list)
    named: list[_Wide] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not self.alone and not self.named


class Scanner:
    """The pattern recognizers of the registry behind their shapes."""

    def __init__(self) -> None:
        found = analyzer().registry.recognizers
        recognizers = [r for r in found if isinstance(r, TableRecognizer)]
        literals = {_DOT}
        for r in recognizers:
            literals.update(*r.CONTEXT, *(regex for _, regex, _ in r.PATTERNS))
        self.alphabet = Alphabet(literals)
        self._wide = [self._widen(r) for r in recognizers]
        self._any = _union([w.every.pattern for w in self._wide if w.every])
        # Recognizers that cannot be widened look at every text.
        self._blind = [w for w in self._wide if w.every is None]
        self._known: dict[str, Candidates] = {}

    def _widen(self, r: TableRecognizer) -> _Wide:
        own = re.compile("|".join(f"(?:{p})" for _, p, _ in r.PATTERNS), FLAGS)
        words = [re.escape(word) for word in r.CONTEXT]
        context = [self.alphabet.widened(word)[0] for word in words]
        try:
            every = [self.alphabet.widened(regex) for _, regex, _ in r.PATTERNS]
        except Unsupported:
            return _Wide(r, own, None, None, None, False)
        alone = [
            wide
            for (wide, _), (_, _, score) in zip(every, r.PATTERNS, strict=True)
            if score >= _ALONE
        ]
        plain = (
            type(r).validate_result is TableRecognizer.validate_result
            and type(r).invalidate_result is TableRecognizer.invalidate_result
            and type(r).find is TableRecognizer.find
            and not r.CONTEXT
        )
        return _Wide(
            r,
            own,
            _union([wide for wide, _ in every]),
            _union(alone),
            _union(context),
            plain and all(same for _, same in every),
        )

    def candidates(self, shape: str) -> Candidates:
        known = self._known.get(shape)
        if known is None:
            known = Candidates()
            if self._blind or (self._any and self._any.search(shape)):
                self._fill(known, shape)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[shape] = known
        return known

    def _fill(self, known: Candidates, shape: str) -> None:
        for wide in self._wide:
            if wide.every is None:
                known.alone.append(wide)
            elif wide.every.search(shape):
                alone = wide.alone and wide.alone.search(shape)
                near = wide.words and wide.words.search(shape)
                (known.alone if alone or near else known.named).append(wide)

    def named(self, header: str) -> frozenset[str]:
        """The entities of which a column's name speaks."""
        return frozenset(
            w.recognizer.ENTITY
            for w in self._wide
            if header and w.recognizer.in_context(header)
        )

    def group(
        self, texts: Sequence[str], shape: str, named: frozenset[str] = frozenset()
    ) -> Hits | dict[int, Hits] | None:
        """Identifiers in texts of one shape: the same ones for all of them, or those of
        each text that has any, or None."""
        known = self.candidates(shape)
        asked = known.alone
        if named:
            asked = asked + [w for w in known.named if w.recognizer.ENTITY in named]
        if not asked:
            return None
        found: Hits | dict[int, Hits] | None = None
        for wide in asked:
            boost = BOOST if wide.recognizer.ENTITY in named else 0.0
            more = self._ask(wide, texts, shape, boost)
            if more:
                found = more if found is None else _both(found, more, len(texts))
        return found

    def _ask(
        self, wide: _Wide, texts: Sequence[str], shape: str, boost: float
    ) -> Hits | dict[int, Hits] | None:
        recognizer = wide.recognizer
        made: dict[tuple[Span, ...], Hits] = {}

        def hits(spans: Sequence[Span]) -> Hits:
            key = tuple(spans)
            known = made.get(key)
            if known is None:
                known = made[key] = _raised(recognizer, key, boost)
            return known

        if wide.same and len(texts) > 1 and OTHER not in shape:
            return hits(recognizer.find(texts[0])) or None
        found: dict[int, Hits] = {}
        left: Sequence[int] = range(len(texts))
        bulk = BULK.get(recognizer.ENTITY)
        many = bulk is not None and len(texts) > _FEW
        sure = bulk(texts, shape, recognizer) if bulk and many else None
        if sure is not None:
            spans, where, left = sure
            if where and len(where) == len(texts):
                return hits(spans) or None
            if where and hits(spans):
                found = dict.fromkeys(where, hits(spans))
        search = wide.own.search
        for index in left:
            if not search(texts[index]):
                continue
            spans = recognizer.find(texts[index])
            if spans and (one := hits(spans)):
                found[index] = one
        return found or None

    def hits(self, text: str, header: str = "") -> list[Hit]:
        """Identifiers in one normalised text; ``header`` is its column's name.

        Hits do not overlap: the surer, then the longer one stays. Scores below the
        threshold are kept, because a whole column of them may say more.
        """
        named = self.named(header)
        if "\n" in text:
            asked: Iterator[_Wide] = iter(self._wide)
            found: Hits = ()
            for wide in asked:
                boost = BOOST if wide.recognizer.ENTITY in named else 0.0
                found += _raised(wide.recognizer, wide.recognizer.find(text), boost)
            return list(_apart(found))
        one = self.group([text], self.alphabet.shape(text), named)
        if isinstance(one, dict):
            one = one.get(0)
        return list(one or ())


def _raised(recognizer: TableRecognizer, spans: Sequence[Span], boost: float) -> Hits:
    return tuple(
        Hit(recognizer.ENTITY, start, end, raised, recognizer.OPEN_NUMBER)
        for start, end, score in spans
        if (raised := min(1.0, score + boost)) >= _ALONE
    )


def _both(
    first: Hits | dict[int, Hits], second: Hits | dict[int, Hits], size: int
) -> Hits | dict[int, Hits]:
    """What two recognizers found in the same texts."""
    if isinstance(first, tuple) and isinstance(second, tuple):
        return _apart(first + second)
    one = first if isinstance(first, dict) else dict.fromkeys(range(size), first)
    two = second if isinstance(second, dict) else dict.fromkeys(range(size), second)
    made: dict[tuple[Hits, Hits], Hits] = {}
    joined = {**one, **two}
    for index in one.keys() & two.keys():
        pair = one[index], two[index]
        if pair not in made:
            made[pair] = _apart(pair[0] + pair[1])
        joined[index] = made[pair]
    return joined


def _apart(found: Hits) -> Hits:
    if len(found) < 2:
        return found
    kept: list[Hit] = []
    # What is a dwelling's address is an address too: the narrower word counts.
    for hit in sorted(
        found, key=lambda h: (h.entity != "HOME_ADDRESS", -h.score, h.start - h.end)
    ):
        if not any(hit.start < k.end and k.start < hit.end for k in kept):
            kept.append(hit)
    return tuple(kept)


def _union(patterns: list[str]) -> re.Pattern[str] | None:
    if not patterns:
        return None
    return re.compile("|".join(f"(?:{p})" for p in patterns), FLAGS & ~re.IGNORECASE)


def by_shape(shapes: Sequence[str]) -> dict[str, list[int]]:
    """Indices of texts by their shape."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, shape in enumerate(shapes):
        groups[shape].append(index)
    return groups


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    return Scanner()
