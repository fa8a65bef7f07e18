"""Rosters in the shapes that schools keep them in, and honest tables beside them."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from faker import Faker

from ckanext.edudata.desensitization import desensitize
from ckanext.edudata.desensitization.report import CheckReport
from tests.desensitization.rosters import mobile, resident_id, roster
from tests.desensitization.test_verdict import SCHOOLS, entities

Check = Callable[..., CheckReport]
Rows = list[list[str]]
CHANCE = random.Random(23)
FAKE = Faker("zh_CN")
FAKE.seed_instance(23)
TITLED: Rows = [["示例小学七年级学生名册"], [], *roster(24)]
ID = resident_id(CHANCE, "20120229", True)
ROADS = ["朱枫公路", "陈太路", "张杨路", "何家弄", "金沙江路", "高科西路", "顾戴路"]


def names(number: int) -> list[str]:
    return [FAKE.name() for _ in range(number)]


def under(header: str, cells: list[str]) -> Rows:
    return [[header, "b"]] + [[cell, str(n)] for n, cell in enumerate(cells)]


def hidden_in(cell: str, rows: int = 60) -> Rows:
    """A clean table with one cell changed in its last row but one."""
    table = [["区", "值"]] + [["徐汇区", "12"] for _ in range(rows)]
    table[-2][1] = cell
    return table


class TestFilesOfRosters:
    @pytest.mark.parametrize("codec", ["gb18030", "utf-8-sig", "utf-16", "utf-16-le"])
    def test_text_in_any_encoding(
        self, check: Check, tmp_path: Path, codec: str
    ) -> None:
        path = tmp_path / "名册.csv"
        with path.open("w", encoding=codec, newline="") as stream:
            csv.writer(stream).writerows(TITLED)
        report = check(path)
        assert report.verdict == "blocked"
        assert report.tables[0].header_row == 3

    @pytest.mark.parametrize("hide", ["", "hide", "very_hidden"])
    def test_behind_a_clean_sheet(
        self, check: Check, tmp_path: Path, hide: str
    ) -> None:
        path = tmp_path / "book.xlsx"
        book = xlsxwriter.Workbook(path)
        clean, sheet = book.add_worksheet("汇总"), book.add_worksheet("Sheet2")
        for number, row in enumerate([["学校", "班数"], ["示例小学", "12"]]):
            clean.write_row(number, 0, row)
        for number, row in enumerate(TITLED):
            sheet.write_row(number, 0, row)
        sheet.merge_range(0, 0, 0, 7, TITLED[0][0])
        if hide:
            getattr(sheet, hide)()
        book.close()
        report = check(path)
        assert report.verdict == "blocked"
        assert {f.sheet for f in report.findings} == {"Sheet2"}

    def test_an_old_workbook(self, check: Check, tmp_path: Path) -> None:
        path = tmp_path / "book.xls"
        book = xlwt.Workbook()
        sheet = book.add_sheet("名册")
        for number, row in enumerate(TITLED):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell)
        book.save(str(path))
        assert check(path).verdict == "blocked"


@pytest.mark.parametrize(
    "rows",
    [
        [["", *row] for row in roster(12)],
        [[name] for name in names(20)],
        [["姓名"], ["王小明"], ["李四"]],
        [["七（1）班", "七（2）班"], *zip(names(20), names(20), strict=True)],
        under("名单", ["、".join(names(8)) for _ in range(5)]),
        under("名单", [" ".join(names(8)) for _ in range(5)]),
        under("人员", [f"{n}.{name}" for n, name in enumerate(names(9), 1)]),
        under("a", ["欧阳娜娜", "司马光明", "诸葛瑾", "上官婉儿", "皇甫嵩"]),
        under("a", ["張偉", "李麗娜", "陳靜儀", "黃曉明", "鄭嘉穎", "葉問天"]),
        under("a", ["买买提．艾力", "热依扎．阿里木", "古丽．吐尔逊", "阿依．吐尔逊"]),
        under("a", ["Zhang San", "Li Xiaoming", "WANG Fang", "Chen Jing", "Nana Liu"]),
        [["學生姓名", "學號"], ["陳靜儀", "20260101"], ["黃曉明", "20260102"]],
        [["班级", "班主任", "人数"], ["七（1）班", "王小明", "40"]],
        [["姓名", "张晓明", "性别", "男"], ["班级", "七（1）", "备注", ""]],
    ],
    ids=lambda rows: "-".join(map(str, rows[0]))[:30],
)
def test_rosters_of_many_shapes(check: Check, rows: Rows) -> None:
    assert check([list(row) for row in rows]).verdict == "blocked"


@pytest.mark.parametrize(
    "cell",
    [
        ID[:10] + "\n" + ID[10:],
        ID + ".0",
        "13812345678.0",
        "1.3812345678E+10",
        "1381 2345 678",
        "张晓丽",
        "买买提·艾力",
        "欧阳晓明",
    ],
)
def test_one_needle(check: Check, cell: str) -> None:
    report = check(hidden_in(cell))
    assert report.verdict == "blocked"
    assert [f.rows for f in report.findings] == [[60]]


def test_a_name_alone_is_masked(check: Check) -> None:
    (finding,) = check(hidden_in("张晓丽")).findings
    assert (finding.entity, finding.masked) == ("NAME_IN_TEXT", ["张**"])


def test_telephones_that_are_all_mobiles_are_one_finding(check: Check) -> None:
    rows = under("联系电话", [mobile(CHANCE) for _ in range(9)])
    assert entities(check(rows), "联系电话") == {"MOBILE"}


class TestHonestTables:
    @pytest.mark.parametrize(
        ("header", "words"),
        [
            ("街镇", "朱家角 马桥 华漕 江川 莘庄 梅陇 张江 安亭 徐行 唐镇"),
            ("物品", "白板笔 马克笔 金属架 文件夹 万用表 安全帽 洗手液 毛边纸"),
            ("拼音", "Huai Hai,Nan Jing,Heng Shan,Bei Jing,Shang Hai,Xu Hui"),
            ("药品", "高锰酸钾 氯化钠 硫酸铜 金属钠 白磷 生石灰 甘油 石蕊"),
        ],
    )
    def test_words_like_names(self, check: Check, header: str, words: str) -> None:
        cells = words.split("," if "," in words else " ")
        assert check(under(header, cells)).verdict == "clear"

    @pytest.mark.parametrize(
        "header",
        [
            ["教材", "编著者", "出版社"],
            ["题名", "责任者", "索书号"],
            ["书名", "作者（译者）", "推荐年级"],
            ["曲名", "作曲", "作词"],
            ["篇目", "诗人", "朝代"],
        ],
    )
    def test_authors_of_published_works(self, check: Check, header: list[str]) -> None:
        people = [f"{a}、{b}" for a, b in zip(names(12), names(12), strict=True)]
        rows = [[f"文选{n}", name, "一"] for n, name in enumerate(names(12))]
        assert check([header, *rows]).verdict == "clear"
        rows = [[f"文选{n}", name, "一"] for n, name in enumerate(people)]
        assert check([header, *rows]).verdict == "clear"

    def test_pupils_who_won_are_no_such_authors(self, check: Check) -> None:
        rows = [["奖项", "作品名称", "作者", "学校"]] + [
            ["一等奖", f"我的家乡{n}", name, SCHOOLS[n % 9]]
            for n, name in enumerate(names(12))
        ]
        assert entities(check(rows), "作者") == {"PERSON_NAME"}

    def test_an_identifier_beside_authors_is_found(self, check: Check) -> None:
        rows = [["书名", "作者", "出版社"]] + [
            [f"文选{n}", name, "教育出版社"] for n, name in enumerate(names(12))
        ]
        rows[5][1] += mobile(CHANCE)
        assert entities(check(rows), "作者") == {"MOBILE"}

    def test_roads_named_like_people(self, check: Check) -> None:
        rows = [["学校名称", "地址", "招生范围"]] + [
            [school, f"{road}{n + 8}号", f"{road}以东、{ROADS[n - 1]}以南"]
            for n, (school, road) in enumerate(zip(SCHOOLS, ROADS, strict=False))
        ]
        assert check(rows, institutions=True).verdict == "clear"

    def test_schools_with_several_sites(self, check: Check) -> None:
        rows = [["学校名称", "校区", "办公电话"]] + [
            [school, site, f"021-6433{1000 + n}"]
            for school in SCHOOLS
            for n, site in enumerate(["东校区", "西校区"])
        ]
        assert check(rows, institutions=True).verdict == "clear"
        assert check(rows).verdict == "blocked"

    def test_small_cells_kept_as_floats(self, check: Check) -> None:
        rows = [["学校", "在校生人数"], ["甲校", "30.0"], ["乙校", "3.0"]]
        assert check(rows).verdict == "restricted"


class TestDesensitizedRosters:
    def test_after_the_preset_it_is_restricted(
        self, check: Check, tmp_path: Path
    ) -> None:
        assert self.after(check, tmp_path, {}) == "restricted"

    @pytest.mark.parametrize("kept", ["姓名", "身份证号", "家长手机"])
    def test_with_one_identifier_kept_it_stays_blocked(
        self, check: Check, tmp_path: Path, kept: str
    ) -> None:
        assert self.after(check, tmp_path, {kept: "keep"}) == "blocked"

    def test_without_the_id_alone_it_stays_blocked(
        self, check: Check, tmp_path: Path
    ) -> None:
        everything = dict.fromkeys(roster(1)[0], "keep")
        plan = {**everything, "身份证号": "drop"}
        assert self.after(check, tmp_path, plan) == "blocked"

    def after(self, check: Check, tmp_path: Path, changed: dict[str, str]) -> str:
        (table,) = check(TITLED).tables
        assert table.csv_path is not None
        plan = desensitize.preset(table)
        steps = {**plan.to_dict()["columns"], **changed}
        out = tmp_path / "脱敏.csv"
        desensitize.apply(
            desensitize.Plan.from_dict({"columns": steps}), table.csv_path, out
        )
        return check(out).verdict
