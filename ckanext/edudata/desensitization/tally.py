"""Fills the profile of one table, batch after batch: every cell is looked at, each
unique one of a batch once, cells of one shape together."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from . import headers
from . import table_words as words
from .entities import mask
from .keyed import keyed_hash, keyed_hashes
from .outside import scan_outside
from .profile import (
    APART,
    ASKED,
    LONE,
    LONE_NAME,
    LONE_SCORE,
    SAMPLE,
    SHOWN,
    Cell,
    ColumnProfile,
    HitTally,
    LoneName,
    Shown,
    TableProfile,
    add_counts,
    first_rows,
    first_shown,
    may_be_asked,
)
from .reading.sheets import Batch
from .recognizers.lone_names import form, may_stand_alone, own_odds
from .recognizers.name_cues import cued_names
from .recognizers.name_weights import (
    BARE_NAME,
    may_hold_name,
    name_score,
    name_scores,
    squeeze,
)
from .recognizers.person_name import PersonNameRecognizer
from .recognizers.pinyin import DOUBTFUL
from .report import FIRST_ROWS
from .scanner import Hit, Hits, by_shape, scanner
from .shapes import OTHER, Unsupported
from .small_cells import SmallCells
from .text import CJK, normalise, normalise_all, simplified, whole_number

#: Characters of free text of one table that LAC reads; beyond, only cells with a cue.
LAC_CHARS = 2_000_000
#: Texts of a column of which LAC's answer is remembered from batch to batch.
_REMEMBERED = 20_000
_CUE = re.compile(
    r"姓名|学生|同学|老师|教师|家长|父|母|监护|联系人|负责人|班主任|校长|园长|该生|先生|女士|小朋友"
)
_INSTITUTION = re.compile(
    r".*(?:大学|学院|学校|中学|小学|幼儿园|托育园|园|校|局|委|委员会|中心|研究院|研究所|院|所|馆|"
    r"站|部|处|科|室|分校|校区|公司|集团|医院|基地|学堂|中职|职教|附中|附小|[一二三四五六七八九十]中|"
    r"(?:university|college|school|institute|academy)s?)(?:[（(].{1,20}[）)])?",
    re.I,
)
#: The last characters of an institution's name, to look no further at other cells.
_LAST = frozenset("学校院园局委会心所馆站部处科室区司团地堂职教附中小)）SsYyLlEe")
#: From here on names are scored together.
_FEW_NAMES = 24
#: No bare name is as long.
_LONG = 40
_FLOAT = re.compile(r"0{6,20}\.0|0\.0{9,17}a\+?00")
_APART = re.compile(r"\(?0(?:[\-() ]{0,2}0){5,24}a?")
#: Shapes that the pattern of mail addresses fills; of all texts of such a shape.
_ADDRESS = re.compile(r"a[a0._%+\-]{0,63}@(?:[a0][a0\-]{0,62}\.){1,5}a{2,24}")
_WORD = re.compile(r"[\u3400-\u9fff]{2,4}")
_LATIN = re.compile(r"a[a' ,.\-]+")
_DATE = re.compile(r"0000[-/]0{1,2}[-/]0{1,2}")


def _plain(text: str) -> str:
    return whole_number(normalise(text))


@dataclass(frozen=True)
class _Kind:
    """What all texts of one shape have in common."""

    bare: bool
    latin: bool
    sentence: bool
    digits: int
    floating: bool
    date: bool
    leading: bool


def _digits(shape: str) -> int:
    """The length of a number, with :data:`APART` where its digits stand apart; an X may
    end it."""
    if not shape.strip("0"):
        return len(shape)
    if _APART.fullmatch(shape):
        return len(shape) + APART * (not shape[:-1].isdigit())
    return 0


@lru_cache(maxsize=20_000)
def _kind(shape: str) -> _Kind:
    squeezed = squeeze(shape)
    bare = bool(BARE_NAME.fullmatch(squeezed))
    first = shape.strip().lstrip("+-")[:1]
    return _Kind(
        bare=bare,
        latin=bool(_LATIN.fullmatch(shape)),
        # A sentence about 帕提古丽·买买提 may be as short as a long name.
        sentence=bool(len(shape) > 4 and CJK.search(shape))
        and (not bare or ("·" in shape and len(shape) > 8)),
        digits=_digits(shape.strip()),
        floating=bool(_FLOAT.fullmatch(shape)),
        date=bool(_DATE.fullmatch(shape.strip())),
        leading=first == "0",
    )


@lru_cache(maxsize=256)
def announced_shape(rule: headers.HeaderRule) -> tuple[re.Pattern[str] | None, bool]:
    """The cells that a column's name announces, over shapes."""
    try:
        wide, same = scanner().alphabet.widened(
            headers.cell_pattern(rule).pattern, re.UNICODE
        )
    except Unsupported:
        return None, False
    return re.compile(wide), same


class TableTally:
    """The accumulator behind a :class:`TableProfile`. Raw cells live only in here."""

    def __init__(
        self,
        profile: TableProfile,
        key: bytes,
        names: PersonNameRecognizer,
        small_cell: int,
        title: str = "",
    ) -> None:
        self.profile = profile
        labels = [column.label for column in profile.columns]
        cells = SmallCells(labels, small_cell, key, title=title)
        profile.cells = cells if cells.active else None
        self.key = key
        self.names = names
        self._lac_left = LAC_CHARS
        self._columns = [_ColumnTally(column, self) for column in profile.columns]
        self._quasi = [
            place
            for place, column in enumerate(profile.columns)
            if words.is_quasi(column.label)
        ]
        self._about_persons = any(
            words.matches(words.INTRINSIC, c.label) for c in profile.columns
        )

    def widen(self, column: ColumnProfile) -> None:
        """A row was wider than all before it: one more column."""
        column.empty = self.profile.rows
        self.profile.columns.append(column)
        self._columns.append(_ColumnTally(column, self))

    def add(self, rows: Batch, numbers: Sequence[int]) -> None:
        """Rows of equal width, with the number of each as a person counts."""
        for column, cells in zip(self._columns, zip(*rows, strict=True), strict=True):
            column.add(cells, numbers)
        if self._about_persons and self._quasi and not self.profile.groups_full:
            quasi = self._quasi
            found = Counter("\x1f".join([row[i] or "" for i in quasi]) for row in rows)
            add_counts(
                self.profile.groups,
                {keyed_hash(self.key, text): n for text, n in found.items()},
            )
            self.profile.cap_groups()
        if self.profile.cells:
            self.profile.cells.add(rows, numbers)
        self.profile.rows += len(rows)

    def outside(self, place: str, text: str, row: int = 0) -> None:
        """A text that stands in no data cell: a note, the header, a sheet's name."""
        self.profile.left_out += place == "note"
        scan_outside(self.profile.outside, self.names, place, text, row)

    def finish(self) -> TableProfile:
        for column in self._columns:
            column.finish()
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


@dataclass
class _Lone:
    text: str
    score: float
    times: int = 0
    rows: list[int] = field(default_factory=list)


@dataclass
class _Group:
    """The unique cells of one batch that have one shape."""

    shape: str
    kind: _Kind
    raw: list[str]
    plain: list[str]
    times: list[int]
    total: int
    #: All their shapes, where no pattern asks anything of several ones.
    mixed: Sequence[str] = ()


class _ColumnTally:
    def __init__(self, column: ColumnProfile, table: TableTally) -> None:
        self._column = column
        self._table = table
        header = simplified(normalise(column.label))
        self._named = scanner().named(header)
        self._header = header
        self._rule = headers.header_rule(column.label)
        self._is_key = words.matches(words.INSTITUTION_KEY, column.label)
        #: What LAC said of texts, raw text to hits.
        self._said: dict[str, Hits] = {}
        #: What it said of the texts of this batch that are not remembered.
        self._fresh: dict[str, Hits] = {}
        #: The cells with the smallest hashes.
        self._sample: dict[int, str] = {}
        self._largest = 0
        #: Cells that alone look like a name, and the ones of this batch as they stand.
        self._lone: dict[int, _Lone] = {}
        self._lone_here: dict[str, int] = {}
        self._lone_least = 0.0

    def add(self, cells: Sequence[str | None], numbers: Sequence[int]) -> None:
        column = self._column
        counts = Counter(cells)
        blank = counts.pop(None, 0)
        for text in [t for t in counts if t is None or t.isspace()]:
            blank += counts.pop(text)
        column.empty += blank
        column.cells += len(cells) - blank
        found: dict[str, Hits] = {}
        fitting: list[list[str]] = []
        if counts:
            groups = self._groups(counts)  # type: ignore[arg-type]
            self._listen(groups)
            for group in groups:
                self._take(group, found, fitting)
        self._mark_rows(cells, numbers, found, fitting)

    def _groups(self, counts: Mapping[str, int]) -> list[_Group]:
        raw = list(counts)
        times = list(counts.values())
        plain = normalise_all(raw)
        alphabet = scanner().alphabet
        lines = [i for i, text in enumerate(plain) if "\n" in text]
        if lines:
            flat = plain.copy()
            for i in lines:
                flat[i] = flat[i].replace("\n", " ")
            shapes = alphabet.shapes(flat)
            for i in lines:
                # A shape of its own kind: patterns see the lines, so all must look.
                shapes[i] = "\n" + shapes[i]
        else:
            shapes = alphabet.shapes(plain)
        groups = by_shape(shapes)
        if self._rule is None:
            _addresses_together(groups)
        mixed = _words_together(groups)
        for shape in [shape for shape in groups if _kind(shape).floating]:
            plain = list(plain)
            stay = []
            for i in groups.pop(shape):
                whole = whole_number(plain[i])
                if whole == plain[i]:
                    stay.append(i)
                else:
                    plain[i] = whole
                    groups.setdefault(alphabet.shape(whole), []).append(i)
            if stay:
                groups[shape] = stay
        self._offer(plain)
        return [
            _Group(
                shape,
                _kind(shape),
                [raw[i] for i in places],
                [plain[i] for i in places],
                n := [times[i] for i in places],
                sum(n),
                mixed.get(shape, ()),
            )
            for shape, places in groups.items()
        ]

    def _take(
        self, group: _Group, found: dict[str, Hits], fitting: list[list[str]]
    ) -> None:
        self._types(group)
        if group.kind.digits:
            add_counts(self._column.digit_lengths, {group.kind.digits: group.total})
        if self._rule is not None and (fits := self._fits(group, self._rule)):
            fitting.append(fits)
        hits = self._hits(group)
        if group.kind.bare or group.kind.latin:
            hits = self._bare_names(group, hits)
        if group.kind.sentence:
            hits = self._names_in_text(group, hits)
        if not hits:
            return
        if isinstance(hits, tuple):
            self._count(hits, group.total, group.kind.digits)
            found.update(dict.fromkeys(group.raw, hits))
            return
        totals: Counter[Hits] = Counter()
        for place, one in hits.items():
            totals[one] += group.times[place]
            found[group.raw[place]] = one
        for one, total in totals.items():
            self._count(one, total, group.kind.digits)

    def _types(self, group: _Group) -> None:
        types = self._column.types
        plain, kind = group.plain, group.kind
        same = plain is group.raw or plain == group.raw
        if same and kind.date and group.shape.strip() == group.shape:
            types.add_dates(plain, group.times)
        elif not same or kind.date:
            for text, times in zip(group.raw, group.times, strict=True):
                types.add(text, times)
        elif not kind.leading:
            types.add(plain[0], group.total)
        else:
            # Of one shape only those differ that begin with a zero.
            zero, rest = 0, plain[0]
            for text, times in zip(plain, group.times, strict=True):
                if text.lstrip(" +-")[0] == "0":
                    zero += times
                    types.add(text, times)
                else:
                    rest = text
            if group.total > zero:
                types.add(rest, group.total - zero)

    def _fits(self, group: _Group, rule: headers.HeaderRule) -> list[str]:
        """The cells that can be what the column's name announces."""
        column = self._column
        wide, same = announced_shape(rule)
        fit = [
            wide is None or bool(wide.fullmatch(shape.strip()))
            for shape in group.mixed or (group.shape,)
        ]
        if not any(fit):
            return []
        if same and all(fit) and OTHER not in group.shape:
            column.fits += group.total
            return group.raw
        match = headers.cell_pattern(rule).fullmatch
        places = [i for i, text in enumerate(group.plain) if match(text)]
        column.fits += sum(group.times[i] for i in places)
        return [group.raw[i] for i in places]

    def _hits(self, group: _Group) -> Hits | dict[int, Hits] | None:
        if group.shape[0] != "\n":
            return scanner().group(group.plain, group.shape, self._named)
        found = {}
        for place, text in enumerate(group.plain):
            if hits := scanner().hits(text, self._header):
                found[place] = tuple(hits)
        return found

    def _bare_names(
        self, group: _Group, hits: Hits | dict[int, Hits] | None
    ) -> Hits | dict[int, Hits] | None:
        """Note cells that could be names: for their masks, or as those that stand
        alone among other things."""
        texts = group.plain
        if squeeze(group.shape) != group.shape:
            texts = [squeeze(text) for text in texts]
        many = len(texts) > _FEW_NAMES
        scores = name_scores(texts) if many else [name_score(t) for t in texts]
        least = DOUBTFUL - 0.01 if group.kind.latin else 0.5
        likely = [place for place, score in enumerate(scores) if score > least]
        if not likely:
            return hits
        found = _each(hits, len(texts))
        for place in likely:
            text, score = texts[place], scores[place]
            alone = may_stand_alone(text, score)
            if not alone and score <= 0.5:
                continue
            hit = _LONE_HITS if alone else _LIKELY_HITS
            before = found.get(place)
            found[place] = before + hit if before else hit
            if alone and score >= self._lone_least:
                self._note_lone(group, place, text, score)
        return found

    def _note_lone(self, group: _Group, place: int, text: str, score: float) -> None:
        hashed = keyed_hash(self._table.key, text)
        lone = self._lone.setdefault(hashed, _Lone(text, score))
        lone.times += group.times[place]
        self._lone_here[group.raw[place]] = hashed
        if len(self._lone) > 4 * LONE:
            self._keep_lone()

    def _keep_lone(self) -> None:
        """Those stay that look most like a name, whichever way the rows were cut."""
        lone = self._lone
        if len(lone) > LONE:
            keep = heapq.nlargest(LONE, lone, key=lambda h: (lone[h].score, h))
            self._lone = {h: lone[h] for h in keep}
            self._lone_least = lone[keep[-1]].score

    def _listen(self, groups: list[_Group]) -> None:
        """Ask LAC about all sentences of a batch at once."""
        said = self._said
        new = [
            text
            for group in groups
            if group.kind.sentence
            and not (self._is_key and all(map(_INSTITUTION.fullmatch, group.plain)))
            for text in group.plain
            if text not in said and not (self._is_key and _INSTITUTION.fullmatch(text))
        ]
        fresh: dict[str, Hits] = dict.fromkeys(new, ())
        self._fresh = fresh
        for text in fresh:
            # A name beside its cue needs no second witness.
            if cued := cued_names(text):
                fresh[text] = tuple(Hit(_IN_TEXT, *span) for span in cued)
        taken = self._table.lac_share([t for t, hits in fresh.items() if not hits])
        results = self._table.names.analyze_many(taken)
        for text, names in zip(taken, results, strict=True):
            fresh[text] = tuple(
                Hit(r.entity_type, r.start, r.end, r.score) for r in names
            )
        if len(said) < _REMEMBERED:
            said.update(fresh)

    def _names_in_text(
        self, group: _Group, hits: Hits | dict[int, Hits] | None
    ) -> Hits | dict[int, Hits] | None:
        if self._is_key and all(map(_INSTITUTION.fullmatch, group.plain)):
            return hits
        found = None
        for place, text in enumerate(group.plain):
            names = self._fresh.get(text) or self._said.get(text)
            if names:
                found = _each(hits, len(group.plain)) if found is None else found
                found[place] = found.get(place, ()) + names
        return hits if found is None else found

    def _count(self, hits: Hits, total: int, digits: int) -> None:
        for entity, best in _best(hits).items():
            if entity == _LIKELY:
                continue
            tally = self._column.hits.setdefault(entity, HitTally())
            tally.score = max(tally.score, round(best.score, 2))
            tally.open_number = best.open_number
            if best.strong:
                tally.strong += total
            else:
                tally.weak += total
            if digits:
                add_counts(tally.lengths, {digits: total})
                if best.strong:
                    add_counts(tally.strong_lengths, {digits: total})

    def _mark_rows(
        self,
        cells: Sequence[str | None],
        numbers: Sequence[int],
        found: dict[str, Hits],
        fitting: list[list[str]],
    ) -> None:
        column = self._column
        if len(column.rows) < FIRST_ROWS:
            places = _first(cells, lambda c: bool(c) and not c.isspace())
            column.rows = first_rows(column.rows, [numbers[i] for i in places])
        if fitting and len(column.fit_rows) < FIRST_ROWS and self._rule:
            fits = set().union(*fitting)
            places = _first(cells, fits.__contains__)
            column.fit_rows = first_rows(column.fit_rows, [numbers[i] for i in places])
            entity = self._rule.entity
            shown = {
                numbers[i]: mask(_plain(cells[i] or ""), entity) for i in places[:SHOWN]
            }
            column.fit_shown = first_shown(column.fit_shown, shown)
        if found:
            self._mark_hits(cells, numbers, found)
        if self._lone_here:
            here, self._lone_here = self._lone_here, {}
            for number, cell in zip(numbers, cells, strict=True):
                lone = self._lone.get(here[cell]) if cell in here else None
                if lone and len(lone.rows) < FIRST_ROWS:
                    lone.rows.append(number)

    def _mark_hits(
        self,
        cells: Sequence[str | None],
        numbers: Sequence[int],
        found: dict[str, Hits],
    ) -> None:
        column = self._column
        by_entity: dict[str, dict[Hits, Hit]] = {}
        for hits in set(found.values()):
            for entity, best in _best(hits).items():
                by_entity.setdefault(entity, {})[hits] = best
        if len(column.name_shown) < SHOWN:
            likely = {h for e in (_LIKELY, LONE_NAME) for h in by_entity.get(e, ())}
            texts = {text for text, hits in found.items() if hits in likely}
            places = _first(cells, texts.__contains__, SHOWN)
            more = {
                numbers[i]: mask(squeeze(_plain(cells[i] or "")), "PERSON_NAME")
                for i in places
            }
            column.name_shown = first_shown(column.name_shown, more)
        for entity, best in by_entity.items():
            if entity == _LIKELY or len(column.hits[entity].rows) >= FIRST_ROWS:
                continue
            tally = column.hits[entity]
            texts = {text for text, hits in found.items() if hits in best}
            places = _first(cells, texts.__contains__)
            tally.rows = first_rows(tally.rows, [numbers[i] for i in places])
            shown: Shown = {}
            for i in places[:SHOWN]:
                text = _plain(cells[i] or "")
                hit = best[found[cells[i] or ""]]
                if entity == LONE_NAME:
                    shown[numbers[i]] = mask(squeeze(text), "PERSON_NAME")
                else:
                    shown[numbers[i]] = mask(text[hit.start : hit.end], entity)
            tally.shown = first_shown(tally.shown, shown)

    def _offer(self, texts: list[str]) -> None:
        """Keep the cells with the smallest hashes."""
        sample = self._column.sample
        stripped = [text.strip() for text in texts]
        hashes = np.array(keyed_hashes(self._table.key, stripped), dtype=np.uint64)
        unique, where = np.unique(hashes, return_index=True)
        if not sample.complete:
            # The sample is full: only what is smaller than its largest gets in.
            unique = unique[unique < np.uint64(self._largest)]
        more = unique[:SAMPLE].tolist()
        kept = self._sample
        kept.update(zip(more, [stripped[i] for i in where[: len(more)]], strict=True))
        if len(unique) > SAMPLE or len(kept) > SAMPLE:
            sample.complete = False
            self._sample = {h: kept[h] for h in sorted(kept)[:SAMPLE]}
            self._largest = max(self._sample)

    def finish(self) -> None:
        """Hear the witnesses about the sampled cells."""
        names = self._table.names
        code = lru_cache(maxsize=None)(
            lambda char: keyed_hash(self._table.key, char) & 4095
        )
        sample = sorted(self._sample.items())
        texts = [squeeze(t) if not t.isalnum() else t for _, t in sample]
        scores = name_scores(texts)
        cells: list[Cell] = [
            (
                round(score, 3),
                float(score > 0.5) if text.isascii() else 0.0,
                float(text[-1:] in _LAST and bool(_INSTITUTION.fullmatch(text))),
                float(
                    bool(bare := form(text, code) if len(text) < _LONG else 0)
                    and not text.isascii()
                ),
                bare,
            )
            for text, score in zip(texts, scores, strict=True)
        ]
        may = [i for i, cell in enumerate(cells) if may_be_asked(cell)]
        asked = may[:ASKED]
        said = names.whole_names([texts[i] for i in asked])
        answers: dict[int, float | None] = dict.fromkeys(may)
        answers.update(zip(asked, map(float, said), strict=True))
        for i, answer in answers.items():
            cells[i] = (cells[i][0], answer, cells[i][2], cells[i][3], cells[i][4])
        self._column.sample.cells = {
            hashed: cell for (hashed, _), cell in zip(sample, cells, strict=True)
        }
        self._keep_lone()
        alone = [each.text for each in self._lone.values()]
        heard = names.whole_names(alone)
        self._column.lone = {
            hashed: LoneName(
                each.score,
                round(own_odds(each.text, each.score, said), 3),
                form(each.text, code),
                each.times,
                each.rows,
                mask(each.text, "PERSON_NAME"),
            )
            for (hashed, each), said in zip(self._lone.items(), heard, strict=True)
        }


_IN_TEXT = PersonNameRecognizer.ENTITY
#: A cell that may be a name, for its mask only.
_LIKELY = "LIKELY_NAME"
_LONE_HITS = (Hit(LONE_NAME, 0, 0, LONE_SCORE),)
_LIKELY_HITS = (Hit(_LIKELY, 0, 0, 0.0),)


@lru_cache(maxsize=20_000)
def _is_address(shape: str) -> bool:
    return bool(_ADDRESS.fullmatch(shape))


def _addresses_together(groups: dict[str, list[int]]) -> None:
    """Mail addresses have hundreds of shapes and nothing else in common with them: an
    address that fills its cell outweighs whatever could be found in a part of it. So
    those of one length stand for one another."""
    same: dict[int, list[int]] = {}
    for shape in [shape for shape in groups if "@" in shape and _is_address(shape)]:
        if (known := same.get(len(shape))) is None:
            same[len(shape)] = groups[shape]
        else:
            known += groups.pop(shape)


def _words_together(groups: dict[str, list[int]]) -> dict[str, list[str]]:
    """Names and other short Chinese words have hundreds of shapes, since patterns ask
    for some characters; those of one length that no pattern asks for go together.

    :returns: the shapes that now stand for several, and for which
    """
    same: dict[int, str] = {}
    mixed: dict[str, list[str]] = {}
    for shape in [shape for shape in groups if 1 < len(shape) < 5]:
        if not _WORD.fullmatch(shape) or not scanner().candidates(shape).nothing:
            continue
        known = same.setdefault(len(shape), shape)
        mixed.setdefault(known, []).append(shape)
        if known is not shape:
            groups[known] += groups.pop(shape)
    return mixed


@lru_cache(maxsize=4096)
def _best(hits: Hits) -> dict[str, Hit]:
    """The surest hit of each entity."""
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.entity not in best or hit.score > best[hit.entity].score:
            best[hit.entity] = hit
    return best


def _each(hits: Hits | dict[int, Hits] | None, size: int) -> dict[int, Hits]:
    if hits is None:
        return {}
    return hits if isinstance(hits, dict) else dict.fromkeys(range(size), hits)


def _first(cells: Sequence[str | None], wanted, most: int = FIRST_ROWS) -> list[int]:  # type: ignore[no-untyped-def]
    """Places of the first cells that are wanted."""
    places = []
    for place, cell in enumerate(cells):
        if wanted(cell):
            places.append(place)
            if len(places) == most:
                break
    return places
