"""Leaving out what could single people out: rows of small groups, small numbers of
people, and the numbers that would give hidden ones away.

Rows: k-anonymity over the quasi-identifiers (Samarati and Sweeney, 1998). Numbers:
primary and secondary cell suppression (GB/T 37964-2019, 5.3); what an attacker can work
out from totals is bounded equation by equation until nothing is certain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xxhash import xxh3_128_digest

from .small_cells import Cell, SmallCells, read_count

HOW = ("rows", "cells")
#: In place of a number of secondary suppression.
HIDDEN = "*"
#: What ``read_count`` says of a text; below it stand hidden numbers.
_TEXT = -1
_ROUNDS = 30
_MOST_GROUPS = 60
_FAR = 1 << 60


@dataclass
class Groups:
    """How many rows share the same quasi-identifiers, and what is done about those of
    which there are fewer than ``k``. Feed every row to :meth:`see`, :meth:`settle`,
    then ask :meth:`kept` for every row again."""

    places: Sequence[int]
    k: int = 0
    how: str = "rows"
    sizes: Counter[bytes] = field(default_factory=Counter)
    left_out: int = 0
    blanked: int = 0
    _blank_kept: bool = False

    def see(self, row: Sequence[str]) -> None:
        self.sizes[self._key(row)] += 1

    def settle(self) -> None:
        """Decide whether rows with blank cells are a group that is large enough."""
        blank = _key([""] * len(self.places))
        small = sum(n for key, n in self.sizes.items() if n < self.k and key != blank)
        together = small + self.sizes.get(blank, 0)
        self._blank_kept = self.how == "cells" and together >= self.k

    def kept(self, row: list[str]) -> list[str] | None:
        """The row, the row with blank cells, or None where it is left out."""
        key = self._key(row)
        if self.k <= 1 or not self.places or self.sizes[key] >= self.k:
            return row
        if not self._blank_kept:
            self.left_out += 1
            return None
        if any(row[place] for place in self.places):
            self.blanked += 1
            row = list(row)
            for place in self.places:
                row[place] = ""
        return row

    def _key(self, row: Sequence[str]) -> bytes:
        return _key([row[place].strip() for place in self.places])


def _key(cells: Sequence[str]) -> bytes:
    """Of 16 bytes, so that millions of groups can be counted."""
    return xxh3_128_digest("\x1f".join(cells).encode("utf-8", "surrogatepass"))


@dataclass
class _Equation:
    """The whole is the sum of its parts; a cell may be one that stands nowhere."""

    whole: Cell
    parts: list[Cell]

    def cells(self) -> list[Cell]:
        return [self.whole, *self.parts]


class SmallNumbers(SmallCells):
    """Numbers of people below ``limit`` become ``<limit``, and so many others ``*``
    that no total gives one away."""

    def suppress(self, rows: list[list[str]]) -> tuple[int, int]:
        """Write into ``rows``; how many small numbers and how many others it took."""
        if not self.active:
            return 0, 0
        values, people = self._values(rows)
        limit = self._limit
        small = {cell for cell in people if 0 < values[cell] < limit}
        others: set[Cell] = set()
        equations = self._equations(rows, values, small)
        hidden = {cell for cell, value in values.items() if value < _TEXT} | small
        while more := self._given(equations, values, hidden | others, small):
            others |= more
        self._write(rows, small, others)
        while cells := self._still(rows, people - small - others):
            others |= cells
            self._write(rows, small, others)
        return sum(row >= 0 for row, _ in small if _ >= 0), len(others)

    def _write(
        self, rows: list[list[str]], small: set[Cell], others: set[Cell]
    ) -> None:
        for row, i in small:
            if i >= 0:
                rows[row][i] = f"<{self._limit}"
        for row, i in others:
            rows[row][i] = HIDDEN

    def _values(self, rows: Sequence[list[str]]) -> tuple[dict[Cell, int], set[Cell]]:
        values: dict[Cell, int] = {}
        people: set[Cell] = set()
        for number, row in enumerate(rows):
            told = self._told or self._row_tells(row)
            for i in self._counted:
                values[number, i] = read_count(row[i])
                if self._is_people(i, row, told):
                    people.add((number, i))
        return values, people

    def _equations(
        self, rows: Sequence[list[str]], values: dict[Cell, int], small: set[Cell]
    ) -> list[_Equation]:
        found = [
            _Equation((n, relation.total), [(n, i) for i in relation.parts])
            for n in range(len(rows))
            for relation in self._relations
        ]
        for n in range(len(rows)):
            for at, (whole, part) in enumerate(self._others):
                # The other sex stands in no cell: its number is a hidden one.
                if values[n, part] >= 0 and values[n, whole] >= 0:
                    rest = (n, -1 - at)
                    values[rest] = values[n, whole] - values[n, part]
                    if 0 < values[rest] < self._limit:
                        small.add(rest)
                        found.append(_Equation((n, whole), [(n, part), rest]))
        self._last = 0
        placed = [self._place(row) for row in rows]
        groups: dict[int, list[int]] = {1: []}
        totals: dict[int, list[int]] = {}
        for n, (total, group) in enumerate(placed):
            if total:
                totals.setdefault(group, []).append(n)
                continue
            groups[1].append(n)
            if group != 1:
                groups.setdefault(group, []).append(n)
        for i in self._counted:
            columns = [
                _Equation(
                    (total, i),
                    [(n, i) for n in groups[group] if values[n, i] != _TEXT],
                )
                for group, whole in totals.items()
                for total in whole
                if groups.get(group)
            ]
            found += columns + _differences(columns)
        return [e for e in found if _holds(e, values)]

    def _given(
        self,
        equations: Sequence[_Equation],
        values: dict[Cell, int],
        hidden: set[Cell],
        small: set[Cell],
    ) -> set[Cell]:
        """Numbers to hide, because with what is shown a small one is certain."""
        bounds = {
            cell: (1, self._limit - 1) if cell in small else (0, _FAR)
            for cell in hidden
        }
        asked = [e for e in equations if any(cell in hidden for cell in e.cells())]
        for _ in range(_ROUNDS):
            if not any(_tighten(e, values, bounds) for e in asked):
                break
        chosen: set[Cell] = set()
        for equation in asked:
            certain = any(self._told_by(bounds, c, small) for c in equation.cells())
            if not certain or not chosen.isdisjoint(equation.cells()):
                continue
            shown = [c for c in equation.parts if c not in hidden and values[c] >= 0]
            large = [cell for cell in shown if values[cell] >= self._limit]
            if large:
                chosen.add(min(large, key=lambda cell: (values[cell], cell)))
            elif equation.whole not in hidden:
                chosen.add(equation.whole)
            elif shown:
                chosen.add(shown[0])
        return chosen

    def _told_by(
        self, bounds: dict[Cell, tuple[int, int]], cell: Cell, small: set[Cell]
    ) -> bool:
        """Whether a hidden number is certain, and small."""
        if cell not in bounds:
            return False
        low, high = bounds[cell]
        return low >= high and (cell in small or 0 < low < self._limit)

    def _still(self, rows: Sequence[list[str]], shown: set[Cell]) -> set[Cell]:
        """What the check itself could still work out, and what to hide for it."""
        cells = SmallCells(self._labels, self._limit, self._key, self._title)
        cells.add(rows, range(len(rows)))
        found = cells.result()
        given = cells.given_away()
        given |= {(r, i) for i, at in found.complementary_rows.items() for r in at}
        given |= {(r, i) for i, at in found.small_rows.items() for r in at}
        open_ones = {c for c in shown if read_count(rows[c[0]][c[1]]) >= 0}
        more: set[Cell] = set()
        for row, i in given:
            same = {c for c in open_ones if c[0] == row}
            more |= same or {c for c in open_ones if c[1] == i}
        return more


def _differences(columns: Sequence[_Equation]) -> list[_Equation]:
    """All less a group is the sum of the other groups: a total beside it says it."""
    found: list[_Equation] = []
    if len(columns) > _MOST_GROUPS:
        return found
    for large in columns:
        wide = set(large.parts)
        for small in columns:
            inner = set(small.parts)
            if inner < wide:
                found.append(_Equation(large.whole, [small.whole, *(wide - inner)]))
    return found


def _holds(equation: _Equation, values: dict[Cell, int]) -> bool:
    """Whether the numbers bear it out; where one was hidden before, it is believed."""
    numbers = [values[cell] for cell in equation.cells()]
    if _TEXT in numbers:
        return False
    return min(numbers) < 0 or numbers[0] == sum(numbers[1:])


def _tighten(
    equation: _Equation,
    values: dict[Cell, int],
    bounds: dict[Cell, tuple[int, int]],
) -> bool:
    """Narrow the bounds of an equation's hidden cells; whether any changed."""

    def span(cell: Cell) -> tuple[int, int]:
        return bounds.get(cell) or (values[cell], values[cell])

    low = sum(span(cell)[0] for cell in equation.parts)
    high = sum(span(cell)[1] for cell in equation.parts)
    changed = False
    if equation.whole in bounds:
        first, last = bounds[equation.whole]
        new = max(first, low), min(last, high)
        changed = new != (first, last)
        bounds[equation.whole] = new
    least, most = span(equation.whole)
    for cell in equation.parts:
        if cell not in bounds:
            continue
        first, last = bounds[cell]
        new = max(first, least - (high - last)), min(last, most - (low - first))
        if new != (first, last):
            changed = True
            low += new[0] - first
            high += new[1] - last
            bounds[cell] = new
    return changed


def suppress_small(
    labels: Sequence[str],
    rows: list[list[str]],
    limit: int,
    title: str = "",
) -> tuple[int, int]:
    """Hide numbers of people below ``limit`` in ``rows``, in place: how many, and how
    many others were hidden with them."""
    return SmallNumbers(labels, limit, b"desensitize", title).suppress(rows)


def risk(sizes: Iterable[int], limit: int) -> tuple[int | None, int, float]:
    """Smallest group, rows in groups below ``limit``, share of rows that are alone."""
    found = list(sizes)
    rows = sum(found)
    alone = sum(n == 1 for n in found)
    return (
        min(found, default=None),
        sum(n for n in found if n < limit),
        round(alone / max(1, rows), 4),
    )
