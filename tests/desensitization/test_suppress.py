"""Nothing small is shown, and nothing hidden can be worked out."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.desensitization.small_cells import SmallCells
from ckanext.edudata.desensitization.suppress import Groups, suppress_small

LABELS = ["学校", "在校生数", "男", "女", "残疾学生数"]
NUMBERS = st.integers(0, 40)


def left(labels: list[str], rows: list[list[str]]) -> list[object]:
    cells = SmallCells(labels, 5, b"key")
    cells.add(rows, range(len(rows)))
    found = cells.result()
    return [*found.small.items(), *found.complementary.items(), *cells.given_away()]


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Schools in districts, with subtotals and a total that may be wrong."""
    rows: list[list[int]] = []
    table: list[list[str]] = []
    for district in range(draw(st.integers(1, 3))):
        own = []
        for school in range(draw(st.integers(1, 4))):
            boys, girls, needs = draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)
            own.append([boys + girls, boys, girls, needs])
            table.append([f"{district}区{school}校", *map(str, own[-1])])
        if draw(st.booleans()):
            sums = [sum(column) for column in zip(*own, strict=True)]
            table.append(["小计", *map(str, sums)])
        rows += own
    if draw(st.booleans()):
        sums = [sum(column) for column in zip(*rows, strict=True)]
        if draw(st.booleans()):
            sums[0] += 1
        table.append(["合计", *map(str, sums)])
    for row in table:
        if draw(st.integers(0, 9)) == 0:
            row[draw(st.integers(1, 4))] = draw(st.sampled_from(["*", "—", ""]))
    return table


@given(tables())
@settings(max_examples=150, deadline=None)
def test_the_check_finds_nothing_small_and_nothing_given_away(
    rows: list[list[str]],
) -> None:
    before = [list(row) for row in rows]
    suppress_small(LABELS, rows, 5)
    assert left(LABELS, rows) == []
    for old, new in zip(before, rows, strict=True):
        assert all(a == b or b in ("<5", "*") for a, b in zip(old, new, strict=True))


def solutions(shown: list[str], total: int) -> list[tuple[int, ...]]:
    """Numbers that a reader may think of behind one hidden column of a table."""
    found: list[tuple[int, ...]] = [()]
    for cell in shown:
        if cell == "<5":
            choices = range(1, 5)
        elif cell == "*":
            choices = range(total + 1)
        else:
            choices = range(int(cell), int(cell) + 1)
        found = [(*f, c) for f in found for c in choices if sum(f) + c <= total]
    return [f for f in found if sum(f) == total]


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_total_leaves_more_than_one_answer(numbers: list[int]) -> None:
    """1 and 1 behind <5 and <5 with a total of 2 would be no secret."""
    rows = [[f"{n}校", str(number)] for n, number in enumerate(numbers)]
    rows.append(["合计", str(sum(numbers))])
    suppress_small(["学校", "残疾学生数"], rows, 5)
    shown = [row[1] for row in rows]
    if not shown[-1].isdigit():
        return
    found = solutions(shown[:-1], int(shown[-1]))
    for place, cell in enumerate(shown[:-1]):
        if cell == "<5":
            assert len({f[place] for f in found}) > 1


def test_what_counts_nobody_stays() -> None:
    rows = [["甲", "3", "2"], ["乙", "1", "4"]]
    assert suppress_small(["学校", "班级数", "图书数"], rows, 5) == (0, 0)
    assert rows == [["甲", "3", "2"], ["乙", "1", "4"]]


ROWS = st.lists(
    st.tuples(st.sampled_from("男女"), st.sampled_from(["2012", "2013", ""])),
    max_size=40,
)


@given(ROWS, st.integers(2, 6), st.sampled_from(["rows", "cells"]))
@settings(deadline=None)
def test_no_group_is_smaller_than_k(
    data: list[tuple[str, str]], k: int, how: str
) -> None:
    groups = Groups([0, 1], k, how)
    rows = [[*row, "90"] for row in data]
    for row in rows:
        groups.see(row)
    groups.settle()
    kept = [new for row in rows if (new := groups.kept(row)) is not None]
    sizes = Counter((a, b) for a, b, _ in kept)
    assert not sizes or min(sizes.values()) >= k
    assert len(kept) + groups.left_out == len(rows)
    assert all(row[2] == "90" for row in kept)


def test_cells_keep_more_rows_than_rows() -> None:
    data = [["男", "1"]] * 6 + [["男", "2"]] * 3 + [["女", "1"]] * 2
    counts = {}
    for how in ("rows", "cells"):
        groups = Groups([0, 1], 5, how)
        for row in data:
            groups.see(row)
        groups.settle()
        kept = [groups.kept(list(row)) for row in data]
        counts[how] = sum(row is not None for row in kept)
    assert counts == {"rows": 6, "cells": 11}


@pytest.mark.parametrize("limit", [3, 5, 10])
def test_the_limit_is_said(limit: int) -> None:
    rows = [["甲", "2"], ["乙", "50"], ["丙", "60"]]
    suppress_small(["学校", "残疾学生数"], rows, limit)
    assert rows[0][1] == f"<{limit}"
