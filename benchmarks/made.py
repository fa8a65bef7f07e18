"""Words and persons of one side, from its seed.

Words and column names are split in two halves by the side, so that what was looked at while
rules were written (``dev``) shares no word of a clean table with what is reported.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from faker import Faker
from pypinyin import lazy_pinyin

#: Never look at single cases of ``report`` while changing a rule.
SEEDS = {"dev": 1009, "report": 9001}
WORDS = {
    kind: words
    for kind, *words in map(
        str.split,
        Path(__file__).with_name("words.txt").read_text("utf-8").splitlines(),
    )
}
DISTRICTS = (
    "黄浦区 徐汇区 长宁区 静安区 普陀区 虹口区 杨浦区 闵行区 宝山区 嘉定区 浦东新区 "
    "金山区 松江区 青浦区 奉贤区 崇明区"
).split()
_STAGES = ["小学", "第二小学", "实验小学", "中学", "初级中学", "幼儿园", "实验学校"]
Table = list[list[str]]
T = TypeVar("T")


@dataclass
class Case:
    """``labels``: (place of the column from 0, entity) that must be found; ``spare``:
    what may be found; ``verdicts``: what is right; ``row``: the needle's, from 1."""

    kind: str
    rows: Table
    labels: set[tuple[int, str]] = field(default_factory=set)
    verdicts: tuple[str, ...] = ("blocked",)
    institutions: bool = False
    row: int = 0
    form: str = ""
    spare: set[tuple[int, str]] = field(default_factory=set)


class Maker:
    """One side's words and persons. Nobody exists."""

    def __init__(self, side: str, seed: int) -> None:
        self.chance = random.Random(SEEDS[side] * 1000 + seed)
        self.fake = Faker("zh_CN")
        self.fake.seed_instance(SEEDS[side] * 1000 + seed)
        self.parity = int(side == "report")
        self.day_form = self.chance.choice(
            ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"]
        )

    def half(self, words: list[T]) -> list[T]:
        """The words of this side."""
        return words[self.parity :: 2]

    def word(self, kind: str) -> str:
        return self.chance.choice(self.half(WORDS[kind]))

    def digits(self, number: int) -> str:
        return "".join(self.chance.choices("0123456789", k=number))

    def pattern(self, text: str) -> str:
        """``9`` becomes a digit, ``A`` a letter."""
        return re.sub(
            "[9A]",
            lambda m: (
                self.digits(1) if m[0] == "9" else self.chance.choice("ABCDEFGHKMNPRS")
            ),
            text,
        )

    def day(self, first: int = 2018, last: int = 2025) -> dt.date:
        start = dt.date(first, 1, 1)
        days = (dt.date(last, 12, 31) - start).days
        return start + dt.timedelta(self.chance.randint(0, days))

    def name(self, length: int = 0) -> str:
        """A Han name, of ``length`` characters if given; one in thirty compound."""
        while True:
            if self.chance.random() < 0.03:
                name = self.word("compound") + self.fake.first_name()
            else:
                name = self.fake.name()
            if not length or len(name) == length:
                return name

    def compound(self) -> str:
        return self.word("compound") + self.fake.first_name()

    def dotted(self) -> str:
        """Two Uyghur or Kazakh names with a dot between."""
        return "·".join(self.chance.sample(self.half(WORDS["minority"]), 2))

    def minority(self) -> str:
        """Mostly dotted, some Tibetan or Mongol."""
        draw = self.chance.random()
        if draw < 0.6:
            return self.dotted()
        if draw < 0.8:
            return "".join(self.chance.sample(self.half(WORDS["tibetan"]), 2))
        return self.word("mongol")

    def pinyin(self) -> str:
        """Surname first, the given name as one word."""
        return self._latin("{0} {1}")

    def english_order(self) -> str:
        return self._latin("{1} {0}")

    def _latin(self, form: str) -> str:
        name = self.name()
        given = "".join(lazy_pinyin(name[1:])).capitalize()
        return form.format(lazy_pinyin(name[0])[0].capitalize(), given)

    def school(self) -> str:
        district = self.chance.choice(["上海市", "", "", "上海市"])
        return district + self.word("school") + self.chance.choice(_STAGES)

    def schools(self, number: int) -> list[str]:
        words = self.half(WORDS["school"])
        every = [word + stage for word in words for stage in _STAGES]
        return self.chance.sample(every, number)

    def road(self) -> str:
        return f"{self.word('road')}路{self.chance.randint(2, 1990)}号"

    def home(self) -> str:
        """A home address in one of the forms people write."""
        pick, n = self.chance.choice, self.chance.randint
        road = self.word("road")
        return pick(
            [
                f"上海市{pick(DISTRICTS)}{road}路{n(2, 1990)}弄{n(1, 99)}号{n(101, 2999)}室",
                f"{road}路{n(2, 1990)}弄{n(1, 99)}号{n(101, 999)}室",
                f"{pick(DISTRICTS)}{self.word('街镇')}镇{road}路{n(2, 999)}号{n(1, 20)}幢{n(101, 999)}室",
                f"{self.word('街镇')}镇{self.word('school')}村{n(1, 20)}组{n(1, 99)}号",
                f"江苏省苏州市{road}街{n(1, 200)}号{n(1, 30)}栋{n(1, 4)}单元{n(101, 2999)}",
                f"上海市{road}路{n(2, 1990)}弄{self.word('school')}小区{n(1, 99)}号楼{n(101, 999)}室",
            ]
        )
