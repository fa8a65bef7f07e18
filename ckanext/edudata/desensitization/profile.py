"""What is remembered of a table after its rows are gone. No raw value is kept.

Profiles of parts merge into the profile of the whole: counts add up, first rows are the
smallest, and unique cells are a *bottom sample*: of all cells the ones with the
smallest keyed hashes, each with what the witnesses said of it. That sample is the same
whichever way the rows were cut. Hashes are XXH3 under a secret seed, because hashes of
names and numbers without one are as good as the values; a profile that is kept is
encrypted besides.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .columns import TypeTally
from .keyed import key_id, keyed_hash
from .report import FIRST_ROWS
from .small_cells import SmallCells

__all__ = ["Profile", "key_id", "keyed_hash"]

#: What is added to the length of numbers that are written with separators.
APART = 1000
#: Unique cells that are counted exactly, and of which the witnesses are heard.
SAMPLE = 1024
#: Cells of a column of which the second witness is heard.
ASKED = 96
WORTH_ASKING = 0.3
#: A cell that is a name by its weights, in a column of which nothing is known yet: of
#: 6,000 nouns of three characters 0.2 % come as far, of names of three 98 %.
LONE_NAME = "LONE_NAME"
LONE_SCORE = 0.95
#: Cells that alone look like a name, of which the second witness is heard: those that
#: look most like one.
LONE = 64
#: Different combinations of quasi-identifiers that are counted; more than that in one
#: table, and the smallest group is taken to be one person.
MAX_GROUPS = 50_000
#: Masked examples of one finding.
SHOWN = 3

Shown = dict[int, str]
Cell = tuple[float, float | None, float, float, int]


@dataclass
class HitTally:
    """One entity in one column: how often, where first, and how it looked masked."""

    strong: int = 0
    weak: int = 0
    score: float = 0.0
    rows: list[int] = field(default_factory=list)
    #: The first ones as they look masked, by row.
    shown: Shown = field(default_factory=dict)
    open_number: bool = False
    #: How many cells of digits alone, by length, were among the hits, and the strong.
    lengths: dict[int, int] = field(default_factory=dict)
    strong_lengths: dict[int, int] = field(default_factory=dict)

    def merge(self, other: HitTally) -> None:
        self.strong += other.strong
        self.weak += other.weak
        self.score = max(self.score, other.score)
        self.rows = first_rows(self.rows, other.rows)
        self.shown = first_shown(self.shown, other.shown)
        self.open_number = self.open_number or other.open_number
        add_counts(self.lengths, other.lengths)
        add_counts(self.strong_lengths, other.strong_lengths)

    @property
    def masked(self) -> list[str]:
        return masked(self.shown)


@dataclass
class Sample:
    """The cells with the smallest keyed hashes, and what was said of each of them.

    ``cells`` maps hash to ``(name score, the second witness says person, looks like an
    institution, is a bare word of two to four characters or dotted, its form for
    :mod:`.recognizers.lone_names`)``. The second witness is dear: it hears only the
    :data:`ASKED` smallest of those that may be names; ``None`` stands for the others.
    """

    cells: dict[int, Cell] = field(default_factory=dict)
    complete: bool = True

    def merge(self, other: Sample) -> None:
        self.cells.update(other.cells)
        self.complete = self.complete and other.complete
        if len(self.cells) > SAMPLE:
            keep = heapq.nsmallest(SAMPLE, self.cells)
            self.cells = {h: self.cells[h] for h in keep}
            self.complete = False
        asked = sorted(h for h, cell in self.cells.items() if may_be_asked(cell))
        for late in asked[ASKED:]:
            score, _, institution, bare, form = self.cells[late]
            self.cells[late] = (score, None, institution, bare, form)

    def unique(self) -> int:
        """Exact up to :data:`SAMPLE`, estimated beyond it."""
        if self.complete:
            return len(self.cells)
        return round((SAMPLE - 1) / (max(self.cells) / 2**64))

    def mean(self, witness: int) -> float:
        """Of all cells; what the second witness was not asked is taken to be as what
        it was asked."""
        said = [said for c in self.cells.values() if (said := c[witness]) is not None]
        if not said:
            return 0.0
        if len(said) == len(self.cells):
            return sum(said) / len(said)
        asked = [c[witness] for c in self.cells.values() if may_be_asked(c)]
        heard = [said for said in asked if said is not None]
        sure = sum(said) - sum(heard)
        return (sure + sum(heard) / len(heard) * len(asked)) / len(self.cells)


def may_be_asked(cell: Cell) -> bool:
    """Whether the second witness would be asked about a cell, were there time."""
    return cell[0] > WORTH_ASKING and bool(cell[3])


class LoneName(NamedTuple):
    """A cell that alone looks like a name: its weight, what speaks for it in log-odds
    and its form (:mod:`.recognizers.lone_names`), how often it stands there, its first
    rows, and its mask."""

    score: float
    odds: float
    form: int
    times: int
    rows: list[int]
    shown: str


def merge_lone(some: dict[int, LoneName], more: Mapping[int, LoneName]) -> None:
    """Those stay that look most like a name, whichever way the rows were cut."""
    for hashed, other in more.items():
        mine = some.get(hashed)
        some[hashed] = (
            other
            if mine is None
            else mine._replace(
                times=mine.times + other.times, rows=first_rows(mine.rows, other.rows)
            )
        )
    if len(some) > LONE:
        keep = heapq.nlargest(LONE, some, key=lambda h: (some[h].score, h))
        for hashed in some.keys() - set(keep):
            del some[hashed]


@dataclass
class ColumnProfile:
    name: str
    label: str
    cells: int = 0
    empty: int = 0
    fits: int = 0
    rows: list[int] = field(default_factory=list)
    fit_rows: list[int] = field(default_factory=list)
    fit_shown: Shown = field(default_factory=dict)
    name_shown: Shown = field(default_factory=dict)
    types: TypeTally = field(default_factory=TypeTally)
    sample: Sample = field(default_factory=Sample)
    hits: dict[str, HitTally] = field(default_factory=dict)
    digit_lengths: dict[int, int] = field(default_factory=dict)
    #: The cells that alone look most like a name, by hash.
    lone: dict[int, LoneName] = field(default_factory=dict)

    def merge(self, other: ColumnProfile) -> None:
        for name in ("cells", "empty", "fits"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.rows = first_rows(self.rows, other.rows)
        self.fit_rows = first_rows(self.fit_rows, other.fit_rows)
        self.fit_shown = first_shown(self.fit_shown, other.fit_shown)
        self.name_shown = first_shown(self.name_shown, other.name_shown)
        self.types.merge(other.types)
        self.sample.merge(other.sample)
        for entity, tally in other.hits.items():
            self.hits.setdefault(entity, HitTally()).merge(tally)
        add_counts(self.digit_lengths, other.digit_lengths)
        merge_lone(self.lone, other.lone)

    @property
    def fit_masked(self) -> list[str]:
        return masked(self.fit_shown)

    @property
    def name_masked(self) -> list[str]:
        return masked(self.name_shown)


@dataclass
class TableProfile:
    """``outside`` holds hits outside cells, by place: note, header, sheet_name."""

    sheet: str
    columns: list[ColumnProfile]
    header_row: int = 0
    hidden: bool = False
    rows: int = 0
    left_out: int = 0
    groups: dict[int, int] = field(default_factory=dict)
    groups_full: bool = False
    outside: dict[str, dict[str, HitTally]] = field(default_factory=dict)
    names_cued_only: bool = False
    #: Numbers of people, in tables that have any.
    cells: SmallCells | None = None

    def merge(self, other: TableProfile) -> None:
        if [c.name for c in self.columns] != [c.name for c in other.columns]:
            raise ValueError("Profiles of tables with different columns do not merge.")
        for column, more in zip(self.columns, other.columns, strict=True):
            column.merge(more)
        self.rows += other.rows
        self.left_out += other.left_out
        self.hidden = self.hidden or other.hidden
        self.names_cued_only = self.names_cued_only or other.names_cued_only
        add_counts(self.groups, other.groups)
        self.cap_groups(other.groups_full)
        if self.cells and other.cells:
            self.cells.merge(other.cells)
        for place, hits in other.outside.items():
            mine = self.outside.setdefault(place, {})
            for entity, tally in hits.items():
                mine.setdefault(entity, HitTally()).merge(tally)

    def cap_groups(self, full: bool = False) -> None:
        if full or self.groups_full or len(self.groups) > MAX_GROUPS:
            self.groups, self.groups_full = {}, True

    def k(self) -> int | None:
        """Size of the smallest group, None where no groups were counted."""
        if self.groups_full:
            return 1
        return min(self.groups.values(), default=None)


@dataclass
class Profile:
    """The profile of a file: its tables, and what stands outside every sheet."""

    key_id: str
    tables: list[TableProfile] = field(default_factory=list)
    outside: dict[str, dict[str, HitTally]] = field(default_factory=dict)

    def merge(self, other: Profile) -> Profile:
        """Fold in the profile of the part that follows; tables are matched by sheet.

        Raises ``ValueError`` for another key or other columns.
        """
        if self.key_id != other.key_id:
            raise ValueError("Profiles made under different keys do not merge.")
        mine = {table.sheet: table for table in self.tables}
        for table in other.tables:
            if table.sheet in mine:
                mine[table.sheet].merge(table)
            else:
                self.tables.append(table)
        for place, hits in other.outside.items():
            here = self.outside.setdefault(place, {})
            for entity, tally in hits.items():
                here.setdefault(entity, HitTally()).merge(tally)
        return self

    def to_dict(self) -> dict[str, Any]:
        return {
            "key_id": self.key_id,
            "tables": [_table_dict(t) for t in self.tables],
            "outside": _hits_dict(self.outside),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Profile:
        return cls(
            key_id=data["key_id"],
            tables=[_table(t) for t in data["tables"]],
            outside=_hits(data["outside"]),
        )


def first_rows(rows: list[int], more: Iterable[int]) -> list[int]:
    return sorted({*rows, *more})[:FIRST_ROWS]


def first_shown(shown: Mapping[int, str], more: Mapping[int, str]) -> Shown:
    both = {**shown, **more}
    return {row: both[row] for row in sorted(both)[:SHOWN]}


def masked(shown: Mapping[int, str]) -> list[str]:
    return list(dict.fromkeys(shown.values()))


def add_counts(counts: dict[int, int], more: Mapping[int, int]) -> None:
    for key, count in more.items():
        counts[key] = counts.get(key, 0) + count


# JSON has only text for keys; hashes go as hexadecimal.
def _hits_dict(places: dict[str, dict[str, HitTally]]) -> dict[str, Any]:
    return {
        p: {e: _tally_dict(t) for e, t in hits.items()} for p, hits in places.items()
    }


def _hits(places: dict[str, Any]) -> dict[str, dict[str, HitTally]]:
    return {p: {e: _tally(t) for e, t in hits.items()} for p, hits in places.items()}


def _tally_dict(tally: HitTally) -> dict[str, Any]:
    return {
        **vars(tally),
        "lengths": _text_keys(tally.lengths),
        "strong_lengths": _text_keys(tally.strong_lengths),
        "shown": _text_keys(tally.shown),
    }


def _tally(data: dict[str, Any]) -> HitTally:
    return HitTally(
        **{
            **data,
            "lengths": _int_keys(data["lengths"]),
            "strong_lengths": _int_keys(data["strong_lengths"]),
            "shown": _int_keys(data["shown"]),
        }
    )


def _text_keys(values: dict[int, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in values.items()}


def _int_keys(values: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in values.items()}


def _table_dict(table: TableProfile) -> dict[str, Any]:
    return {
        **vars(table),
        "columns": [_column_dict(c) for c in table.columns],
        "groups": {f"{h:x}": n for h, n in table.groups.items()},
        "outside": _hits_dict(table.outside),
        "cells": table.cells.to_dict() if table.cells else None,
    }


def _table(data: dict[str, Any]) -> TableProfile:
    return TableProfile(
        **{
            **data,
            "columns": [_column(c) for c in data["columns"]],
            "groups": {int(h, 16): n for h, n in data["groups"].items()},
            "outside": _hits(data["outside"]),
            "cells": SmallCells.from_dict(data["cells"]) if data["cells"] else None,
        }
    )


def _column_dict(column: ColumnProfile) -> dict[str, Any]:
    return {
        **vars(column),
        "types": column.types.to_list(),
        "sample": {
            "cells": {f"{h:x}": list(c) for h, c in column.sample.cells.items()},
            "complete": column.sample.complete,
        },
        "hits": {e: _tally_dict(t) for e, t in column.hits.items()},
        "fit_shown": _text_keys(column.fit_shown),
        "name_shown": _text_keys(column.name_shown),
        "digit_lengths": _text_keys(column.digit_lengths),
        "lone": {f"{h:x}": list(lone) for h, lone in column.lone.items()},
    }


def _column(data: dict[str, Any]) -> ColumnProfile:
    sample = data["sample"]
    cells = {
        int(h, 16): (c[0], c[1], c[2], c[3], c[4]) for h, c in sample["cells"].items()
    }
    return ColumnProfile(
        **{
            **data,
            "types": TypeTally(*data["types"]),
            "sample": Sample(cells, sample["complete"]),
            "hits": {e: _tally(t) for e, t in data["hits"].items()},
            "fit_shown": _int_keys(data["fit_shown"]),
            "name_shown": _int_keys(data["name_shown"]),
            "digit_lengths": _int_keys(data["digit_lengths"]),
            "lone": {int(h, 16): LoneName(*lone) for h, lone in data["lone"].items()},
        }
    )
