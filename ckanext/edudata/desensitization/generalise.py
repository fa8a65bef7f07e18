"""Ways to say less with a value. What cannot be understood becomes empty: a value that
no rule covers must not slip through unchanged.

Dates as people write them, spreadsheets keep them (serials of the 1900 system), and ID
numbers of 18 and 15 digits hold them (GB 11643); schools' grades.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable

from .places import district_of
from .text import simplified

_CHINESE = {char: str(i) for i, char in enumerate("〇一二三四五六七八九")}
_CHINESE |= {"零": "0", "○": "0", "Ｏ": "0", "元": "1", "两": "2"}
_YEAR_IN = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?=\D|$)")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])?(0[1-9]|[12]\d|3[01])?")
_LAST = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]((?:19|20)\d\d)(?:\D.*)?")
_WORDS = re.compile(r"[\u3400-\u9fff]")
_SHORT = re.compile(
    r"'?(\d\d)(?:年.*|([-/.])\d{1,2}\2\d{1,2}|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))"
)
_SERIAL = re.compile(r"[1-5]\d{4}(?:\.\d+)?")
_ID = re.compile(r"[GLJglj]?[1-9]\d{5}((?:19|20)\d\d)(?:0[1-9]|1[0-2])\d{5}[\dXx]")
_ID_15 = re.compile(r"[1-9]\d{5}(\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_CHINESE_YEAR = re.compile(r"([一二][〇○零一二三四五六七八九]{3})年")
_AGE = re.compile(
    r"(\d{1,3})(?:\.\d+)? ?(?:周?岁|years?(?: old)?|y)?(?:(\d{1,2})个?月)?", re.I
)
_NUMBER = re.compile(
    r"(?:约|近|￥|¥|\$|RMB)? ?"
    r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)"
    r" ?(万|千|百|亿|%)?(?:[\u3400-\u9fffA-Za-z/%²³℃°]{0,8})"
)
_TIMES = {"万": 10_000, "千": 1000, "百": 100, "亿": 100_000_000}
#: Day 0 of spreadsheet dates (the 1900 system, after its leap day that never was).
_EPOCH = dt.date(1899, 12, 30)
_GRADES = (
    ("研究生", r"研究生|研[一二三]|硕士|博士|[硕博]"),
    (
        "高中",
        r"高中|高[一二三123]|^(?:十[一二]?|1[012])(?:年级|[(（])|G1[012]\b|中职|中专|职高",
    ),
    (
        "初中",
        r"初中|初[一二三123]|预[初备]|^[六七八九6789](?:年级|[(（]|年)|G[6789]\b",
    ),
    ("大学", r"大[一二三四1234]|本科|专科|大专|大学"),
    ("学前", r"托班|小班|中班|大班|幼儿园|学前|托儿"),
    (
        "小学低年级",
        r"小学?(?:低段|[一二三123])|^[一二三123](?:年级|[(（]|年)|[PG][123]\b",
    ),
    (
        "小学高年级",
        r"小学?(?:高段|[四五六456])|^[四五45](?:年级|[(（]|年)|[PG][45]\b",
    ),
)


def year_of(text: str, today: dt.date | None = None) -> int | None:
    """The year of a date in any form, of a spreadsheet serial or an ID number."""
    text = simplified(text.strip()).strip("'\"= ")
    this = (today or dt.date.today()).year
    if found := _ID.fullmatch(text):
        return int(found[1])
    if found := _ID_15.fullmatch(text):
        return 1900 + int(found[1])
    if found := _CHINESE_YEAR.search(text):
        return int("".join(_CHINESE[char] for char in found[1]))
    if (found := _COMPACT.fullmatch(text)) and (found[2] or not found[3]):
        return int(found[1])
    if found := _LAST.fullmatch(text):
        return int(found[1])
    if _SERIAL.fullmatch(text):
        return (_EPOCH + dt.timedelta(days=int(float(text)))).year
    if (found := _COMPACT.match(text)) and re.fullmatch(r"\d{8}[ T]?\d[\d:.]*", text):
        return int(found[1])
    if found := _YEAR_IN.search(text):
        return int(found[1])
    if found := _SHORT.fullmatch(text):
        short = int(found[1])
        return (2000 if short <= this % 100 else 1900) + short
    return None


def year(text: str, size: int) -> str:
    """The year; with a size of more than 1 and a band of them it would be ``band``."""
    found = year_of(text)
    return str(found) if found and 1850 <= found <= 2200 else ""


def age_band(text: str, size: int) -> str:
    """``10-14`` from an age, or from a date of birth (age at the end of this year)."""
    if found := _AGE.fullmatch(text):
        age = int(found[1])
    else:
        born = year_of(text)
        if born is None:
            return ""
        age = dt.date.today().year - born
    return _band(age, size) if 0 <= age <= 150 else ""


def district(text: str, size: int) -> str:
    """The part of an address down to the district or county."""
    return district_of(simplified(text))


def band(text: str, size: int) -> str:
    """``80-89`` from 85.5 with size 10; a unit behind the number is understood."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return ""
    number = float(found[1].replace(",", "")) * _TIMES.get(found[2] or "", 1)
    return _band(math.floor(number), size) if abs(number) < 1e15 else ""


def grade_band(text: str, size: int) -> str:
    """七年级 and 初二(3)班 become 初中."""
    text = simplified(text)
    for name, pattern in _GRADES:
        if re.search(pattern, text, re.I):
            return name
    return ""


def prefix(text: str, size: int) -> str:
    """The first ``size`` characters, never more than a third of them."""
    return text[: min(size, len(text) // 3)]


def _band(number: int, size: int) -> str:
    low = number // size * size
    return f"{low}-{low + size - 1}" if size > 1 else str(low)


GENERALISE: dict[str, Callable[[str, int], str]] = {
    "year": year,
    "age_band": age_band,
    "grade_band": grade_band,
    "district": district,
    "band": band,
    "prefix": prefix,
}

#: What a column is called when it holds the generalised value.
LABELS: dict[str, Callable[[str], str]] = {
    "year": lambda name: (
        "出生年份"
        if re.search("出生|生日|birth|csrq|csny|身份证|证件号", name, re.I)
        else f"{name}_年份"
    ),
    "age_band": lambda name: "年龄段",
    "grade_band": lambda name: "学段",
    "district": lambda name: "所在区县",
    "band": lambda name: f"{name}_区间",
    "prefix": lambda name: f"{name}_前缀",
}
