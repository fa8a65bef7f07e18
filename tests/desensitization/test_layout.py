"""Where headers are, and that no row is lost."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ckanext.edudata.desensitization.reading.layout import Layout, find_layout
from ckanext.edudata.desensitization.report import CheckReport
from tests.desensitization.rosters import roster

Check = Callable[..., CheckReport]
Rows = list[list[str | None]]


def rows(*lines: str) -> Rows:
    return [[cell or None for cell in line.split(",")] for line in lines]


def layout(*lines: str) -> Layout:
    return find_layout(rows(*lines))


class TestHeader:
    def test_three_rows_with_merged_cells(self) -> None:
        found = layout(
            "2024年统计表,,,,,",
            "单位：人,,,,,",
            "学校,学生数,,,,教师",
            ",小学,,初中,,",
            ",男,女,男,女,",
            "甲校,210,200,310,300,50",
            "乙校,220,210,320,310,60",
        )
        assert found.labels == [
            "学校", "学生数_小学_男", "学生数_小学_女", "学生数_初中_男", "学生数_初中_女", "教师",
        ]  # fmt: skip
        assert (found.header_row, found.start) == (3, 5)

    def test_an_upper_row_that_is_nearly_empty(self) -> None:
        found = layout(
            "学校,学生数,,,,,,,,",
            ",一年级,,,二年级,,,三年级,,",
            ",男,女,计,男,女,计,男,女,计",
            "甲校,10,10,20,10,10,20,10,10,20",
            "乙校,10,10,20,10,10,20,10,10,20",
        )
        assert found.labels[0] == "学校"
        assert found.labels[4] == "学生数_二年级_男"

    def test_after_much_preamble(self) -> None:
        lines = [f"第{n}条 本表依据统计制度填报,,," for n in range(60)]
        found = layout(*lines, "区,学校,班级数,备注", "徐汇,甲,3,x", "黄浦,乙,4,y")
        assert (found.header_row, found.labels[2]) == (61, "班级数")

    def test_numbers_of_columns_are_no_data(self) -> None:
        found = layout("区,学校,学生数", "甲,乙,1", "徐汇,甲校,300", "徐汇,乙校,400")
        assert found.start == 2

    def test_a_first_row_of_ones_is_data(self) -> None:
        found = layout("区,男,女", "徐汇,1,2", "黄浦,3,4")
        assert found.start == 1

    def test_a_gap_in_the_header_takes_no_row_of_text(self) -> None:
        found = layout("姓名,,性别", "张三,甲,男", "李四,乙,女", "王五,丙,男")
        assert (found.start, found.labels) == (1, ["姓名", "", "性别"])

    def test_tables_side_by_side(self) -> None:
        found = layout("姓名,班级,,姓名,班级", "张三,1,,李四,2", "张五,1,,李六,2")
        assert found.labels == ["姓名", "班级", "", "姓名", "班级"]


class TestRows:
    def test_notes_between_and_below(self) -> None:
        table = rows(
            "序号,学校名称,学校标识码,备注",
            "北京市（92所）,,,",
            "1,北京大学,4111010001,x",
            "2,清华大学,4111010002,y",
            "序号,学校名称,学校标识码,备注",
            "三、民办类,,,",
            "3,南开大学,4111010003,z",
            "注：截至2025年,,,",
        )
        found = find_layout(table)
        assert [found.is_data(row) for row in table[1:]] == [
            False, True, True, False, False, True, False,
        ]  # fmt: skip

    def test_two_characters_alone_are_read_as_a_cell(self) -> None:
        table = rows("序号,学校名称,备注", "1,甲校,x", "2,乙校,y", "张伟,,")
        assert find_layout(table).is_data(table[-1])


class TestForms:
    @pytest.mark.parametrize(
        "lines",
        [
            ["学生登记表,,,", "姓名,张伟,性别,男", "出生日期,2012-03-04,民族,汉", "班级,七1,备注,"],
            ["姓名,张伟", "性别,男", "联系电话,62345678", "班级,七（1）班"],
            ["姓名,张伟,李娜,王芳", "性别,男,女,女", "语文,88,92,90"],
            ["姓名：张伟,性别：男", "班级：七1,备注：无"],
        ],
    )  # fmt: skip
    def test_a_value_beside_its_label(self, check: Check, lines: list[str]) -> None:
        table = [line.split(",") for line in lines]
        assert find_layout(rows(*lines)).form
        report = check(table)
        assert report.verdict == "blocked"
        assert "NAME_IN_TEXT" in {f.entity for f in report.findings}
        assert report.tables[0].row_count + report.tables[0].left_out >= len(lines)

    def test_a_list_of_what_forms_ask_for_is_a_table(self) -> None:
        found = layout(
            "信息项,说明,类型",
            "姓名,按证件填写,文本",
            "性别,按证件填写,文本",
            "班级,全称,文本",
        )
        assert (found.form, found.header_row) == (False, 1)

    def test_majors_that_are_subjects_too_are_no_form(self) -> None:
        found = layout(
            "专业,毕业生数,就业率", "数学,120,95%", "英语,40,100%", "物理,30,90%"
        )
        assert (found.form, found.header_row) == (False, 1)

    def test_a_roster_is_no_form(self) -> None:
        assert not find_layout([list(row) for row in roster(5)]).form


@pytest.mark.parametrize("at", range(9))
def test_no_row_is_lost(check: Check, tmp_path: Path, at: int) -> None:
    """A number in any row is found, whatever that row is taken for."""
    table = [
        ["2024年教育统计表"],
        ["单位：个"],
        ["学校", "班级", "", "备注"],
        ["", "小学", "初中", ""],
        ["甲", "1", "2", "3"],
        ["甲校", "12", "13", "x"],
        ["（二）民办"],
        ["乙校", "22", "23", "y"],
        ["注：数据截至年末"],
    ]
    table[at][0] += "13812345678"
    assert check(table).verdict == "blocked"
