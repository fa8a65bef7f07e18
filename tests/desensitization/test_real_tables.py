"""Real tables as published, where they are at hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from ckanext.edudata.desensitization.report import CheckReport

Real = Callable[[str], Path]
Check = Callable[..., CheckReport]


def test_universities(real: Real, check: Check) -> None:
    report = check(real("moe_universities_2025.xls"))
    (table,) = report.tables
    assert report.verdict == "clear"
    assert {f.passed for f in report.findings} <= {"author"}
    assert (table.header_row, table.row_count) == (3, 2919)
    assert [c.label for c in table.columns] == [
        "序号", "学校名称", "学校标识码", "主管部门", "所在地", "办学层次", "备注",
    ]  # fmt: skip
    assert {c.name: c.type for c in table.columns}["学校标识码"] == "text"
    assert table.institutions
    assert table.csv_path is not None
    with open(table.csv_path, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert (rows[0]["学校名称"], rows[0]["学校标识码"]) == ("北京大学", "4111010001")
    assert sum(row["所在地"] == "上海市" for row in rows) == 69
    assert {len(row["学校标识码"]) for row in rows} == {10}
    assert not any("所）" in cell for row in rows for cell in row.values())


def test_schools(real: Real, check: Check) -> None:
    report = check(real("chengdu_schools_2024.xlsx"))
    data, lists = report.tables
    assert report.verdict == "clear"
    assert (data.sheet, data.row_count, len(data.columns)) == ("data", 101, 29)
    assert data.columns[0].type == "text"
    assert data.institutions
    assert lists.sheet == "set"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("gbt2260_areas.csv", 2978),
        ("uk_gias_establishment_types.csv", 50),
        ("us_recent_grads.csv", 173),
    ],
)
def test_other_tables_are_clear(real: Real, check: Check, name: str, rows: int) -> None:
    report = check(real(name))
    assert (report.verdict, report.findings) == ("clear", [])
    assert report.tables[0].row_count == rows
