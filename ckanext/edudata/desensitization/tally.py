"""Fills the profile of one table, batch after batch; looks at each unique cell once."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Sequence

from . import headers, table_words
from .entities import mask
from .outside import scan_outside
from .profile import (
    LONE,
    LONE_NAME,
    LONE_SCORE,
    SAMPLE,
    ColumnProfile,
    HitTally,
    TableProfile,
    add_counts,
    first_masked,
    first_rows,
    keyed_hash,
)
from .reading.sheets import Batch
from .recognizers.name_weights import (
    BARE_NAME,
    may_hold_name,
    name_score,
    squeeze,
)
from .recognizers.person_name import PersonNameRecognizer
from .report import FIRST_ROWS
from .scanner import Hit, scanner
from .text import CJK, normalise, simplified, whole_number

#: Characters of free text of one table that LAC reads; beyond, only cells with a cue.
LAC_CHARS = 2_000_000
_REMEMBERED = 300_000
_CUE = re.compile(
    r"姓名|学生|同学|老师|教师|家长|父|母|监护|联系人|负责人|班主任|校长|园长|该生|先生|女士|小朋友"
)
_INSTITUTION = re.compile(
    r".*(?:大学|学院|学校|中学|小学|幼儿园|托育园|园|校|局|委|委员会|中心|研究院|研究所|院|所|馆|"
    r"站|部|处|科|室|分校|校区|公司|集团|医院|基地|学堂|中职|职教|附中|附小|[一二三四五六七八九十]中|"
    r"(?:university|college|school|institute|academy)s?)(?:[（(].{1,20}[）)])?",
    re.I,
)


def _plain(text: str) -> str:
    return whole_number(normalise(text))


class TableTally:
    """The accumulator behind a :class:`TableProfile`. Raw cells live only in here."""

    def __init__(
        self,
        profile: TableProfile,
        key: bytes,
        names: PersonNameRecognizer,
        small_cell: int,
    ) -> None:
        self.profile = profile
        self._key = key
        self._names = names
        self._small_cell = small_cell
        self._lac_left = LAC_CHARS
        self._columns = [_ColumnTally(column, self) for column in profile.columns]
        self._quasi = [
            place
            for place, column in enumerate(profile.columns)
            if table_words.is_quasi(column.label)
        ]
        self._about_persons = any(
            table_words.matches(table_words.INTRINSIC, c.label) for c in profile.columns
        )

    def widen(self, column: ColumnProfile) -> None:
        """A row was wider than all before it: one more column."""
        column.empty = self.profile.rows
        self.profile.columns.append(column)
        self._columns.append(_ColumnTally(column, self))

    def add(self, rows: Batch, numbers: Sequence[int]) -> None:
        """Rows of equal width, with the number of each as a person counts."""
        for place, column in enumerate(self._columns):
            column.add([row[place] for row in rows], numbers)
        if self._about_persons and self._quasi and not self.profile.groups_full:
            quasi = self._quasi
            found = Counter("\x1f".join([row[i] or "" for i in quasi]) for row in rows)
            add_counts(
                self.profile.groups,
                {keyed_hash(self._key, text): n for text, n in found.items()},
            )
            self.profile.cap_groups()
        self.profile.rows += len(rows)

    def outside(self, place: str, text: str, row: int = 0) -> None:
        """A text that stands in no data cell: a note, the header, a sheet's name."""
        self.profile.left_out += place == "note"
        scan_outside(self.profile.outside, self._names, place, text, row)

    def finish(self) -> TableProfile:
        for column in self._columns:
            column.finish(self._names)
        return self.profile

    def lac_share(self, texts: list[str]) -> list[str]:
        """The texts that LAC reads, within what is left of the table's budget."""
        taken = []
        for text in texts:
            cued = _CUE.search(text)
            if not cued and not may_hold_name(text):
                continue
            if self._lac_left > 0 or cued:
                self._lac_left -= len(text)
                taken.append(text)
            else:
                self.profile.names_cued_only = True
        return taken

    @property
    def names(self) -> PersonNameRecognizer:
        return self._names

    @property
    def key(self) -> bytes:
        return self._key

    @property
    def small_cell(self) -> int:
        return self._small_cell


class _ColumnTally:
    """One column. ``_seen`` remembers what a cell was found to be; a cell that was
    found harmless is remembered only as seen."""

    def __init__(self, column: ColumnProfile, table: TableTally) -> None:
        self._column = column
        self._table = table
        self._header = simplified(normalise(column.label))
        self._rule = headers.header_rule(column.label)
        self._is_count = table_words.matches(table_words.COUNT, column.label)
        self._is_key = table_words.matches(table_words.INSTITUTION_KEY, column.label)
        self._seen: dict[str, tuple[list[Hit], bool]] = {}
        self._heap: list[tuple[int, str]] = []
        self._sampled: set[int] = set()
        self._lone: dict[int, str] = {}

    def add(self, cells: list[str | None], numbers: Sequence[int]) -> None:
        column = self._column
        blank = cells.count(None)
        counts = Counter(cell for cell in cells if cell is not None)
        for text in [t for t in counts if t.isspace()]:
            blank += counts.pop(text)
        column.empty += blank
        column.cells += len(cells) - blank
        found = self._look(list(counts))
        hot = {text for text, (hits, fits) in found.items() if hits or fits}
        for text, times in counts.items():
            column.types.add(text, times)
            digits = whole_number(text)
            if digits.isdigit():
                size = len(digits)
                column.digit_lengths[size] = column.digit_lengths.get(size, 0) + times
            if text in hot:
                self._count(text, *found[text], times)
            if (
                self._is_count
                and (number := text.removesuffix(".0")).isdigit()
                and 0 < int(number[:9]) < self._table.small_cell
            ):
                column.small += times
        self._mark_rows(cells, numbers, found, hot)

    def _mark_rows(self, cells, numbers, found, hot) -> None:  # type: ignore[no-untyped-def]
        column = self._column
        if len(column.rows) < FIRST_ROWS:
            filled = [
                n for n, c in zip(numbers, cells, strict=True) if c and not c.isspace()
            ]
            column.rows = first_rows(column.rows, filled[:FIRST_ROWS])
        if column.small and len(column.small_rows) < FIRST_ROWS:
            small = [
                n
                for n, c in zip(numbers, cells, strict=True)
                if c
                and (number := c.removesuffix(".0")).isdigit()
                and 0 < int(number[:9]) < self._table.small_cell
            ]
            column.small_rows = first_rows(column.small_rows, small[:FIRST_ROWS])
        if not hot:
            return
        places: dict[str, list[int]] = {}
        for number, cell in zip(numbers, cells, strict=True):
            if cell in hot:
                hits, fits = found[cell]
                for entity in {hit.entity for hit in hits}:
                    places.setdefault(entity, []).append(number)
                if fits:
                    places.setdefault("", []).append(number)
        column.fit_rows = first_rows(column.fit_rows, places.pop("", [])[:FIRST_ROWS])
        for entity, rows in places.items():
            tally = column.hits[entity]
            tally.rows = first_rows(tally.rows, rows[:FIRST_ROWS])

    def _look(self, texts: list[str]) -> dict[str, tuple[list[Hit], bool]]:
        """What each unique cell is; new ones are scanned, and sampled by their hash."""
        new = [text for text in texts if text not in self._seen]
        plain = {text: _plain(text) for text in new}
        hits = {t: scanner().hits(p, self._header) for t, p in plain.items()}
        self._names_in_text(plain, hits)
        fresh: dict[str, tuple[list[Hit], bool]] = {}
        for text in new:
            fits = self._rule is not None and headers.cell_fits(
                self._rule, plain[text].strip()
            )
            fresh[text] = (hits[text], fits)
            hashed = keyed_hash(self._table.key, plain[text].strip())
            self._bare_name(hashed, squeeze(plain[text]), hits[text])
            self._offer(hashed, plain[text])
        found = {t: self._seen[t] for t in texts if t in self._seen}
        if len(self._seen) + len(fresh) <= _REMEMBERED:
            self._seen.update(fresh)
        found.update(fresh)
        return found

    def _bare_name(self, hashed: int, text: str, hits: list[Hit]) -> None:
        """Note a cell that could be a name: for its mask, or as one that stands alone
        among other things."""
        ascii_word = text.isascii() and text[:1].isalpha()
        if not ascii_word and not BARE_NAME.fullmatch(text):
            return
        score = name_score(text)
        if score <= 0.5:
            return
        shown = mask(text, "PERSON_NAME")
        self._column.name_masked = first_masked(self._column.name_masked, [shown])
        # Of two characters too many are words.
        if ascii_word or len(text) < 3 or score < LONE_SCORE:
            return
        hits.append(Hit(LONE_NAME, 0, len(text), LONE_SCORE))
        self._lone[hashed] = text
        if len(self._lone) > 2 * LONE:
            self._keep_lone()

    def _keep_lone(self) -> None:
        self._lone = {h: self._lone[h] for h in heapq.nsmallest(LONE, self._lone)}

    def _names_in_text(self, plain: dict[str, str], hits: dict[str, list[Hit]]) -> None:
        texts = [
            t
            for t, p in plain.items()
            if len(p) > 4 and CJK.search(p) and not BARE_NAME.fullmatch(p)
        ]
        if self._is_key:
            texts = [t for t in texts if not _INSTITUTION.fullmatch(plain[t])]
        taken = set(self._table.lac_share([plain[t] for t in texts]))
        texts = [t for t in texts if plain[t] in taken]
        results = self._table.names.analyze_many([plain[t] for t in texts])
        for text, names in zip(texts, results, strict=True):
            hits[text] = hits[text] + [
                Hit(r.entity_type, r.start, r.end, r.score) for r in names
            ]

    def _count(self, text: str, hits: list[Hit], fits: bool, times: int) -> None:
        column, plain = self._column, _plain(text)
        if fits and self._rule:
            column.fits += times
            column.fit_masked = first_masked(
                column.fit_masked, [mask(plain, self._rule.entity)]
            )
        for entity in {hit.entity for hit in hits}:
            best = max((h for h in hits if h.entity == entity), key=lambda h: h.score)
            tally = column.hits.setdefault(entity, HitTally())
            tally.score = max(tally.score, round(best.score, 2))
            tally.open_number = best.open_number
            if best.strong:
                tally.strong += times
            else:
                tally.weak += times
            if entity == LONE_NAME:
                shown = mask(squeeze(plain), "PERSON_NAME")
            else:
                shown = mask(plain[best.start : best.end], entity)
            tally.masked = first_masked(tally.masked, [shown])
            if plain.isdigit():
                tally.lengths[len(plain)] = tally.lengths.get(len(plain), 0) + times

    def _offer(self, hashed: int, text: str) -> None:
        """Keep the cells with the smallest hashes (a heap of negated hashes)."""
        if hashed in self._sampled:
            return
        if len(self._heap) < SAMPLE:
            heapq.heappush(self._heap, (-hashed, text))
            self._sampled.add(hashed)
        else:
            self._column.sample.complete = False
            if hashed < -self._heap[0][0]:
                out, _ = heapq.heapreplace(self._heap, (-hashed, text))
                self._sampled.discard(-out)
                self._sampled.add(hashed)

    def finish(self, names: PersonNameRecognizer) -> None:
        """Hear the witnesses about the sampled cells."""
        texts = [squeeze(text) for _, text in self._heap]
        scores = [name_score(text) for text in texts]
        asked = [
            i
            for i, text in enumerate(texts)
            if scores[i] > 0.3 and BARE_NAME.fullmatch(text)
        ]
        says = dict(
            zip(asked, names.whole_names([texts[i] for i in asked]), strict=True)
        )
        # LAC knows no Latin letters: the rules of pinyin speak twice.
        says |= {i: scores[i] > 0.5 for i, t in enumerate(texts) if t.isascii()}
        for i, (negated, _) in enumerate(self._heap):
            self._column.sample.cells[-negated] = (
                round(scores[i], 3),
                float(says.get(i, 0.0)),
                float(bool(_INSTITUTION.fullmatch(texts[i]))),
                float(bool(BARE_NAME.fullmatch(texts[i]))),
            )
        self._keep_lone()
        said = names.whole_names(list(self._lone.values()))
        self._column.lone = dict(zip(self._lone, map(float, said), strict=True))
