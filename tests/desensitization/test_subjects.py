"""Rosters without names: what makes them restricted, and which columns."""

# ruff: noqa: E501
from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from ckanext.edudata.desensitization.report import CheckReport

Check = Callable[..., CheckReport]
Make = Callable[[random.Random], str]

FACTS: dict[str, Make] = {
    "疾病史": lambda c: c.choice(["哮喘", "无", "近视", "先天性心脏病"]),
    "残疾类别": lambda c: c.choice(["听力", "智力", "无"]),
    "宗教信仰": lambda c: c.choice(["无", "佛教", "伊斯兰教"]),
    "民族": lambda c: c.choice(["汉族", "回族", "满族"]),
    "政治面貌": lambda c: c.choice(["共青团员", "群众"]),
    "困难等级": lambda c: c.choice(["特别困难", "一般困难", "无"]),
    "监护人情况": lambda c: c.choice(["父母", "祖父母", "福利院"]),
    "处分情况": lambda c: c.choice(["无", "警告", "记过"]),
    "年级排名": lambda c: str(c.randint(1, 400)),
    "总分": lambda c: str(c.randint(300, 600)),
    "数学": lambda c: str(c.randint(40, 100)),
    "身高": lambda c: str(c.randint(120, 185)),
    "资助金额": lambda c: str(c.choice([500, 1000, 1500])),
    "心理测评": lambda c: c.choice(["正常", "关注", "预警"]),
}
QUASI: dict[str, Make] = {
    "性别": lambda c: c.choice("男女"),
    "出生年份": lambda c: str(c.randint(2010, 2014)),
    "班级": lambda c: f"七（{c.randint(1, 6)}）班",
    "入学年份": lambda c: str(c.randint(2020, 2024)),
    "户籍": lambda c: c.choice(["上海", "江苏", "安徽"]),
}


def people(seed: int, quasi: list[str], facts: list[str], rows: int = 60) -> list:  # type: ignore[type-arg]
    chance = random.Random(seed)
    columns = {name: (QUASI | FACTS)[name] for name in [*quasi, *facts]}
    return [list(columns)] + [
        [make(chance) for make in columns.values()] for _ in range(rows)
    ]


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_is_told(check: Check, fact: str) -> None:
    report = check(people(1, ["性别", "出生年份", "班级"], [fact]))
    (table,) = report.tables
    told = {ground["code"]: ground for ground in table.grounds}
    assert report.verdict == "restricted"
    assert fact in told["individual"]["columns"]
    assert set(told["small_groups"]["columns"]) >= {"性别", "出生年份", "班级"}
    assert table.k is not None
    assert table.k < 5
    json.dumps(report.to_dict())


@pytest.mark.parametrize("seed", range(12))
def test_told_apart_by_any_columns(check: Check, seed: int) -> None:
    chance = random.Random(seed)
    quasi = ["性别", *chance.sample([q for q in QUASI if q != "性别"], 2)]
    report = check(people(seed, quasi, [], rows=40))
    assert (report.verdict, report.grounds) == ("restricted", ["small_groups"])


def test_marks_by_class_without_any_other_fact(check: Check) -> None:
    chance = random.Random(4)
    table = [["班级", "语文", "数学", "合计"]]
    for _ in range(40):
        a, b = chance.randint(40, 100), chance.randint(40, 100)
        table.append([f"六（{chance.randint(1, 4)}）班", str(a), str(b), str(a + b)])
    assert check(table).verdict == "restricted"


def test_without_a_header(check: Check) -> None:
    report = check(people(3, ["性别", "出生年份", "班级"], ["数学"])[1:])
    assert report.verdict == "restricted"
    assert report.tables[0].grounds[0]["columns"] == ["性别", "班级"]


@pytest.mark.parametrize(
    "facts",
    [
        {"学校": 5, "年级": 6, "困难类型": ["低保", "孤儿", "残疾"], "资助金额": 900},
        {"编号": 9999, "年级": 6, "量表得分": 90, "预警等级": ["一级", "无"]},
        {"班级": 4, "身高": 180, "体重": 60, "肺活量": 5000},
        {"序号": 999, "语文": 99, "数学": 99, "英语": 99, "总分": 300},
        {"学生": 999, "性别": ["男", "女"], "总分": 300, "位次": 400},
        {"性别": ["男", "女"], "年龄": 14, "家庭人口数": 6, "兄弟姐妹人数": 3},
        {"性别": ["男", "女"], "班级": 4, "语文": 99, "合计": 300},
        {"gender": ["M", "F"], "age": 14, "math": 99},
        {"XBM": ["1", "2"], "CSNY": 9, "JKZKM": ["健康", "哮喘"]},
    ],
    ids=lambda facts: "-".join(facts),
)
def test_rosters_as_they_are_kept(check: Check, facts: dict) -> None:  # type: ignore[type-arg]
    chance = random.Random(8)

    def cell(name: str, kind: int | list[str]) -> str:
        if isinstance(kind, list):
            return chance.choice(kind)
        number = chance.randint(max(1, kind // 3), kind)
        words = {
            "学校": "示例{}小学",
            "年级": "{}年级",
            "班级": "七（{}）班",
            "学生": "考生{}",
        }
        return words.get(name, "{}").format(number)

    table = [list(facts)] + [[cell(*item) for item in facts.items()] for _ in range(60)]
    report = check(table)
    assert (report.verdict, report.tables[0].persons) == ("restricted", True)
    assert all(ground["columns"] for ground in report.tables[0].grounds)


def test_large_groups_and_no_facts_are_clear(check: Check) -> None:
    table = [["性别", "年龄段", "区"]]
    table += [[s, "10-14", "徐汇区"] for s in "男女" for _ in range(30)]
    assert check(table).verdict == "clear"
    assert check(table, k=31).grounds == ["small_groups"]


def test_named_people_are_blocked_and_their_facts_told(check: Check) -> None:
    from tests.desensitization.rosters import roster

    report = check(roster(40))
    assert report.verdict == "blocked"
    told = {ground["code"]: ground["columns"] for ground in report.tables[0].grounds}
    assert set(told["individual"]) == {"语文", "数学"}


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        (["年级", "性别", "平均身高", "平均体重"], [["一年级", "男", "120.1", "22.3"],
                                          ["一年级", "女", "119.0", "21.3"]] * 3),
        (["民族", "语言", "分布"], [["藏族", "藏语", "西藏"], ["壮族", "壮语", "广西"]]),
        (["疾病名称", "症状", "预防"], [["水痘", "皮疹", "接种"], ["麻疹", "发热", "接种"]]),
        (["学校", "语文", "数学", "英语"], [["甲校", "101", "102", "99"],
                                    ["乙校", "98", "95", "103"]]),
        (["适合年龄", "课程", "性别要求"], [["6岁", "绘画", "不限"], ["7岁", "编程", "不限"]]),
    ],
)  # fmt: skip
def test_figures_and_rules_are_no_persons(
    check: Check, head: list[str], rows: list[list[str]]
) -> None:
    report = check([head, *rows])
    assert (report.verdict, report.tables[0].persons) == ("clear", False)


@pytest.mark.parametrize(
    "labels",
    [
        ["xingbie", "banji", "minzu"],
        ["XB", "NJ", "CJLXM"],
        ["student.gender", "student.age", "student.class"],
    ],
)
def test_headers_in_pinyin_and_paths_tell_of_persons(
    check: Check, labels: list[str]
) -> None:
    rows = [
        labels,
        *([["男", "女"][n % 2], str(n % 7), str(n % 11)] for n in range(60)),
    ]
    assert check(rows).verdict == "restricted"
