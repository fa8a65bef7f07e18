"""No text makes a recognizer slow: on 100,000 characters made to hurt it, each of them
ends (a pattern that backtracks without bound would not), having called few
functions for each character."""

from __future__ import annotations

import sys

import pytest

from ckanext.edudata.desensitization.headers import RULES, cell_fits, header_rule
from ckanext.edudata.desensitization.recognizers import RECOGNIZERS
from ckanext.edudata.desensitization.recognizers.numbers import NumberRecognizer

_LENGTH = 100_000
_TAILS = ("", "x", "9", "章")
_MINE = [cls() for cls in RECOGNIZERS if issubclass(cls, NumberRecognizer)]
_SEEDS = [
    "1", "0", "13", "1 ", "1-", "138 1234 567 ", "1381234567", "a", "aA1", "/a1", "//",
    "(", "((86)", "+86 ", "0086-", "[at]", "a@", "a.", "@a.", "a@b.c.d.e.f.",
    "x(at)y(dot)",
    "学号", "学号:", "考生", "QQ:", "微信", "微信号", "沪A", "沪A1", "12:34:", "::",
    "1:2:", "1.2.",
    "121.4737,", "31.2304 ", "021-", "0211234567", "转1", "62 ", "62-1", "E1", "GLJ",
    "G1 ",
    "军字第", "军 字 第1", "一三八", "零", "1.3", "1.38E", "http://a/",
    "http://a.cn/13812345678",
    "deadbeef-", "=\"1", "'''", "护照号 ", "社保卡号", "教师资格证", "wxid_a", "★",
    "机密",
    "13812345678", "13812345678a", "310101201203040010", "1-3-8-", "1.3.8.", "(1)3(8)",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("recognizer", _MINE, ids=lambda r: type(r).__name__)
def test_the_work_is_bounded_by_the_length(recognizer: NumberRecognizer) -> None:
    for number, seed in enumerate(_SEEDS):
        text = (seed * _LENGTH)[:_LENGTH] + _TAILS[number % len(_TAILS)]
        assert _calls(recognizer, text) <= 10 * _LENGTH, seed


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.entity}-{r.header[:8]}")
def test_long_cells_and_headers_end(rule) -> None:  # type: ignore[no-untyped-def]
    for seed in _SEEDS:
        cell_fits(rule, (seed * 20_000)[:20_000] + "!")
    header_rule("身份证" * 3000)
    header_rule("(" * 3000 + "a_" * 3000)


def _calls(recognizer: NumberRecognizer, text: str) -> int:
    count = 0

    def tick(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tick)
    try:
        recognizer.find(text)
    finally:
        sys.setprofile(None)
    return count
