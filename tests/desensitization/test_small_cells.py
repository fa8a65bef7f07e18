"""Small numbers of people, and hidden ones that totals give away."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from ckanext.edudata.desensitization.report import CheckReport
from ckanext.edudata.desensitization.small_cells import Result, SmallCells

Check = Callable[..., CheckReport]
Rows = list[list[str | None]]


def rows(*lines: str) -> Rows:
    return [[cell or None for cell in line.split(",")] for line in lines]


def counted(head: str, data: Rows, title: str = "", limit: int = 5) -> Result:
    cells = SmallCells(head.split(","), limit, b"key", title)
    cells.add(data, range(2, len(data) + 2))
    return cells.result()


class TestWhoIsCounted:
    @pytest.mark.parametrize(
        ("head", "line", "title"),
        [
            ("学校,残疾学生数", "甲,3", ""),
            ("学校,在校生数,男,女", "甲,30,27,3", ""),
            ("学校,年级,人数", "甲,一,2", ""),
            ("区,民族,学生人数", "徐汇,回族,4", ""),
            ("性别,教师数", "男,2", ""),
            ("类别,教职工数", "女,1", ""),
            ("学校,教师数,其中女教师数", "甲,90,2", ""),
            ("区,智力,视力,听力", "徐汇,30,1,20", "残疾学生情况 单位：人"),
            ("指标,单位,2024年", "随班就读学生,人,3", ""),
            ("学校,贫困生（人）", "甲,1", ""),
            ("school,grade,girls,boys", "A,1,3,20", ""),
            ("district,number of pupils", "Xuhui,2", ""),
            ("分数段,人数", "690-699,2", ""),
            ("学校,学生数", "甲,3人", ""),
            ("类别,甲校,乙校", "残疾学生数,3,40", ""),
            ("类别,甲校,乙校", "孤儿,3,40", "单位：人"),
            ("学校,学生数", "甲,３", ""),
        ],
    )
    def test_people(self, head: str, line: str, title: str) -> None:
        assert sum(counted(head, rows(line), title).small.values()) == 1

    @pytest.mark.parametrize(
        ("head", "line", "title"),
        [
            ("学校,教师数,班级数", "甲,3,2", ""),
            ("学校,高级教师数,骨干教师人数", "甲,2,1", ""),
            ("区,学校数,图书数,金额", "徐汇,2,1,3", ""),
            ("专业,招生人数", "数学,2", "2026年招生计划"),
            ("单位,岗位,招聘人数", "甲,语文教师,1", ""),
            ("区,在校生（万人）", "徐汇,3", ""),
            ("学校,生师比,班均人数", "甲,3,4", ""),
            ("学校,参赛人数,获奖人数", "甲,3,1", ""),
            ("房间,座位数,容纳人数", "301,2,4", ""),
            ("年龄,项目", "3,绘画", ""),
            ("学校,学生数", "甲,0", ""),
            ("学校,学生数", "甲,5", ""),
            ("指标,单位,2024年", "学校数,所,3", ""),
            ("性别,年级,标准得分", "男,初一,3", ""),
            ("类别,甲校,乙校", "班级数,3,4", ""),
            ("项目,2023年,2024年", "学校数,3,4", ""),
            ("类别,甲校,乙校", "教职工数,3,4", ""),
        ],
    )
    def test_nobody(self, head: str, line: str, title: str) -> None:
        assert not counted(head, rows(line), title).small

    def test_the_limit(self) -> None:
        data = rows("甲,9", "乙,10", "丙,11")
        assert counted("学校,学生数", data, limit=10).small == {1: 1}


class TestGivenAway:
    def test_by_the_total_of_its_row(self) -> None:
        data = rows("甲,12,*,15", "乙,20,10,30")
        assert counted("学校,男,女,合计", data).complementary_rows == {2: [2]}

    @pytest.mark.parametrize("mark", ["*", "<5", "—", "", "不公开", "＜5"])
    def test_by_the_total_of_its_column(self, mark: str) -> None:
        data = rows("甲,12", f"乙,{mark}", "丙,9", "合计,24")
        result = counted("学校,残疾学生数", data)
        assert (result.small, result.complementary_rows) == ({}, {1: [3]})

    def test_two_hidden_cells_protect_each_other(self) -> None:
        data = rows("甲,12", "乙,*", "丙,*", "合计,18")
        assert not counted("学校,残疾学生数", data).complementary

    def test_by_a_subtotal(self) -> None:
        data = rows(
            "徐汇,甲,12",
            ",乙,*",
            ",小计,14",
            "黄浦,甲,*",
            ",乙,*",
            ",小计,21",
            "全市,,35",
        )
        assert counted("区,类别,学生数", data).complementary_rows == {2: [3]}

    def test_what_one_gives_away_gives_away_the_next(self) -> None:
        # 甲 女 follows from its row, then 乙 女 from its column.
        data = rows("甲,12,*,15", "乙,*,*,20", "合计,29,6,35")
        result = counted("学校,男,女,合计", data)
        assert result.complementary == {2: 2}

    def test_the_other_sex_that_was_left_out(self) -> None:
        data = rows("甲,30,28", "乙,40,20")
        assert counted("学校,学生数,其中：女", data).complementary_rows == {2: [2]}

    def test_columns_that_are_no_sums_say_nothing(self) -> None:
        data = rows("甲,12,*,15", "乙,20,10,99")
        assert not counted("学校,男,女,合计", data).complementary

    def test_a_dash_that_is_none_says_nothing(self) -> None:
        assert not counted("学校,男,女,合计", rows("甲,15,—,15")).complementary

    def test_a_large_rest_says_nothing(self) -> None:
        assert not counted("学校,男,女,合计", rows("甲,15,*,95")).complementary


@pytest.mark.parametrize("seed", range(6))
def test_cut_anywhere_the_parts_say_the_same(seed: int) -> None:
    chance = random.Random(seed)
    head = ["区", "年级", "男生数", "女生数", "合计"]
    data: Rows = []
    for district in ("徐汇区", "黄浦区", "静安区"):
        for place, grade in enumerate("一二三四"):
            boys, girls = chance.randint(1, 30), chance.randint(1, 30)
            hide = chance.random() < 0.3
            shown = None if place else district
            data.append(
                [
                    shown,
                    grade,
                    str(boys),
                    "*" if hide else str(girls),
                    str(boys + girls),
                ]
            )
        data.append([None, "小计", "70", "60", "130"])
    data.append(["全市合计", None, "210", "180", "390"])

    def part(some: Rows, start: int) -> SmallCells:
        cells = SmallCells(head, 5, b"key")
        cells.add(some, range(start, start + len(some)))
        return SmallCells.from_dict(json.loads(json.dumps(cells.to_dict())), b"key")

    whole = part(data, 2).result()
    assert whole.small or whole.complementary
    for cut in range(len(data) + 1):
        first = part(data[:cut], 2)
        first.merge(part(data[cut:], 2 + cut))
        assert first.result() == whole


class TestVerdict:
    def test_the_columns_are_told(self, check: Check) -> None:
        table = [
            ["学校", "残疾学生数", "班级数"],
            ["甲校", "3", "2"],
            ["乙校", "40", "3"],
        ]
        report = check(table)
        assert (report.verdict, report.grounds) == ("restricted", ["small_cells"])
        assert report.tables[0].grounds == [
            {"code": "small_cells", "columns": ["残疾学生数"], "count": 1, "rows": [2]}
        ]
        assert check(table, small_cell=3).verdict == "clear"

    def test_hidden_cells_that_are_given_away(self, check: Check) -> None:
        head = ["学校", "男生数", "女生数", "合计"]
        table = [head, ["甲校", "12", "*", "15"], ["乙校", "20", "10", "30"]]
        report = check(table)
        assert report.grounds == ["complementary_cells"]
        assert report.tables[0].grounds[0]["rows"] == [2]

    def test_the_unit_above_the_table(self, check: Check) -> None:
        table = [
            ["2025年残疾学生情况", "", ""],
            ["单位：人", "", ""],
            ["区", "视力", "听力"],
            *[[f"第{n}区", str(n + 3), "90"] for n in range(9)],
        ]
        assert check(table).grounds == ["small_cells"]
