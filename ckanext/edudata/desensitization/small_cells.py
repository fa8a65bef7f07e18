"""Small cells in tables of numbers of people, and hidden ones that others give away.

A cell is small when it counts at least one and fewer than ``limit`` people (5 by
default). A cell that was hidden (``*``, ``<5``, ``—``, blank) is *complementary* when a
total beside it or below it gives it away and it is small: the others are taken off the
total, again and again as long as that says something new.

Only people are counted: never schools, classes, books, money, planned places, seats.
A headcount of an institution's staff says nothing of a single person unless it is
broken down by an attribute of persons (sex, disability, ethnicity, poverty ...);
numbers of children and pupils count in any case.
Statistical usage: GB/T 37964-2019, 5.3 (small groups in aggregated data).

How the tally uses it (all of it pure; nothing is kept but numbers and keyed hashes)::

    cells = SmallCells(labels, limit, key, title=layout.title)  # one for each table
    if cells.active:                      # else there are no numbers of people
        cells.add(rows, numbers)          # every batch of data rows, in order
    cells.merge(more)                     # parts in the order of their rows
    SmallCells.from_dict(cells.to_dict()) # JSON-safe, for the profile
    cells.result()                        # what the verdict reads
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from . import people_words as words
from .report import FIRST_ROWS

#: Hidden cells that are remembered in a row or column, and rows with such cells.
MAX_HIDDEN, MAX_EQUATIONS, MAX_GROUPS = 20, 5_000, 2_000
_NOTHING, _DASH, _MARK = -1, -2, -3
_DASHES = frozenset(
    ["", "-", "--", "—", "——", "－", "–", "/", "…", "……", "...", "..", "无"]
)
_MARKS = frozenset(
    ["*", "**", "***", "x", "X", "s", "c", "※", "#", "保密", "不公开", "隐去"]
)
Cell = tuple[int, int]


@dataclass
class Result:
    """By the place of the column: how many cells, and their first rows (1-based)."""

    small: dict[int, int] = field(default_factory=dict)
    small_rows: dict[int, list[int]] = field(default_factory=dict)
    complementary: dict[int, int] = field(default_factory=dict)
    complementary_rows: dict[int, list[int]] = field(default_factory=dict)


@dataclass
class _Sum:
    """One column of one group of rows: what is known, what is hidden, its total."""

    known: int = 0
    hidden: list[Cell] = field(default_factory=list)
    many: bool = False
    total: int | None = None
    clash: bool = False

    def see_total(self, number: int) -> None:
        self.clash = self.clash or (self.total is not None and self.total != number)
        self.total = number

    def hide(self, cells: list[Cell]) -> None:
        self.hidden += cells[: MAX_HIDDEN - len(self.hidden)]
        self.many = self.many or (len(cells) > 0 and len(self.hidden) >= MAX_HIDDEN)

    def merge(self, other: _Sum) -> None:
        self.known += other.known
        self.hide(other.hidden)
        self.many = self.many or other.many
        if other.total is not None:
            self.see_total(other.total)
        self.clash = self.clash or other.clash

    def to_list(self) -> list[Any]:
        return [self.known, [list(c) for c in self.hidden], *self._flags()]

    def _flags(self) -> list[Any]:
        return [self.many, self.total, self.clash]

    @classmethod
    def from_list(cls, data: list[Any]) -> _Sum:
        known, hidden, many, total, clash = data
        return cls(known, [(r, c) for r, c in hidden], many, total, clash)


@dataclass
class _Relation:
    """That one column is the sum of others, as far as the rows bear it out."""

    total: int
    parts: tuple[int, ...]
    agree: int = 0
    differ: int = 0
    #: Rows with hidden parts: row, what is left of the total, the hidden columns.
    rows: list[tuple[int, int, list[int]]] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.differ == 0


class SmallCells:
    """The accumulator for one table. ``labels`` are its columns' labels (texts of two
    header rows joined by ``_``), ``title`` what stands above them and the sheet's name.
    """

    def __init__(
        self, labels: Sequence[str], limit: int, key: bytes, title: str = ""
    ) -> None:
        self._limit, self._key = limit, key
        self._labels, self._title = list(labels), title
        self._roles = words.roles(labels, title)
        self._counted = [i for i, role in enumerate(self._roles) if role]
        self._told = words.told_by(labels, title)
        self._unit = words.unit_column(labels)
        self._in_persons = words.in_persons(title)
        # Numbers in the other columns are no text that could say anything.
        self._texts = [i for i, role in enumerate(self._roles) if not role]
        self._lead = words.leading_column(labels)
        self._relations = [_Relation(t, p) for t, p in words.sums(labels, self._roles)]
        self._others = words.complements(labels, self._roles)
        self._small: dict[int, int] = {}
        self._small_rows: dict[int, list[int]] = {}
        #: Numbers of the other sex that a total gives away: count, then first rows.
        self._derived: dict[int, list[int]] = {}
        self._sums: dict[tuple[int, int], _Sum] = {}
        #: Group of the last row, by the hash of its name; 0 before the first name.
        self._last = 0
        self._full = False

    @property
    def active(self) -> bool:
        return bool(self._counted)

    def add(self, rows: Sequence[Sequence[str | None]], numbers: Sequence[int]) -> None:
        """Data rows in order, with the number of each as a person counts (1-based)."""
        if not self._counted:
            return
        for row, number in zip(rows, numbers, strict=True):
            self._add(row, number)

    def _add(self, row: Sequence[str | None], number: int) -> None:
        size = len(row)
        cells = {i: read_count(row[i]) for i in self._counted if i < size}
        total, group = self._place(row)
        if all(value == _NOTHING for value in cells.values()):
            return
        told = self._told or self._row_tells(row)
        people = [i for i in cells if self._is_people(i, row, told)]
        for i in people:
            if 0 < cells[i] < self._limit:
                self._small[i] = self._small.get(i, 0) + 1
                rows = self._small_rows.setdefault(i, [])
                if len(rows) < FIRST_ROWS:
                    rows.append(number)
        for i in people:
            self._sum(i, cells[i], total, group, number)
        for relation in self._relations:
            if relation.total in people:
                self._relate(relation, cells, number)
        for whole, part in self._others:
            if cells[part] >= 0 and 0 < cells[whole] - cells[part] < self._limit:
                derived = self._derived.setdefault(part, [0])
                derived[0] += 1
                if len(derived) <= FIRST_ROWS:
                    derived.append(number)

    def _is_people(self, i: int, row: Sequence[str | None], told: bool) -> bool:
        role = self._roles[i]
        if role == words.BY_UNIT:
            unit = row[self._unit] if 0 <= self._unit < len(row) else None
            return words.is_person_unit(unit or "") and (told or self._pupils(row))
        if role == words.BY_ROW:
            named = self._in_persons or any(
                words.names_count(row[k] or "") for k in self._texts if k < len(row)
            )
            return named and (told or self._pupils(row))
        return role == words.ALWAYS or told

    def _pupils(self, row: Sequence[str | None]) -> bool:
        return any(
            words.is_pupils(row[i] or "")
            for i in self._texts
            if i < len(row) and row[i]
        )

    def _row_tells(self, row: Sequence[str | None]) -> bool:
        size = len(row)
        return any(i < size and row[i] and words.tells(row[i]) for i in self._texts)  # type: ignore[arg-type]

    def _place(self, row: Sequence[str | None]) -> tuple[bool, int]:
        """Whether a row is a total, and of which group (0: the one that goes on from
        the part before; 1: all rows)."""
        size = len(row)
        lead = (row[self._lead] or "") if self._lead < size else ""
        found = ""
        for i in self._texts:
            if i < size and (kind := words.total_row(row[i])):
                found = kind
                break
        name = words.group_name(lead)
        if name:
            self._last = _hashed(self._key, name)
        if not found:
            return False, self._last
        return True, self._last if name or found == "sub" else 1

    def _sum(self, i: int, value: int, total: bool, group: int, number: int) -> None:
        if value == _NOTHING:
            return
        for at in (group,) if total or group == 1 else (1, group):
            found = self._sum_of(at, i)
            if found is None:
                continue
            if total and value >= 0:
                found.see_total(value)
            elif not total and value >= 0:
                found.known += value
            elif not total:
                found.hide([(number, i)])

    def _sum_of(self, group: int, i: int) -> _Sum | None:
        """None for a group once there are too many: then none of them is kept."""
        if self._full and group != 1:
            return None
        if (group, i) not in self._sums:
            if group != 1 and len(self._sums) >= MAX_GROUPS:
                self._drop_groups()
                return None
            self._sums[group, i] = _Sum()
        return self._sums[group, i]

    def _drop_groups(self) -> None:
        self._full = True
        self._sums = {at: one for at, one in self._sums.items() if at[0] == 1}

    def _relate(self, relation: _Relation, cells: dict[int, int], row: int) -> None:
        whole = cells[relation.total]
        parts = {i: cells.get(i, _DASH) for i in relation.parts}
        if whole < 0 or _NOTHING in parts.values():
            return
        rest = whole - sum(value for value in parts.values() if value >= 0)
        hidden = [i for i, value in parts.items() if value < 0]
        if not hidden or rest == 0:
            relation.agree += rest == 0
            relation.differ += rest != 0
        elif rest < 0:
            relation.differ += 1
        elif len(relation.rows) < MAX_EQUATIONS:
            relation.rows.append((row, rest, hidden))

    def merge(self, other: SmallCells) -> None:
        """Fold in the part that follows. Raises ``ValueError`` for other columns."""
        if len(self._labels) != len(other._labels):
            raise ValueError(
                "Small cells of tables with different columns do not merge."
            )
        for i, count in other._small.items():
            self._small[i] = self._small.get(i, 0) + count
            rows = self._small_rows.get(i, []) + other._small_rows[i]
            self._small_rows[i] = sorted(rows)[:FIRST_ROWS]
        for i, (count, *rows) in other._derived.items():
            before, *mine = self._derived.get(i, [0])
            self._derived[i] = [before + count, *sorted(mine + rows)[:FIRST_ROWS]]
        if other._full:
            self._drop_groups()
        for (group, i), more in other._sums.items():
            mine = self._sum_of(group or self._last, i)
            if mine is not None:
                mine.merge(more)
        self._last = other._last or self._last
        for mine, more in zip(self._relations, other._relations, strict=False):
            if (mine.total, mine.parts) == (more.total, more.parts):
                mine.agree += more.agree
                mine.differ += more.differ
                mine.rows = (mine.rows + more.rows)[:MAX_EQUATIONS]

    def result(self) -> Result:
        given = self.given_away()
        away: dict[int, list[int]] = {}
        for row, i in sorted(given):
            away.setdefault(i, []).append(row)
        counts = {i: len(rows) for i, rows in away.items()}
        for i, (count, *rows) in self._derived.items():
            counts[i] = counts.get(i, 0) + count
            away[i] = sorted({*away.get(i, []), *rows})
        return Result(
            small=dict(sorted(self._small.items())),
            small_rows=dict(sorted(self._small_rows.items())),
            complementary=dict(sorted(counts.items())),
            complementary_rows={i: rows[:FIRST_ROWS] for i, rows in away.items()},
        )

    def given_away(self) -> set[Cell]:
        """Hidden small cells that can be worked out from those that are shown."""
        equations: list[tuple[int, set[Cell]]] = [
            (rest, {(row, i) for i in hidden})
            for relation in self._relations
            if relation.holds
            for row, rest, hidden in relation.rows
        ]
        for one in self._sums.values():
            if one.hidden and one.total is not None and not (one.many or one.clash):
                rest = one.total - one.known
                if rest > 0:
                    equations.append((rest, set(one.hidden)))
        solved: dict[Cell, int] = {}
        while True:
            fresh = {}
            for rest, hidden in equations:
                left = hidden - solved.keys()
                now = rest - sum(solved[cell] for cell in hidden & solved.keys())
                if left and now == 0:
                    fresh |= dict.fromkeys(left, 0)
                elif len(left) == 1:
                    fresh[next(iter(left))] = now
            if not fresh:
                break
            solved |= fresh
        return {cell for cell, value in solved.items() if 0 < value < self._limit}

    def to_dict(self) -> dict[str, Any]:
        return {
            "labels": self._labels,
            "title": words.title_words(self._title),
            "limit": self._limit,
            "small": [[i, n, self._small_rows[i]] for i, n in self._small.items()],
            "sums": [[f"{g:x}", i, s.to_list()] for (g, i), s in self._sums.items()],
            "relations": [
                [r.agree, r.differ, [[a, b, list(c)] for a, b, c in r.rows]]
                for r in self._relations
            ],
            "derived": [[i, *rest] for i, rest in self._derived.items()],
            "last": f"{self._last:x}",
            "full": self._full,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], key: bytes = b"") -> SmallCells:
        """Inverse of :meth:`to_dict`; with the key it can go on taking rows."""
        cells = cls(data["labels"], data["limit"], key, data["title"])
        for i, count, rows in data["small"]:
            cells._small[i], cells._small_rows[i] = count, list(rows)
        cells._derived = {i: list(rest) for i, *rest in data["derived"]}
        for group, i, one in data["sums"]:
            cells._sums[int(group, 16), i] = _Sum.from_list(one)
        for relation, (agree, differ, rows) in zip(
            cells._relations, data["relations"], strict=True
        ):
            relation.agree, relation.differ = agree, differ
            relation.rows = [(a, b, list(c)) for a, b, c in rows]
        cells._last, cells._full = int(data["last"], 16), data["full"]
        return cells


@lru_cache(maxsize=65_536)
def _hashed(key: bytes, name: str) -> int:
    """More than 1, which stands for all rows."""
    data = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8, key=key).digest(), "big") | 2


@lru_cache(maxsize=65_536)
def read_count(text: str | None) -> int:
    """A number of people, or that there is none, or one that is hidden."""
    if text is None:
        return _DASH
    if text.isdecimal() and len(text) < 16:
        return int(text)
    plain = words.plain(text)
    if plain in _DASHES:
        return _DASH
    if plain in _MARKS or words.UP_TO.fullmatch(plain):
        return _MARK
    found = words.NUMBER.fullmatch(plain)
    return int(found[1].replace(",", "")) if found else _NOTHING
