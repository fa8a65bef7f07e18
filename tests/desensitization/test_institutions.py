"""The standing rule: institutions are not persons; and exceptions that were granted."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from faker import Faker

from ckanext.edudata.desensitization.report import CheckReport
from tests.desensitization.clean_tables import (
    departments,
    school_directory,
    schools,
    trainers,
    venues,
)
from tests.desensitization.rosters import mobile, resident_id, roster

Check = Callable[..., CheckReport]
FAKE = Faker("zh_CN")
FAKE.seed_instance(5)
HOMES = [
    "上海市徐汇区天平路100弄3号502室",
    "上海市闵行区莘松路12弄8号楼301室",
    "田林新村12号301室",
    "阳光花园3栋2单元501",
    "浦东新区张杨路500号1203室",
    "金汇镇光明村3组58号",
    "彭浦新村四村7号402室",
]


def directory(seed: int = 3) -> list[list[str]]:
    table = school_directory(random.Random(seed))
    start = next(n for n, row in enumerate(table) if "学校名称" in row)
    return table[start:]


def place(table: list[list[str]], label: str) -> int:
    return table[0].index(label)


def not_passed(report: CheckReport) -> set[tuple[str, str]]:
    return {(f.column, f.entity) for f in report.findings if not f.passed}


class TestOneNeedle:
    @pytest.mark.parametrize(
        "label", ["办公电话", "地址", "网址", "学校名称", "校长", "学生数"]
    )
    @pytest.mark.parametrize("seed", range(3))
    def test_a_mobile(self, check: Check, label: str, seed: int) -> None:
        table = directory(seed)
        table[9][place(table, label)] = mobile(random.Random(seed))
        report = check(table, institutions=True)
        assert report.verdict == "blocked"
        assert not_passed(report) == {(label, "MOBILE")}

    @pytest.mark.parametrize("home", HOMES)
    @pytest.mark.parametrize("label", ["地址", "邮编"])
    def test_a_home(self, check: Check, home: str, label: str) -> None:
        table = directory()
        table[9][place(table, label)] = home
        report = check(table, institutions=True)
        assert report.verdict == "blocked"
        assert (label, "HOME_ADDRESS") in not_passed(report)

    @pytest.mark.parametrize("label", ["办公电话", "地址", "邮箱", "办学性质"])
    def test_an_id_number(self, check: Check, label: str) -> None:
        table = directory()
        table[9][place(table, label)] = resident_id(random.Random(1), "19700101", True)
        assert not_passed(check(table, institutions=True)) == {
            (label, "CN_RESIDENT_ID")
        }

    @pytest.mark.parametrize("label", ["办学性质", "网址"])
    def test_a_name_elsewhere(self, check: Check, label: str) -> None:
        table = directory()
        table[9][place(table, label)] = "张晓丽"
        assert check(table, institutions=True).verdict == "blocked"

    @pytest.mark.parametrize("label", ["办学性质", "学校名称"])
    def test_a_mailbox_elsewhere(self, check: Check, label: str) -> None:
        table = directory()
        table[9][place(table, label)] = "zhang.xiaoli@example.com"
        assert not_passed(check(table, institutions=True)) == {(label, "EMAIL")}


class TestColumnsThatNeverPass:
    @pytest.mark.parametrize(
        ("label", "make"),
        [
            ("联系人", lambda n: FAKE.name()),
            ("副校长", lambda n: FAKE.name()),
            ("举办者", lambda n: FAKE.name()),
            ("校长手机", lambda n: mobile(random.Random(n))),
            ("校长家庭住址", lambda n: f"天平路{n + 3}号"),
            ("住宅电话", lambda n: f"021-6433{1000 + n}"),
            ("个人邮箱", lambda n: f"a{n}@example.com"),
            ("校长身份证号", lambda n: resident_id(random.Random(n), "19700101", True)),
            ("校长出生日期", lambda n: f"1970-03-{n % 20 + 1:02d}"),
            ("负责人微信", lambda n: f"wx_abc{n:04d}"),
        ],
    )
    def test_it_is_blocked(
        self, check: Check, label: str, make: Callable[[int], str]
    ) -> None:
        table = directory()
        table = [
            [*row, label if not n else make(n)] for n, row in enumerate(table[:26])
        ]
        report = check(table, institutions=True)
        assert report.verdict == "blocked"
        assert {column for column, _ in not_passed(report)} == {label}


def test_the_rest_passes_beside_a_contact(check: Check) -> None:
    table = directory()
    table = [
        [*row, "联系人" if not n else FAKE.name()] for n, row in enumerate(table[:26])
    ]
    report = check(table, institutions=True)
    assert report.tables[0].institutions
    assert {f.column for f in report.findings if f.passed} >= {
        "办公电话",
        "地址",
        "校长",
    }


@pytest.mark.parametrize("make", [departments, venues, trainers])
def test_one_mobile_among_offices(check: Check, make: Callable) -> None:  # type: ignore[type-arg]
    table = make(random.Random(2))
    column = next(n for n, head in enumerate(table[0]) if "电话" in head)
    table[5][column] = mobile(random.Random(2))
    assert check(table, institutions=True).verdict == "blocked"


def test_a_dwelling_among_rooms_of_offices(check: Check) -> None:
    table = trainers(random.Random(2))
    table[5][2] = HOMES[0]
    assert ("办学地址", "HOME_ADDRESS") in not_passed(check(table, institutions=True))


def test_without_the_rule_the_advice_tells_of_it(check: Check) -> None:
    report = check(directory())
    assert report.verdict == "blocked"
    assert any("standing rule" in finding.advice for finding in report.findings)


def test_a_row_for_each_pupil_of_another_school_is_no_institution(check: Check) -> None:
    names = schools(random.Random(1), 24)
    table = [["学校名称", *roster(0)[0]]] + [
        [name, *row] for name, row in zip(names, roster(24)[1:], strict=True)
    ]
    report = check(table, institutions=True)
    assert not report.tables[0].institutions
    assert not any(f.passed for f in report.findings)


class TestExceptions:
    def table(self) -> list[list[str]]:
        return [["奖项", "获奖人", "电话"]] + [
            ["一等奖", FAKE.name(), mobile(random.Random(n))] for n in range(12)
        ]

    def test_what_is_excepted_passes(self, check: Check) -> None:
        granted = ("获奖人\x1fPERSON_NAME", "电话\x1fMOBILE")
        report = check(self.table(), exceptions=granted)
        assert {f.passed for f in report.findings} == {"exception"}
        assert report.verdict != "blocked"

    def test_another_column_or_entity_does_not(self, check: Check) -> None:
        granted = ("获奖人\x1fMOBILE", "其他\x1fMOBILE", "获奖人\x1fPERSON_NAME")
        report = check(self.table(), exceptions=granted)
        assert report.verdict == "blocked"
        assert not_passed(report) == {("电话", "MOBILE")}

    def test_a_mark_of_classification_never(self, check: Check) -> None:
        table = [["文件", "密级"], ["某文", "机密★10年"], ["另文", "公开"]]
        report = check(table, exceptions=("密级\x1fCLASSIFIED",))
        assert (report.verdict, report.classified) == ("blocked", True)
