"""Working days: the table, waits that stop and go on, and the announcement typed in."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.requests import announced_clocks, clocks
from ckanext.edudata.requests.clocks import Calendar

DAY = datetime.timedelta(days=1)
D = datetime.date
DAYS = st.dates(D(2023, 1, 1), D(2028, 12, 31))
NEAR = st.dates(D(2026, 1, 1), D(2026, 3, 31))


@st.composite
def calendars(draw):
    off = draw(st.frozensets(NEAR, max_size=30))
    work = draw(st.frozensets(NEAR, max_size=10)) - off
    return Calendar(off, work, frozenset({2026}))


def naive(start: D, days: int, calendar: Calendar) -> D:
    """Write the days out one by one, strike what is off, take the last of so many."""
    line = [start + DAY * n for n in range(1, 60 + 3 * days)]
    kept = [
        day
        for day in line
        if day in calendar.work
        or (day.strftime("%u") not in ("6", "7") and day not in calendar.off)
    ]
    return kept[days - 1] if days else start


@given(NEAR, st.integers(0, 40), calendars())
def test_counted_like_by_hand(start, days, calendar):
    last = calendar.after(start, days)
    assert last == naive(start, days, calendar)
    assert calendar.between(start, last) == days
    assert not days or calendar.works(last)


@given(DAYS, st.integers(0, 40))
def test_the_shipped_table_counted_like_by_hand(start, days):
    found = clocks.shipped()
    assert clocks.after(start, days) == naive(start, days, found)
    assert found.before(clocks.after(start, days), days) >= start


@given(
    NEAR,
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), max_size=5),
    calendars(),
)
def test_a_return_stops_the_clock_and_starts_none_anew(start, rounds, calendar):
    """However often it goes back and forth, review has its ten days in all."""
    stays: list[list[str]] = []
    day, spent = start, 0
    for reviewed, corrected in rounds:
        back = day + DAY * reviewed
        stays = clocks.stays_after(stays, "in_review", "returned", day, back)
        spent += calendar.between(day, back)
        day = back + DAY * corrected
        stays = clocks.stays_after(stays, "returned", "in_review", back, day)
    last = clocks.due("in_review", day, clocks.Days(), calendar, stays)
    assert last == naive(day, max(0, 10 - spent), calendar)
    assert spent + calendar.between(day, last) == max(10, spent)


@pytest.mark.article(28)
@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (D(2026, 2, 13), 1, D(2026, 2, 14)),  # a Saturday made up for
        (D(2026, 2, 14), 1, D(2026, 2, 24)),  # nine days of Spring Festival
        (D(2026, 9, 30), 5, D(2026, 10, 13)),  # National Day, with 10 October worked
        (D(2025, 9, 26), 5, D(2025, 10, 10)),  # 28 September worked, eight days off
        (D(2024, 12, 31), 1, D(2025, 1, 2)),
    ],
)
def test_years_that_were_announced(start, days, last):
    assert clocks.after(start, days) == last
    assert clocks.shipped().unannounced(start, last) == []


@pytest.mark.parametrize(
    ("year", "working"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_the_table_has_the_working_days_of_the_year(year, working):
    """Against sums known of each year, and what every announcement keeps to."""
    found = clocks.shipped()
    assert found.between(D(year - 1, 12, 31), D(year, 12, 31)) == working
    assert not found.off & found.work
    assert all(day.weekday() >= 5 for day in found.work)
    for month, day in ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3)):
        assert not found.works(D(year, month, day))


def test_a_year_not_announced_is_provisional_until_it_is():
    found = clocks.shipped()
    start = D(2026, 12, 28)
    last = found.after(start, 15)
    assert found.unannounced(start, last) == [2027]
    assert found.unannounced(start, D(2026, 12, 31)) == []
    assert not found.works(D(2027, 1, 1))
    assert not found.works(D(2027, 2, 8)), "Spring Festival is off by law"
    later = found.with_year(2027, [D(2027, 1, 4), D(2027, 1, 5)], [])
    assert later.unannounced(start, last) == []
    assert later.after(start, 15) > last
    assert found.after(start, 15) == last


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_or_refused_in_words(text):
    found = announced_clocks.parse(text, 2027)
    assert found.problems or (found.off and D(2027, 1, 1) in found.off)
    for said, values in found.problems:
        assert said % values


@given(
    st.frozensets(st.dates(D(2027, 1, 1), D(2027, 12, 31)), max_size=20),
    st.frozensets(
        st.dates(D(2027, 1, 1), D(2027, 12, 31)).filter(lambda d: d.weekday() > 4),
        max_size=8,
    ),
)
def test_what_is_shown_can_be_typed_again(off, work):
    off = (off | {D(2027, 1, 1), D(2027, 10, 1)}) - work
    text = announced_clocks.lines(
        [day.isoformat() for day in off], [day.isoformat() for day in work]
    )
    found = announced_clocks.parse(text, 2027)
    assert (found.problems, found.off, found.work) == ([], set(off), set(work))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "No day"),
        ("2027-02-05 2027-02-11", "Line"),
        ("2027-02-30 休", "Line"),
        ("2026-02-05 休", "not in 2027"),
        ("2027-02-11 2027-02-05 休", "later"),
        ("2027-01-01 休\n2027-10-01 休\n2027-02-22 班", "no weekend"),
        ("2027-01-01 休\n2027-10-01 休\n2027-01-02 休\n2027-01-02 班", "both"),
        ("2027-02-05 2027-02-11 休", "by law"),
    ],
)
def test_a_wrong_announcement_is_told_what_is_wrong(text, word):
    problems = announced_clocks.parse(text, 2027).problems
    assert word in " ".join(said % values for said, values in problems)


def test_stages_of_a_wait():
    since = D(2026, 11, 2)
    last = clocks.due("in_review", since, clocks.Days())
    assert last == D(2026, 11, 16)

    def stage(day, state="in_review"):
        return clocks.stage(state, since, last, day, clocks.Ahead())

    assert stage(D(2026, 11, 12)) is None
    assert stage(D(2026, 11, 13)) == "before"
    assert stage(last) == "before"
    assert stage(last + DAY) == "overdue"
    assert stage(D(2026, 11, 23)) == "overdue"
    assert stage(D(2026, 11, 24)) == "superior"
    assert stage(D(2027, 6, 1)) == "superior"
    assert stage(last + DAY, "returned") is None
