"""What passes and what does not: whole tables through the whole check."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from faker import Faker

from ckanext.edudata.desensitization.engine import check_metadata
from ckanext.edudata.desensitization.recognizers.resident_id import check_character
from ckanext.edudata.desensitization.report import CheckReport
from ckanext.edudata.desensitization.sandbox import Sandbox
from ckanext.edudata.desensitization.verdict import loosest_class, worst
from tests.desensitization.rosters import HEADER, mobile, resident_id, roster

Check = Callable[..., CheckReport]
CHANCE = random.Random(11)
FAKE = Faker("zh_CN")
FAKE.seed_instance(11)
SCHOOLS = [
    "建襄小学", "高安路第一小学", "世界小学", "李惠利中学", "张江高科实验小学",
    "市西中学", "位育中学", "向阳小学", "南洋模范中学", "曹杨二中",
    "陈伯吹实验幼儿园", "宋庆龄幼儿园",
]  # fmt: skip


def school_list() -> list[list[str]]:
    head = ["学校标识码", "学校名称", "办公电话", "电子邮箱", "地址", "校长"]
    return [head] + [
        [
            f"21310000{n:02d}",
            name,
            f"021-6433{1000 + n}",
            f"school{n}@xhedu.sh.cn",
            f"上海市徐汇区天平路{n + 10}号",
            FAKE.name(),
        ]
        for n, name in enumerate(SCHOOLS)
    ]


def table(header: str, *rows: str) -> list[list[str]]:
    return [line.split(",") for line in (header, *rows)]


def entities(report: CheckReport, column: str) -> set[str]:
    return {f.entity for f in report.findings if f.column == column and not f.passed}


class TestRoster:
    def test_it_is_blocked_by_column_and_row(self, check: Check) -> None:
        report = check(roster(40))
        assert report.verdict == "blocked"
        found = {f.column: f for f in report.findings}
        assert {c: f.entity for c, f in found.items()} == {
            "姓名": "PERSON_NAME",
            "出生日期": "BIRTH_DATE",
            "身份证号": "CN_RESIDENT_ID",
            "家长手机": "MOBILE",
        }
        assert found["身份证号"].rows == list(range(2, 22))
        assert all(f.count == 40 for f in report.findings)
        assert all(f.masked and f.clause and f.advice for f in report.findings)

    def test_no_raw_value_is_in_the_report(self, check: Check) -> None:
        rows = roster(40)
        report = check(rows)
        report.tables[0].csv_path = None
        said = json.dumps(report.to_dict(), ensure_ascii=False) + repr(report)
        for row in rows[1:]:
            for place in (0, 2, 3, 5):
                assert row[place] not in said, HEADER[place]

    def test_without_a_header_it_is_blocked(self, check: Check) -> None:
        assert check(roster(12)[1:]).verdict == "blocked"

    def test_in_pinyin_initials_it_is_blocked(self, check: Check) -> None:
        rows = [r[:4] for r in roster(10)]
        rows[0] = ["xm", "xb", "csrq", "sfzjh"]
        report = check(rows)
        assert entities(report, "xm") == {"PERSON_NAME"}
        assert entities(report, "csrq") == {"BIRTH_DATE"}

    def test_without_names_people_can_be_singled_out(self, check: Check) -> None:
        rows = [[r[1], r[2][:4], r[4], r[6]] for r in roster(40)]
        rows[0] = ["性别", "出生年份", "班级", "语文"]
        report = check(rows)
        assert report.verdict == "restricted"
        assert report.grounds == ["small_groups", "individual"]
        assert report.k == 1

    def test_large_groups_without_facts_of_persons_are_clear(
        self, check: Check
    ) -> None:
        rows = table("性别,年龄段,区", *["男,10-14,徐汇区", "女,10-14,徐汇区"] * 20)
        report = check(rows)
        assert (report.verdict, report.k) == ("clear", 20)
        assert check(rows, k=21).verdict == "restricted"


class TestNames:
    @pytest.mark.parametrize("cells", [5, 12, 60])
    def test_a_column_of_names_without_a_header(self, check: Check, cells: int) -> None:
        rows = [["a", "b"]] + [[FAKE.name(), str(n)] for n in range(cells)]
        assert entities(check(rows), "a") == {"PERSON_NAME"}

    def test_minority_names(self, check: Check) -> None:
        rows = table(
            "a,b",
            "买买提·艾力,1",
            "阿依古丽·吐尔逊,2",
            "热依扎·阿里木,3",
            "古丽·吐尔逊,4",
        )
        assert check(rows).verdict == "blocked"

    def test_pinyin_names_by_the_header(self, check: Check) -> None:
        assert (
            check(table("姓名,成绩", "Zhang San,88", "Li Wei,90")).verdict == "blocked"
        )

    def test_masked_names_are_no_names(self, check: Check) -> None:
        assert (
            entities(check(table("姓名,序", "张*,1", "李**,2", "王*,3")), "姓名")
            == set()
        )

    def test_the_synthetic_sample_is_no_person(self, check: Check) -> None:
        assert check(table("姓名,序", "示例001,1", "示例002,2")).verdict == "clear"

    @pytest.mark.parametrize(
        ("header", "cells"),
        [
            ("街道", "天平 湖南 徐家汇 康健 田林 虹梅 凌云 龙华 华泾 枫林 长桥"),
            ("植物", "白玉兰 金桂 马尾松 黄山栾 石榴 水杉 毛竹 万年青"),
            (
                "课程名称",
                "高等数学 线性代数 大学物理 程序设计 体育 艺术欣赏 文学概论 金融学",
            ),
            ("专业名称", "哲学 经济学 法学 教育学 历史学 机械工程 金融学 师范"),
            ("name", "黄浦区 徐汇区 长宁区 静安区 普陀区 虹口区 杨浦区 宝山区"),
            ("办学层次", "本科 专科 本科 专科"),
        ],
    )
    def test_other_short_words_are_no_names(
        self, check: Check, header: str, cells: str
    ) -> None:
        rows = [[header, "序"]] + [[c, str(n)] for n, c in enumerate(cells.split())]
        assert check(rows).verdict == "clear"

    def test_poets_in_a_reading_list(self, check: Check) -> None:
        rows = table(
            "书名,作者,出版社", *(f"{b},{a},文学出版社" for b, a in [
                ("呐喊", "鲁迅"), ("家", "巴金"), ("子夜", "茅盾"), ("边城", "沈从文"),
                ("围城", "钱钟书"), ("雷雨", "曹禺"),
            ])
        )  # fmt: skip
        assert check(rows).verdict == "clear"
        rows[0] = ["备注", "作者", "班级"]
        assert check(rows).verdict == "blocked"


class TestInstitutions:
    def test_a_school_list_passes_under_the_standing_rule_only(
        self, check: Check
    ) -> None:
        rows = school_list()
        assert check(rows).verdict == "blocked"
        report = check(rows, institutions=True)
        assert report.verdict == "clear"
        assert report.institutions
        assert {f.passed for f in report.findings} == {"institutions"}

    def test_one_mobile_stops_it(self, check: Check) -> None:
        rows = school_list()
        rows[7][2] = mobile(CHANCE)
        report = check(rows, institutions=True)
        assert entities(report, "办公电话") == {"MOBILE"}
        assert [f.rows for f in report.findings if not f.passed] == [[8]]

    def test_one_id_number_stops_it(self, check: Check) -> None:
        rows = school_list()
        rows[4][4] = resident_id(CHANCE, "19700101", male=True)
        assert entities(check(rows, institutions=True), "地址") == {"CN_RESIDENT_ID"}

    def test_home_addresses_stop_it(self, check: Check) -> None:
        rows = school_list()
        rows[0].append("校长家庭住址")
        for row in rows[1:]:
            row.append("上海市长宁区某路3弄5号201室")
        assert check(rows, institutions=True).verdict == "blocked"

    def test_a_roster_is_no_list_of_institutions(self, check: Check) -> None:
        rows = [["学校名称", *HEADER]] + [
            [SCHOOLS[n % len(SCHOOLS)], *r] for n, r in enumerate(roster(24)[1:])
        ]
        assert check(rows, institutions=True).verdict == "blocked"


class TestNeedles:
    def test_a_sentence_in_a_remark(self, check: Check) -> None:
        rows = table("学校名称,备注", *(f"{s}," for s in SCHOOLS))
        rows.append(["示例小学", f"请联系王小明老师，电话{mobile(CHANCE)}"])
        report = check(rows)
        assert entities(report, "备注") == {"MOBILE", "NAME_IN_TEXT"}
        assert {tuple(f.rows) for f in report.findings} == {(14,)}

    def test_one_id_in_ten_thousand_rows(self, check: Check) -> None:
        rows = table("区,数", *["徐汇区,12"] * 9_999)
        rows.append(["黄浦区", resident_id(CHANCE, "20120102", male=False)])
        (finding,) = check(rows).findings
        assert (finding.entity, finding.rows) == ("CN_RESIDENT_ID", [10_001])

    def test_a_mobile_among_school_codes(self, check: Check) -> None:
        rows = [["学校代码", "数"]] + [[str(2131000000 + n), "1"] for n in range(300)]
        rows.append([mobile(CHANCE), "1"])
        assert check(rows).verdict == "blocked"

    def test_in_a_footnote(self, check: Check) -> None:
        rows = table(
            "学校名称,代码,学段",
            *(f"{s},21310000{n:02d},小学" for n, s in enumerate(SCHOOLS)),
        )
        rows.append([f"填表人：王小明 {mobile(CHANCE)}"])
        report = check(rows)
        assert {f.where for f in report.findings} == {"note"}
        assert report.tables[0].row_count == len(SCHOOLS)

    def test_in_a_header(self, check: Check) -> None:
        rows = table(
            f"学校名称,代码（问{mobile(CHANCE)}）,学段",
            "建襄小学,1,小学",
            "世界小学,2,小学",
        )
        assert {f.where for f in check(rows).findings} == {"header"}


class TestNumbersThatAreNone:
    def test_clean_tables(self, check: Check) -> None:
        for head, cell in {
            "时间戳": lambda n: str(1_300_000_000_000 + n * 7),
            "编号": lambda n: str(CHANCE.randrange(10**10, 10**11)),
            "金额": lambda n: str(CHANCE.randrange(10**7, 10**8)),
            "ISBN": lambda n: f"97870200{CHANCE.randrange(10**5):05d}",
            "经度": lambda n: f"121.4{CHANCE.randrange(10**10):010d}",
            "学校标识码": lambda n: str(2131000000 + n),
        }.items():
            rows = [[head, "序"]] + [[cell(n), str(n)] for n in range(300)]
            assert check(rows).verdict == "clear", head

    def test_the_trap_xxm(self, check: Check) -> None:
        # XXM is the blood type among pupils; among schools XX- means the school.
        rows = table(
            "XXDM,XXMC,XXM", *(f"21310000{n:02d},{s},A" for n, s in enumerate(SCHOOLS))
        )
        assert check(rows).verdict == "clear"


def test_small_cells_of_people_are_restricted(check: Check) -> None:
    rows = table(
        "学校,年级,在校生人数", "建襄小学,一,30", "建襄小学,二,3", "建襄小学,三,28"
    )
    report = check(rows)
    assert (report.verdict, report.tables[0].small_cells) == ("restricted", 1)
    assert check(rows, small_cell=3).verdict == "clear"


def test_counts_by_sex_are_about_no_person(check: Check) -> None:
    rows = table("区,性别,人数", "徐汇区,男,1200", "徐汇区,女,1100", "黄浦区,男,900")
    assert check(rows).verdict == "clear"


def test_a_classification_mark_is_blocked_and_said(check: Check) -> None:
    report = check(table("文件,密级", "某文,机密★10年", "另文,"))
    assert (report.verdict, report.classified) == ("blocked", True)


def test_metadata_and_file_names(sandbox: Sandbox) -> None:
    report = check_metadata(
        {"title": "学校名录", "notes": f"联系人：王小明 {mobile(CHANCE)}"},
        sandbox=sandbox,
    )
    assert {(f.column, f.entity) for f in report.findings} == {
        ("notes", "MOBILE"),
        ("notes", "NAME_IN_TEXT"),
    }
    assert {f.where for f in report.findings} == {"metadata"}
    assert check_metadata({"title": "学校名录"}, sandbox=sandbox).verdict == "clear"
    assert check_metadata({"title": "机密★通知"}, sandbox=sandbox).classified


def test_the_loosest_class() -> None:
    assert loosest_class("clear") == "unconditional"
    assert loosest_class("restricted") == "conditional"
    assert loosest_class("blocked") == loosest_class("unreadable") == "not_open"
    assert loosest_class("anything else") == "not_open"
    assert worst(["clear", "unreadable", "blocked"]) == "unreadable"


class TestBirthDates:
    """Alone they tell persons apart; beside a name they are personal data."""

    @staticmethod
    def rows(*more: str) -> list[list[str]]:
        head = ["出生日期", "性别", "班级", *more]
        body = [
            [f"2012-03-{n % 28 + 1:02d}", "男女"[n % 2], f"{n % 3}班"]
            for n in range(90)
        ]
        names = ["王丽华", "李建国", "张晓敏", "陈思远", "刘海燕"]
        return [
            head,
            *([*row, *[names[n % 5] for _ in more]] for n, row in enumerate(body)),
        ]

    def test_without_names_k_decides(self, check: Check) -> None:
        report = check(self.rows())
        assert report.verdict == "restricted"
        assert "small_groups" in report.grounds
        same = [["出生日期", "性别"], *([["2012-03-04", "男"]] * 30)]
        assert check(same).verdict == "clear"

    def test_beside_a_name_they_block(self, check: Check) -> None:
        report = check(self.rows("姓名"))
        assert report.verdict == "blocked"
        assert {f.entity for f in report.findings if not f.passed} == {
            "BIRTH_DATE",
            "PERSON_NAME",
        }

    def test_beside_an_excepted_name_too(self, check: Check) -> None:
        report = check(self.rows("姓名"), exceptions=("姓名\x1fPERSON_NAME",))
        assert report.verdict == "blocked"

    def test_one_among_other_things_blocks(self, check: Check) -> None:
        rows = [["学校", "说明"], *([f"示例{n}小学", "公办"] for n in range(30))]
        rows[20][1] = "负责人出生于1975年3月4日"
        assert check(rows).verdict == "blocked"


def test_a_number_that_proves_itself_says_which_document_it_is(check: Check) -> None:
    chance = random.Random(3)
    numbers = []
    while len(numbers) < 12:
        born = f"19{chance.randint(60, 99)}{chance.randint(1, 12):02d}05"
        first = f"810000{born}{chance.randint(0, 999):03d}"
        numbers.append(first + check_character(first))
    report = check([["居住证号"], *([number] for number in numbers)])
    assert [f.entity for f in report.findings] == ["HMT_RESIDENCE_PERMIT"]
    assert (report.verdict, report.findings[0].count) == ("blocked", 12)
