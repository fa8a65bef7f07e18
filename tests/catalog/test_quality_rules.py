"""The rules of quality by themselves: dates, what is missing, rows of a table."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.catalog import (
    quality_child,
    quality_completeness,
    quality_currency,
    quality_figures,
    quality_items,
)

DAYS = st.dates(datetime.date(2015, 1, 1), datetime.date(2040, 12, 31))
CYCLES = st.sampled_from([*quality_currency.CYCLES, "irregular", "never", "", None])


@pytest.mark.article(12, 18)
@given(CYCLES, DAYS, DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_date_passes_through_its_states_in_order(
    cycle: str | None,
    base: datetime.date,
    today: datetime.date,
    remind: int,
    grace: int,
) -> None:
    due = quality_currency.due(cycle, base, remind_days=remind, grace_days=grace)
    if cycle not in quality_currency.CYCLES:
        assert due is None
        assert quality_currency.refusal(cycle, due, today)
        return
    assert due is not None
    assert base < due.on
    assert due.remind <= due.on < due.overdue
    order = [quality_currency.CURRENT, quality_currency.DUE_SOON]
    order.append(quality_currency.OVERDUE)
    state = due.state(today)
    later = due.state(today + datetime.timedelta(days=1))
    assert order.index(state) <= order.index(later)
    # What is current, or changes daily, is not confirmed.
    open_to = quality_currency.refusal(cycle, due, today) is None
    assert open_to == (state != "current" and cycle not in ("realtime", "daily"))
    # Nobody above is told before the owner was, and had the time that is set.
    stage = quality_currency.stage(due, today, told=None, again_days=14)
    assert stage in {"current": {None}, "due_soon": {"before"}}.get(state, {"after"})
    if state == "overdue":
        args: dict[str, Any] = {"told": today, "again_days": 14}
        assert quality_currency.stage(due, today, **args) is None
        after = today + datetime.timedelta(days=14)
        assert quality_currency.stage(due, after, **args) == "escalated"


@pytest.mark.article(12)
def test_the_last_day_of_a_month_stays_one() -> None:
    def on(cycle: str, *day: int) -> datetime.date:
        base = datetime.date(*day)
        due = quality_currency.due(cycle, base, remind_days=9, grace_days=9)
        assert due is not None
        return due.on

    assert on("monthly", 2026, 1, 31) == datetime.date(2026, 2, 28)
    assert on("annual", 2028, 2, 29) == datetime.date(2029, 2, 28)
    assert on("quarterly", 2026, 11, 30) == datetime.date(2027, 2, 28)
    assert on("semiannual", 2026, 9, 1) == datetime.date(2027, 3, 1)


KNOWN = {
    "opening_condition",
    "opening_basis",
    "sharing_reason",
    "sharing_basis",
    "sharing_condition",
    "contact_office",
    "contact_phone",
    "temporal_start",
    "keywords",
    "license_id",
}


@pytest.mark.article(12)
@given(
    st.dictionaries(st.sampled_from(sorted(KNOWN)), st.text(max_size=3)),
    st.sampled_from(["unconditional", "conditional", "not_open"]),
    st.sampled_from(["unconditional", "authorized", "not_shared"]),
)
def test_completeness_is_100_exactly_when_nothing_is_missing(
    filled: dict[str, str], opening: str, sharing: str
) -> None:
    entry = {**filled, "opening_class": opening, "sharing_class": sharing}
    share, gaps = quality_completeness.assess(entry, [], KNOWN)
    assert 0 <= share <= 100
    assert (share == 100) == (not gaps)
    assert {gap.field for gap in gaps} <= {*KNOWN, "notes"}
    # To fill one gap makes it more complete, never less.
    for gap in gaps:
        better = {
            **entry,
            gap.field: "说明数据是什么、覆盖哪些范围、不能说明什么，以及来源",
        }
        assert quality_completeness.assess(better, [], KNOWN)[0] > share


@pytest.mark.article(12)
def test_codes_as_names_tell_nobody_anything() -> None:
    items = [
        {"name": "XXDM", "label": "XXDM"},
        {"name": "XXMC", "label": "学校名称", "description": "全称"},
        {"name": "JXNY", "label": "建校年月", "element": "JCXX010107"},
    ]
    _, gaps = quality_completeness.assess({}, [{"id": "f", "items": items}], set())
    found = {gap.kind: gap.count for gap in gaps if gap.resource}
    assert found == {"unlabelled": 1, "untold": 1}


def check(tmp_path: Path, rows: list[list[str]], items: list[dict[str, Any]]) -> Any:
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows)
    asked = quality_items.fields(rows[0], items, {"stage": ["小学", "初中"]})
    return quality_child.check(
        str(path), asked, rows_max=1000, seconds=60, memory_mb=1024
    )


@pytest.mark.article(12)
def test_rows_are_read_as_people_write_them(tmp_path: Path) -> None:
    """Dates in all their spellings, empty marks, quotes, line breaks, codes."""
    head = ["代码", "日期", "人数", "学段", "说明"]
    good = [
        ["A1", "2026-09-01", "12", "小学", 'a"b'],
        ["A2", "2026/9/1", "3.0", "初中", "两\n行"],
        ["A3", "2026年9月1日", "", "小学", "，"],
        ["A4", "20260901", "-7", "小学", "' OR 1=1"],
        ["A5", "202609", "—", "小学", "=1+1"],
        ["A6", "2026-09", "0", "小学", ""],
        *([f"B{n}", "-", "1", "小学", "x"] for n in range(6)),
    ]
    items = [
        {"name": "代码", "type": "text", "required": "true", "length": 2},
        {"name": "日期", "type": "date"},
        {"name": "人数", "type": "integer"},
        {"name": "学段", "type": "text", "codes": "stage"},
        {"name": "说明", "type": "text"},
    ]
    found = check(tmp_path, [head, *good], items)
    assert (found["rows"], found["bad_rows"]) == (12, 0)
    assert [column["filled"] for column in found["columns"]] == [12, 6, 10, 12, 11]
    bad = [
        ["A1", "2026-02-30", "3.5", "高中", ""],
        ["", "昨天", "1,000", "小学", ""],
        ["A99", "2026-09-01 08:00", "1", "小学", ""],
    ]
    found = check(tmp_path, [head, *good, *bad, good[0]], items)
    problems = {
        (column["name"], problem["code"]): problem["rows"]
        for column in found["columns"]
        for problem in column["problems"]
    }
    assert problems == {
        ("代码", "required"): [14],
        ("代码", "length"): [15],
        ("日期", "type"): [13, 14, 15],
        ("人数", "type"): [13, 14],
        ("学段", "codes"): [13],
    }
    assert found["bad_rows"] == 3
    assert found["repeated"] == {"count": 1, "rows": [16]}


@pytest.mark.article(12)
def test_yes_and_no_are_read_in_all_spellings(tmp_path: Path) -> None:
    cells = ["是", "否", "TRUE", "False", "Y", "0", "无", "也许"]
    items = [{"name": "是否", "type": "boolean"}]
    found = check(tmp_path, [["是否"], *([cell] for cell in cells)], items)
    (column,) = found["columns"]
    assert column["problems"] == [{"code": "type", "count": 1, "rows": [8]}]


@pytest.mark.article(12)
@pytest.mark.parametrize(("repeats", "key"), [(1, True), (3, True), (40, False)])
def test_a_column_whose_values_hardly_repeat_is_a_key(
    tmp_path: Path, repeats: int, key: bool
) -> None:
    codes = [f"31310{n:05}" for n in range(100 - repeats)]
    rows = [["学校标识码"], *([code] for code in [*codes, *codes[:repeats]])]
    items = [{"name": "学校标识码", "type": "text", "required": "true"}]
    found = check(tmp_path, rows, items)
    (column,) = found["columns"]
    counts = {problem["code"]: problem["count"] for problem in column["problems"]}
    assert counts == ({"unique": repeats} if key else {})
    assert found["bad_rows"] == (repeats if key else 0)


@pytest.mark.article(12)
def test_a_table_beyond_its_limits_costs_a_word(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a\n" + "x" * 60_000_000 + "\n", encoding="utf-8")
    asked = quality_items.fields(["a"], [], {})
    with pytest.raises(quality_child.NotCheckedError) as died:
        quality_child.check(str(path), asked, rows_max=9, seconds=60, memory_mb=320)
    assert died.value.code == "memory"
    path.write_text("a\n" + "1\n" * 3_000_000, encoding="utf-8")
    with pytest.raises(quality_child.NotCheckedError) as died:
        quality_child.check(str(path), asked, rows_max=10**8, seconds=1, memory_mb=1024)
    assert died.value.code == "time"


@settings(max_examples=30)
@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_what_is_not_all_is_not_100(part: int, whole: int) -> None:
    share = quality_figures.share(min(part, whole), whole)
    assert share is not None
    assert (share == 100) == (part >= whole)
    assert quality_figures.share(0, 0) is None
