"""Made tables with labels: rosters, tables of institutions, and clean tables.

Words and forms are split in two halves by the side, so that what was looked at while
rules were written (``dev``) shares no word of a clean table with what is reported.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from faker import Faker
from pypinyin import lazy_pinyin

from tests.desensitization.rosters import mobile, resident_id

#: Never look at single cases of ``report`` while changing a rule.
SEEDS = {"dev": 1009, "report": 9001}
_LISTS = {
    kind: words
    for kind, *words in map(
        str.split,
        Path(__file__).with_name("words.txt").read_text("utf-8").splitlines(),
    )
}
_COMPOUND, _MINORITY, _SCHOOL, _ROADS = (
    _LISTS.pop(kind) for kind in ("compound", "minority", "school", "road")
)
#: Words of clean columns, by the name of the column.
WORDS = _LISTS
_STAGES = ["第一小学", "第二小学", "实验小学", "中学", "初级中学", "幼儿园"]
Table = list[list[str]]


@dataclass
class Case:
    """``labels``: (column, entity) that must be found; ``verdict``: what is right."""

    kind: str
    rows: Table
    labels: set[tuple[str, str]] = field(default_factory=set)
    verdict: str = "blocked"
    institutions: bool = False


class Maker:
    """One side's persons, words and tables."""

    def __init__(self, side: str, seed: int) -> None:
        self.chance = random.Random(SEEDS[side] * 1000 + seed)
        self.fake = Faker("zh_CN")
        self.fake.seed_instance(SEEDS[side] * 1000 + seed)
        self._parity = side == "report"

    def half(self, words: list[str]) -> list[str]:
        """The words of this side."""
        return words[self._parity :: 2]

    def name(self) -> str:
        chance = self.chance.random()
        if chance < 0.03:
            return self.chance.choice(self.half(_COMPOUND)) + self.fake.first_name()
        return self.fake.name()

    def minority(self) -> str:
        return "·".join(self.chance.sample(self.half(_MINORITY), 2))

    def pinyin(self) -> str:
        name = self.fake.name()
        given = "".join(lazy_pinyin(name[1:])).capitalize()
        return f"{lazy_pinyin(name[0])[0].capitalize()} {given}"

    def identity(self) -> str:
        born = self.fake.date_of_birth(minimum_age=6, maximum_age=60)
        male = self.chance.random() < 0.5
        return resident_id(self.chance, born.strftime("%Y%m%d"), male)

    def mobile(self) -> str:
        return mobile(self.chance)

    def school(self, number: int) -> str:
        words = self.half(_SCHOOL)
        stage = _STAGES[number // len(words) % len(_STAGES)]
        return f"{words[number % len(words)]}{stage}"

    def road(self) -> str:
        return (
            f"{self.chance.choice(self.half(_ROADS))}路{self.chance.randint(2, 990)}号"
        )

    def roster(self, rows: int = 40) -> Case:
        """Personal columns in any order, with other column names each time."""
        pick = self.chance.choice
        columns: list[tuple[str, str, Callable[[], str]]] = [
            (pick(["姓名", "学生姓名", "xm", "姓 名"]), "PERSON", self.name),
            (
                pick(["身份证号", "证件号码", "sfzjh", "公民身份号码"]),
                "CN_RESIDENT_ID",
                self.identity,
            ),
            (pick(["联系电话", "家长手机", "手机"]), "MOBILE", self.mobile),
            (pick(["邮箱", "email"]), "EMAIL", self.fake.ascii_email),
            (
                pick(["出生日期", "生日", "csrq"]),
                "BIRTH_DATE",
                lambda: self.fake.date_of_birth(minimum_age=6).isoformat(),
            ),
            (
                pick(["家庭住址", "现住址"]),
                "HOME_ADDRESS",
                lambda: f"上海市徐汇区{self.road()}{self.chance.randint(101, 999)}室",
            ),
            (
                pick(["学号", "考生号"]),
                "STUDENT_NUMBER",
                lambda: f"2026{self.chance.randrange(10**6):06d}",
            ),
        ]
        chosen = self.chance.sample(columns, self.chance.randint(1, len(columns)))
        table = [[h for h, _, _ in chosen] + ["班级", "数学"]]
        for _ in range(rows):
            mark = str(self.chance.randint(40, 100))
            table.append([make() for _, _, make in chosen] + ["七（2）班", mark])
        return Case("roster", self._dressed(table), {(h, e) for h, e, _ in chosen})

    def _dressed(self, table: Table) -> Table:
        """With or without a title above and a number in front."""
        if self.chance.random() < 0.5:
            table = [
                [str(place) if place else "序号", *row]
                for place, row in enumerate(table)
            ]
        if self.chance.random() < 0.5:
            table = [["二〇二六学年度名册"], [], *table]
        return table

    def names_alone(self, rows: int, kind: str) -> Case:
        """A column of names under a header that says nothing."""
        make = {"names": self.name, "minority": self.minority, "pinyin": self.pinyin}
        table = [["a", "b"]] + [[make[kind](), str(n)] for n in range(rows)]
        return Case(f"{kind}, {rows} cells", table, {("a", "PERSON")})

    def schools(self, rows: int = 40) -> Case:
        table = [["学校名称", "地址", "办公电话", "校长"]] + [
            [
                self.school(n),
                self.road(),
                f"021-{self.chance.randint(50000000, 69999999)}",
                self.name(),
            ]
            for n in range(rows)
        ]
        return Case("school list", self._dressed(table), set(), "clear", True)

    def clean(self, kind: str, rows: int = 200) -> Case:
        """A table of words and numbers with nobody in it."""
        words, pick = self.half(WORDS[kind]), self.chance.choice
        table = [[kind, "编号", "所在区", "数值", "日期", "说明"]] + [
            [
                pick(words),
                f"B{self.chance.randint(10**6, 10**7)}",
                pick(["徐汇区", "黄浦区", "宝山区", "浦东新区"]),
                f"{self.chance.uniform(0, 10**6):.2f}",
                self.fake.date_this_decade().isoformat(),
                pick(["", "", "", "已完成验收", "本年度新增", "按计划推进"]),
            ]
            for _ in range(rows)
        ]
        return Case(f"clean: {kind}", self._dressed(table), set(), "clear")


def _cut(text: str, *places: int) -> list[str]:
    edges = [0, *places, len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


def _long(maker: Maker) -> str:
    return next(n for n in iter(maker.fake.name, None) if len(n) == 3)


def _short(maker: Maker) -> str:
    return next(n for n in iter(maker.fake.name, None) if len(n) == 2)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


#: How one identifier may be written: (entity, form, from a maker to the cell).
NEEDLES: list[tuple[str, str, Callable[[Maker], str]]] = [
    ("CN_RESIDENT_ID", "plain", lambda m: m.identity()),
    ("CN_RESIDENT_ID", "small x or digit", lambda m: m.identity().lower()),
    ("CN_RESIDENT_ID", "in groups", lambda m: " ".join(_cut(m.identity(), 6, 14))),
    ("CN_RESIDENT_ID", "hyphens", lambda m: "-".join(_cut(m.identity(), 6, 14))),
    ("CN_RESIDENT_ID", "quote in front", lambda m: "'" + m.identity()),
    ("CN_RESIDENT_ID", "full width", lambda m: full_width(m.identity())),
    ("CN_RESIDENT_ID", "in a sentence", lambda m: f"证件{m.identity()}已核对"),
    ("MOBILE", "plain", lambda m: m.mobile()),
    ("MOBILE", "+86", lambda m: "+86 " + m.mobile()),
    ("MOBILE", "hyphens", lambda m: "-".join(_cut(m.mobile(), 3, 7))),
    ("MOBILE", "full width", lambda m: full_width(m.mobile())),
    ("MOBILE", "as a float", lambda m: m.mobile() + ".0"),
    ("MOBILE", "in a sentence", lambda m: f"请致电{m.mobile()}联系"),
    ("EMAIL", "plain", lambda m: m.fake.ascii_email()),
    ("EMAIL", "in a sentence", lambda m: f"邮箱{m.fake.ascii_email()}联系"),
    ("STUDENT_REGISTRATION", "plain", lambda m: "G" + m.identity()),
    ("PERSON", "in a sentence", lambda m: f"该生{m.name()}因病休学"),
    ("PERSON", "three characters alone", _long),
    ("PERSON", "two characters alone", _short),
]
