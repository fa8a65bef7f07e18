"""Texts that stand in no data cell: titles and footnotes, headers, names of sheets and
files, comments, document properties, metadata."""

from __future__ import annotations

from .entities import mask
from .profile import LONE_SCORE, HitTally, first_rows, first_shown
from .recognizers.base import THRESHOLD
from .recognizers.name_weights import BARE_NAME, name_score, squeeze
from .recognizers.person_name import PersonNameRecognizer
from .scanner import Hit, scanner
from .text import CJK, normalise

# Where two or three characters alone may be somebody's name, as an author's.
_LONE = frozenset(["comment", "property", "part", "metadata", "filename"])


def scan_outside(
    places: dict[str, dict[str, HitTally]],
    names: PersonNameRecognizer,
    place: str,
    text: str,
    row: int = 0,
) -> None:
    """Find identifiers and names in a text outside the data cells."""
    plain = normalise(text)
    hits = [h for h in scanner().hits(plain) if h.strong]
    if CJK.search(plain) and len(plain) > 1:
        bare = squeeze(plain)
        if BARE_NAME.fullmatch(bare):
            least = 0.8 if place in _LONE else LONE_SCORE
            if name_score(bare) > least and names.whole_names([bare])[0]:
                hits.append(Hit("NAME_IN_TEXT", 0, len(plain), 0.7))
                # A document's property that is a name alone says who made it.
                place = "author" if place == "property" else place
        else:
            hits += [
                Hit(r.entity_type, r.start, r.end, r.score)
                for r in names.analyze(plain, [])
                if r.score > THRESHOLD
            ]
    for hit in hits:
        tally = places.setdefault(place, {}).setdefault(hit.entity, HitTally())
        tally.strong += 1
        tally.score = max(tally.score, round(hit.score, 2))
        tally.rows = first_rows(tally.rows, [row] if row else [])
        shown = mask(plain[hit.start : hit.end], hit.entity)
        tally.shown = first_shown(tally.shown, {row or len(tally.shown): shown})
