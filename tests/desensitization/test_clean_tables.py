"""Honest tables pass, whatever their words; lists of institutions under the rule."""

# ruff: noqa: E501
from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from ckanext.edudata.desensitization.report import CheckReport
from tests.desensitization.clean_tables import INSTITUTIONS, KINDS, Kind

Check = Callable[..., CheckReport]
SEEDS = range(5)


def told(report: CheckReport) -> list[object]:
    found = [(f.column, f.entity, f.rows[:3]) for f in report.findings if not f.passed]
    return [*found, *(ground for table in report.tables for ground in table.grounds)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_clear(check: Check, kind: Kind, seed: int) -> None:
    report = check(kind(random.Random(seed)))
    assert (report.verdict, told(report)) == ("clear", [])


@pytest.mark.parametrize("kind", INSTITUTIONS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_institutions_pass_under_the_rule_only(
    check: Check, kind: Kind, seed: int
) -> None:
    table = kind(random.Random(seed))
    report = check(table, institutions=True)
    assert (report.verdict, told(report)) == ("clear", [])
    assert report.institutions
    assert check(table).verdict == "blocked"


HONEST = {
    "births": ["年份,出生人口,常住人口,出生率", "2020,103000,24870000,4.1", "2021,99000,24890000,4.0"],
    "vaccines": ["疫苗名称,接种年龄,剂次,预防疾病", "麻疹,8月龄,1,麻疹", "乙肝,出生,3,乙肝"],
    "insurance": ["年龄,性别,保费（元）", *[f"{a},{s},{a * 10}" for a in range(6, 20) for s in "男女"]],
    "life table": ["age,sex,rate", *[f"{a},{s},0.00{a}" for a in range(6, 20) for s in "MF"]],
    "peoples": ["民族,人口（人）,分布", "汉族,1200000000,全国", "珞巴族,3682,西藏"],
    "stops": ["站名,线路,首班车", "张杨路,1路,5:30", "何家弄,2路,5:30", "朱枫公路,3路,5:30"],
    "poems": ["题目,作者,朝代", "静夜思,李白,唐", "春晓,孟浩然,唐", "登鹳雀楼,王之涣,唐"],
    "fees": ["幼儿园,收费标准（元/月）,年龄段,班级", "甲幼儿园,700,3-4岁,小班", "乙幼儿园,700,4-5岁,中班"],
    "prizes": ["获奖学校,奖项,指导单位", "示例中学,一等奖,区教育学院", "位育中学,二等奖,区教育学院"],
    "ranks": ["排名,学校,总分,语文,数学", "1,A中,580,110,120", "2,B中,570,108,118"],
    "classes": ["年级,班级,人数,教室", "七年级,1班,42,301", "七年级,2班,40,302"],
    "checks": ["学校,年级,性别,近视率,检查人数", *[f"示例{n}小学,{g},{s},33.1%,120" for n in range(3) for g in "一二" for s in "男女"]],
    "roads": ["道路名称,起点,终点", "张杨路,浦东南路,金桥路", "陈太路,外环,顾太路"],
}  # fmt: skip


@pytest.mark.parametrize("lines", HONEST.values(), ids=HONEST)
def test_a_short_one_is_clear(check: Check, lines: list[str]) -> None:
    report = check([line.split(",") for line in lines])
    assert (report.verdict, told(report)) == ("clear", [])
