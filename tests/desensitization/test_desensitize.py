"""Desensitized data: the plan, what it makes, and what the check says of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ckanext.edudata.desensitization import desensitize
from ckanext.edudata.desensitization.desensitize import Plan, Step
from ckanext.edudata.desensitization.generalise import GENERALISE
from ckanext.edudata.desensitization.report import CheckReport
from ckanext.edudata.desensitization.sample import synthetic_rows
from tests.desensitization.rosters import roster, write_csv


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_a_roster_by_its_preset_comes_out_restricted(
    tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    original = roster(40)
    (table,) = check(original).tables
    plan = desensitize.preset(table)
    out = tmp_path / "out.csv"
    assert table.csv_path is not None
    result = desensitize.apply(plan, table.csv_path, out)
    # Four classes of forty would leave no group of five: the class goes.
    assert result.columns == ["性别", "出生年份", "语文", "数学"]
    assert result.rows + result.left_out == 40
    assert result.rows >= 30
    assert result.k is not None
    assert result.k >= 5
    text = out.read_text("utf-8") + json.dumps(result.to_dict(), ensure_ascii=False)
    for row in original[1:]:
        assert not any(row[place] in text for place in (0, 2, 3, 5))
    report = check(out)
    assert report.verdict == "restricted"
    assert report.tables[0].digest == result.digest
    assert report.k == result.k


def test_masked_columns_pass_the_check(
    tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    (table,) = check([r[:4] for r in roster(40)]).tables
    steps = dict(desensitize.preset(table).columns)
    steps["姓名"] = Step("mask", entity="PERSON_NAME")
    steps["身份证号"] = Step("mask", entity="CN_RESIDENT_ID")
    assert table.csv_path is not None
    out = tmp_path / "out.csv"
    desensitize.apply(Plan(steps), table.csv_path, out)
    assert rows_of(out)[1][0].endswith("*")
    assert check(out).verdict == "restricted"


@pytest.mark.parametrize(
    ("kind", "size", "text", "made"),
    [
        ("year", 10, "2012-02-29", "2012"),
        ("year", 10, "20120229", "2012"),
        ("year", 10, "2012年2月29日", "2012"),
        ("year", 10, "40968", "2012"),  # a spreadsheet's serial
        ("year", 10, "不详", ""),  # what is not understood must not slip through
        ("age_band", 5, "13", "10-14"),
        ("age_band", 5, "13岁", "10-14"),
        ("district", 1, "上海市徐汇区天平路100弄3号", "上海市徐汇区"),
        ("district", 1, "上海市浦东新区某路5号", "上海市浦东新区"),
        ("district", 1, "某路5号", ""),
        ("band", 10, "85.5", "80-89"),
        ("band", 10, "-3", "-10--1"),
        ("band", 10, "缺考", ""),
        ("prefix", 6, "310101201202290011", "310101"),
        ("prefix", 6, "王小明", "王"),
    ],
)
def test_generalise(kind: str, size: int, text: str, made: str) -> None:
    assert GENERALISE[kind](text, size) == made


def test_risk_is_counted_over_what_was_made(tmp_path: Path) -> None:
    source = write_csv(
        [["性别", "年龄", "分数"], *[["男", "12", "80"]] * 6, ["女", "13", "90"]],
        tmp_path / "in.csv",
    )
    plan = Plan(
        {
            "性别": Step(),
            "年龄": Step("generalise", "age_band", 5),
            "分数": Step("drop"),
        }
    )
    result = desensitize.apply(plan, source, tmp_path / "out.csv")
    assert (result.k, result.small_cells, result.unique_share) == (1, 1, 0.1429)
    assert result.made[1] == {
        "from": "年龄",
        "to": "年龄段",
        "action": "generalise",
        "kind": "age_band",
        "size": 5,
        "lost": 0,
    }


@pytest.mark.parametrize(
    "data",
    [
        {"columns": {"a": {"action": "publish"}}},
        {"columns": {"a": {"action": "generalise"}}},
        {"columns": {"a": {"action": "generalise", "kind": "nothing"}}},
        {"columns": {"a": {"action": "keep", "size": 0}}},
        {"columns": {"a": {"what": "keep"}}},
        {"columns": ["a"]},
        [],
    ],
)
def test_what_is_no_plan_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        Plan.from_dict(data)  # type: ignore[arg-type]


def test_a_plan_goes_through_json(check: Callable[..., CheckReport]) -> None:
    plan = desensitize.preset(check(roster(10)).tables[0])
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan
    assert Plan.from_dict({"a": "drop"}) == Plan({"a": Step("drop")})


def test_a_plan_names_every_column(tmp_path: Path) -> None:
    # A column that the plan forgot must not be published by silence.
    source = write_csv([["a", "b"], ["1", "2"]], tmp_path / "in.csv")
    with pytest.raises(ValueError, match="columns"):
        desensitize.apply(Plan({"a": Step()}), source, tmp_path / "out.csv")
    drop = Plan({"a": Step("drop"), "b": Step("drop")})
    with pytest.raises(ValueError, match="no column"):
        desensitize.apply(drop, source, tmp_path / "out.csv")


class TestSample:
    COLUMNS = [
        {"name": "姓名", "type": "text"},
        {"name": "性别", "type": "text"},
        {"name": "语文", "type": "integer"},
        {"name": "身高", "type": "numeric"},
        {"name": "入学日期", "type": "date"},
    ]

    def test_it_is_the_same_for_the_same_seed_and_marked(self) -> None:
        lists = {"性别": ["男", "女"]}
        rows = synthetic_rows(self.COLUMNS, 5, 1, lists)
        assert rows == synthetic_rows(self.COLUMNS, 5, 1, lists)
        assert rows != synthetic_rows(self.COLUMNS, 5, 2, lists)
        assert [r["姓名"] for r in rows][:2] == ["示例001", "示例002"]
        assert {r["性别"] for r in rows} <= {"男", "女"}
        assert all(isinstance(r["语文"], int) for r in rows)

    def test_without_a_code_list_it_is_still_plausible(self) -> None:
        columns = [
            {"name": "性别", "type": "text"},
            {"name": "出生年份", "type": "integer"},
        ]
        for row in synthetic_rows(columns, 20, 0):
            assert row["性别"] in ("男", "女")
            assert 2000 <= row["出生年份"] <= 2020

    def test_the_check_does_not_take_it_for_persons(
        self, check: Callable[..., CheckReport]
    ) -> None:
        rows = synthetic_rows(self.COLUMNS, 10, 1)
        table = [list(rows[0]), *([str(v) for v in r.values()] for r in rows)]
        assert check(table).verdict != "blocked"
