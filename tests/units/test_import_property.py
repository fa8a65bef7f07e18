"""Whatever stands in the cells, a plan comes out, and what it says holds."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.units import (
    identifiers,
    plan_people,
    plan_units,
    spreadsheet,
    who_may,
    wordlists,
)
from tests.units.sheets import PEOPLE, UNITS, school_code

CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.sampled_from(
        [
            "",
            "甲小学",
            "乙小学",
            "局",
            "top",
            "小学",
            "徐汇区",
            school_code(1),
            "合计",
            "=1+1",
        ]
    ),
)
TITLES = st.sampled_from(["甲", "乙", "丙", "丁", "戊", "局"])
TOP = {"id": "t", "name": "top", "title": "局", "code": "", "superior": ""}


def known():
    return plan_units.Known(
        units={"t": {**TOP, "kind": "district_bureau", "district": ""}},
        taken={"top"},
        kinds={},
        districts={"徐汇区": "310104"},
    )


def table(header, rows):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    found, _ = spreadsheet.tables(text.getvalue().encode("utf-8-sig"), "x.csv")
    return found


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=12))
def test_any_rows_make_a_plan(rows):
    made = plan_units.plan(table(UNITS, rows), known())
    keys = [item.key for item in made.items]
    assert len(keys) == len(set(keys))
    names = [item.after["name"] for item in made.items if item.is_new]
    assert len(names) == len(set(names))
    rows_read = {item.row for item in made.items} | {p.row for p in made.problems}
    assert rows_read <= set(range(2, len(rows) * 14 + 3))


@pytest.mark.article(4)
@settings(deadline=None)
@given(st.lists(st.tuples(TITLES, TITLES), max_size=8))
def test_what_has_no_error_is_a_tree(pairs):
    rows = [[title, "", "科室", "", above] for title, above in pairs]
    made = plan_units.plan(table(UNITS, rows), known())
    if made.problems:
        return
    above = {"t": ""}
    above.update(
        {i.key: i.after.get("superior", above.get(i.key, "")) for i in made.items}
    )
    for item in made.items:
        line = plan_units.lineage(item.key, above)
        assert line is not None
        assert line[-1] == "t" or item.key == "t"


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_file_is_read_or_refused_with_words(content):
    for name in ("x.csv", "x.xlsx", ""):
        try:
            found, _ = spreadsheet.tables(content, name)
        except spreadsheet.UnreadableError:
            continue
        assert found


@pytest.mark.promise(5)
@pytest.mark.article(34)
@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a1", "b1", "held"]),
            st.lists(st.sampled_from(sorted(who_may.ROLES)), min_size=1, max_size=3),
        ),
        max_size=6,
    ),
    st.sampled_from([frozenset(), frozenset({"audit_admin"})]),
)
def test_no_file_makes_one_person_two_administrators(rows, beside):
    held = frozenset() if beside else frozenset({("compiler", "t", "")})
    account = plan_people.Account("h", "held", "", held, beside)
    people = plan_people.KnownPeople({"h": account}, {"top": ["t"]})
    lines = [
        ["某", name, f"{name}@example.cn", "top", "、".join(roles), ""]
        for name, roles in rows
    ]
    made = plan_people.plan(table(PEOPLE, lines), people)
    if made.problems:
        return
    for person in made.people:
        roles = {gift.role for gift in person.gifts}
        if person.key == "h":
            roles |= beside | {role for role, _, _ in held}
        admins = roles & who_may.ADMINISTRATORS
        assert len(admins) <= 1
        assert not (admins and roles - admins)


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=20), st.sets(st.just("abc")))
def test_identifiers_are_ones_ckan_takes(code, title, taken):
    made = identifiers.identifier(code, title, taken)
    assert made not in taken
    assert 2 <= len(made) <= 100
    assert all(char in "abcdefghijklmnopqrstuvwxyz0123456789-" for char in made)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-31", "2026-12-31"),
        ("2026/1/5", "2026-01-05"),
        ("２０２６年１月５日", "2026-01-05"),
        ("2026.12.31", "2026-12-31"),
        ("2026-13-01", None),
        ("明年", None),
    ],
)
def test_dates_as_people_write_them(text, expected):
    assert wordlists.date(text) == expected


@pytest.mark.parametrize("word", ["徐汇", "徐汇区", "上海市徐汇区", "310104"])
def test_districts_as_people_write_them(word):
    assert wordlists.district(word, {"徐汇区": "310104"}) == "310104"
