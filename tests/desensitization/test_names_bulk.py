"""Scores of many cells at once, and names beside a cue."""

from __future__ import annotations

import random
import time

import pytest
from faker import Faker

from ckanext.edudata.desensitization.recognizers.name_cues import cued_names
from ckanext.edudata.desensitization.recognizers.name_weights import (
    name_score,
    name_scores,
    other_words,
)
from ckanext.edudata.desensitization.text import normalise


@pytest.fixture(scope="module")
def cells() -> list[str]:
    fake = Faker("zh_CN")
    fake.seed_instance(7)
    chance = random.Random(7)
    words = chance.sample(sorted(other_words()), 3000)
    odd = [
        "",
        " ",
        "a",
        "12",
        "张 三",
        "欧阳娜娜",
        "歐陽娜娜",
        "买买提·艾力",
        "Zhang San",
    ]
    odd += [
        "2. 张三",
        "张三(班主任)",
        "李四老师",
        "张三、李四",
        "𬱖三",
        "容某先",
        "王*",
        "\ud800",
    ]
    odd += [
        "Wang,Xiaoming",
        "中文 and English",
        "x" * 500,
        "张" * 60,
        "a\0b",
        "ZHANG San",
    ]
    names = [fake.name() for _ in range(500)]
    return [normalise(t) for t in words + names] + odd


class TestScores:
    def test_they_are_the_same_as_one_by_one(self, cells: list[str]) -> None:
        without = [text for text in cells if "\0" not in text]
        for texts in (cells, without):
            assert name_scores(texts) == pytest.approx([name_score(t) for t in texts])

    def test_nothing_gives_nothing(self) -> None:
        assert name_scores([]) == []

    def test_they_are_fast(self, cells: list[str]) -> None:
        many = [t for t in cells if 2 <= len(t) <= 4 and not t.isascii()] * 60
        start = time.process_time()
        name_scores(many)
        # A third of what an idle core does.
        assert len(many) / (time.process_time() - start) > 1_000_000

    @pytest.mark.parametrize(
        "text", ["王某某", "李某", "张某", "王老师", "李同学", "赵女士"]
    )
    def test_masked_names_and_titles_name_nobody(self, text: str) -> None:
        assert name_score(text) < 0.1


class TestCues:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("联系人：张三 13812345678", "张三"),
            ("该生张伟因病休学", "张伟"),
            ("由陈丽华核对", "陈丽华"),
            ("请联系王秀英老师", "王秀英"),
            ("班主任:李明", "李明"),
            ("张伟等同学获奖", "张伟"),
            ("表扬歐陽娜娜同学", "欧阳娜娜"),
            ("姓名：李娜，性别：女", "李娜"),
            ("学生张浩然已到校", "张浩然"),
        ],
    )
    def test_they_are_found_with_their_bounds(self, text: str, name: str) -> None:
        found = {text[a:b] for a, b, _ in cued_names(normalise(text))}
        assert {t.replace("歐陽", "欧阳") for t in found} == {name}

    @pytest.mark.parametrize(
        "text",
        [
            "任课老师已到", "高中老师与全体同学", "高等教育老师", "金牌教师",
            "全班同学", "应届同学", "由安全部负责", "联系人：教务处", "联系人：安保科",
            "负责人:王某", "班主任：严老师", "周三老师值班", "高三老师",
            "向党委书记报告", "和谐同学关系", "单亲家庭", "由家长签字", "由古老师负责",
            "幼儿平时在园", "满分学生", "学生平均成绩", "方案由主任审核",
        ],
    )  # fmt: skip
    def test_words_beside_a_cue_are_no_names(self, text: str) -> None:
        assert not cued_names(normalise(text))
