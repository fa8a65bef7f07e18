"""Codes that only the key could turn back, and texts without persons."""

from __future__ import annotations

import datetime as dt
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.desensitization import desensitize, plans
from ckanext.edudata.desensitization.desensitize import Plan, Step
from ckanext.edudata.desensitization.generalise import GENERALISE, year_of
from ckanext.edudata.desensitization.pseudonyms import derived_key, pseudonym
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport
from ckanext.edudata.desensitization.sandbox import Sandbox
from tests.desensitization.rosters import mobile, roster, write_csv

SECRET = b"a secret for the tests only"
KEY = derived_key(SECRET, "entry one")


class TestCodes:
    def test_one_value_one_code_whatever_its_dress(self) -> None:
        code = pseudonym(KEY, "31010120120229001X")
        for dress in (
            "31010120120229001x",
            "310101 2012 0229 001X",
            "３１０１０１２０１２０２２９００１Ｘ",
            " 310101-20120229-001X ",
        ):
            assert pseudonym(KEY, dress) == code
        assert pseudonym(KEY, "202400001.0") == pseudonym(KEY, "202400001")
        assert pseudonym(KEY, "") == pseudonym(KEY, "  ") == ""

    @given(st.text(min_size=1))
    def test_the_form(self, text: str) -> None:
        code = pseudonym(KEY, text)
        assert not code or re.fullmatch(r"(?:[b-df-hj-np-tv-z][2-9]){7}", code)

    def test_a_list_of_all_numbers_gives_nobody_back(self) -> None:
        """Without the key whoever hashes all numbers has other codes."""
        numbers = [row[3] for row in roster(200)[1:]]
        ours = {pseudonym(KEY, number) for number in numbers}
        assert len(ours) == len(set(numbers))
        for key in (
            derived_key(SECRET, "entry two"),
            derived_key(b"other", "entry one"),
            b"x",
        ):
            assert ours.isdisjoint(pseudonym(key, number) for number in numbers)

    def test_no_secret_no_key(self) -> None:
        with pytest.raises(ValueError, match="secret"):
            derived_key(b"", "entry")

    def test_without_a_key_nothing_is_made(self, tmp_path: Path) -> None:
        source = write_csv([["学号"], ["1"]], tmp_path / "in.csv")
        plan = Plan({"学号": Step("pseudonymise")})
        with pytest.raises(ValueError, match="key"):
            desensitize.apply(plan, source, tmp_path / "out.csv")

    @pytest.mark.parametrize(
        "header",
        ["姓名", "学号", "身份证号", "护照号", "手机号", "家庭编号", "工号", "卡号"],
    )
    def test_the_check_takes_them_for_nothing(
        self, tmp_path: Path, check: Callable[..., CheckReport], header: str
    ) -> None:
        rows = [
            [header, "分数段", "人次"],
            *([r[3], "A", "50"] for r in roster(60)[1:]),
        ]
        source = write_csv(rows, tmp_path / "in.csv")
        plan = Plan({header: Step("pseudonymise"), "分数段": Step(), "人次": Step()})
        made = desensitize.apply(plan, source, tmp_path / "out.csv", key=KEY)
        assert made.columns[0].endswith("代号")
        assert check(tmp_path / "out.csv").verdict == "clear"


@pytest.fixture
def carry_out(
    tmp_path: Path, sandbox: Sandbox, check: Callable[..., CheckReport]
) -> Callable[[list[list[str]]], tuple[dict, str, list[list[str]]]]:
    """A table through its preset in the child process: answer and text of the file."""

    def run(table: list[list[str]]) -> tuple[dict, str, list[list[str]]]:
        (info,) = check(table).tables
        plan = plans.preset(info)
        assert info.csv_path
        answer = sandbox.desensitize(
            Path(info.csv_path),
            plan.to_dict(),
            CheckOptions(key=b"key"),
            tmp_path,
            key=KEY.hex(),
            check=True,
        )
        assert isinstance(answer, dict)
        return answer, (tmp_path / "made.csv").read_text("utf-8"), table

    return run


class TestRedact:
    TEXTS = [
        "家长{name}来电，手机{phone}，已联系。",
        "与同学{name}发生争执，已处理",
        "{name}",
        "住上海市徐汇区天平路100弄3号502室",
        "证件{id}待补",
        "表现良好，无其他情况",
        "",
    ]

    def test_persons_go_and_words_stay(self, carry_out) -> None:
        table = [[*row[:2], row[4], row[6]] for row in roster(70, 3)]
        people = roster(70, 4)[1:]
        table[0] = ["姓名", "性别", "班级", "备注"]
        for number, row in enumerate(table[1:]):
            who = people[number]
            text = self.TEXTS[number % 7]
            row[3] = text.format(name=who[0], phone=who[5], id=who[3])
        answer, text, _ = carry_out(table)
        for number, who in enumerate(people):
            kind = number % 7
            assert who[5] not in text
            assert who[3] not in text
            if kind == 0 and len(who[0]) == 3:
                assert who[0] not in text
        assert "502" not in text
        assert "〔" in text
        assert "表现良好，无其他情况" in text
        assert answer["report"]["verdict"] in ("clear", "restricted")


@pytest.mark.parametrize("seed", range(30))
def test_the_preset_of_a_made_roster_lets_nobody_out(seed: int, carry_out) -> None:
    chance = random.Random(seed)
    table = roster(chance.choice([5, 12, 30, 60, 200]), seed)
    extra = {
        "学号": lambda n: f"2024{n:06d}",
        "年龄": lambda n: str(chance.randint(6, 15)),
        "家庭住址": lambda n: f"上海市徐汇区天平路{n}弄{n % 9 + 1}号50{n % 6}室",
        "民族": lambda n: chance.choice(["汉族", "汉族", "回族"]),
        "监护人电话": lambda n: mobile(chance),
        "备注": lambda n: "" if n % 3 else f"电话{mobile(chance)}",
        "生源地": lambda n: chance.choice(["上海市", "江苏省"]),
    }
    for label in chance.sample(sorted(extra), 3):
        table[0].append(label)
        for number, row in enumerate(table[1:]):
            row.append(extra[label](number))
    answer, text, _ = carry_out(table)
    assert answer["report"]["verdict"] in ("clear", "restricted")
    assert "small_groups" not in answer["report"]["grounds"]
    told = str(answer["result"])
    for row in table[1:]:
        for place in (0, 2, 3, 5):
            assert row[place] not in text
            assert row[place] not in told


class TestGeneralise:
    @pytest.mark.parametrize(
        ("kind", "text", "made"),
        [
            ("year", "二〇一二年二月二十九日", "2012"),
            ("year", "120229", "2012"),
            ("year", "99.3.4", "1999"),
            ("year", "29/02/2012", "2012"),
            ("year", "310101120229001", "1912"),
            ("year", "20120229 00:00", "2012"),
            ("year", "1234567", ""),
            ("grade_band", "初二(3)班", "初中"),
            ("grade_band", "七年级", "初中"),
            ("grade_band", "小学五年级", "小学高年级"),
            ("grade_band", "不详", ""),
            ("district", "江苏省苏州市昆山市玉山镇", "江苏省苏州市昆山市"),
            (
                "district",
                "内蒙古自治区呼和浩特市赛罕区某路",
                "内蒙古自治区呼和浩特市赛罕区",
            ),
            ("district", "云南省昆明市石林彝族自治县", "云南省昆明市石林彝族自治县"),
            ("district", "吉林市船营区", "吉林市船营区"),
            ("district", "阳光小区5号楼", ""),
            ("band", "1,200元", "1200-1209"),
            ("band", "120cm", "120-129"),
            ("band", "3.5万", "35000-35009"),
            ("age_band", "13岁5个月", "10-19"),
        ],
    )
    def test_as_people_write_them(self, kind: str, text: str, made: str) -> None:
        assert GENERALISE[kind](text, 10) == made

    @given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
    def test_a_year_in_every_writing(self, day) -> None:
        for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%d/%m/%Y"):
            assert year_of(day.strftime(form)) == day.year
        assert year_of(f"{day.year}年{day.month}月{day.day}日") == day.year

    @given(st.text(max_size=30), st.sampled_from(sorted(GENERALISE)))
    def test_nothing_slips_through(self, text: str, kind: str) -> None:
        made = GENERALISE[kind](text, 10)
        assert len(made) <= max(len(text), 40)
        if kind == "year":
            assert re.fullmatch(r"(?:\d{4})?", made)

    def test_what_is_not_understood_is_counted(self, tmp_path: Path) -> None:
        rows = [["出生日期", "分"], ["2012-01-01", "1"], ["不详", "2"], ["", "3"]]
        source = write_csv(rows, tmp_path / "in.csv")
        plan = Plan({"出生日期": Step("generalise", "year"), "分": Step()})
        made = desensitize.apply(plan, source, tmp_path / "out.csv")
        assert [item["lost"] for item in made.made] == [1, 0]


def test_only_the_child_imports_presidio() -> None:
    code = (
        "import sys; from ckanext.edudata.desensitization import desensitize, plans, "
        "plain, plain_plans, sandbox; "
        "sys.exit(any(name.startswith('presidio') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
