"""Ways to say less with a value. What cannot be understood becomes empty: a value that
no rule covers must not slip through unchanged."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d)|^((?:19|20)\d\d)\d{2,4}$")
_SERIAL = re.compile(r"[1-5]\d{4}(?:\.\d+)?")
_ID = re.compile(r"[1-9]\d{5}((?:19|20)\d\d)\d{7}[\dXx]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DISTRICT = re.compile(
    r"(?:[\u3400-\u9fff]{2,8}?(?:省|自治区))?"
    r"(?:[\u3400-\u9fff]{2,8}?(?:市|自治州|盟|地区))?"
    r"[\u3400-\u9fff]{1,7}?(?:新区|区|县|旗|市)"
)
_CITY = re.compile(r"[\u3400-\u9fff]{2,8}?(?:省|市|自治区|自治州)")
#: Day 0 of spreadsheet dates (the 1900 system, after its leap day that never was).
_EPOCH = dt.date(1899, 12, 30)


def year_of(text: str) -> int | None:
    """The year of a date in any form, of a spreadsheet serial or an ID number."""
    if found := _ID.fullmatch(text):
        return int(found[1])
    if found := _YEAR.search(text):
        return int(found[1] or found[2])
    if _SERIAL.fullmatch(text):
        return (_EPOCH + dt.timedelta(days=int(float(text)))).year
    return None


def year(text: str, size: int) -> str:
    found = year_of(text)
    return "" if found is None else str(found)


def age_band(text: str, size: int) -> str:
    """``10-14`` from an age, or from a date of birth (age at the end of this year)."""
    if re.fullmatch(r"\d{1,3}(?:岁|周岁)?", text):
        age = int(re.sub(r"\D", "", text))
    else:
        born = year_of(text)
        if born is None:
            return ""
        age = dt.date.today().year - born
    return _band(age, size) if 0 <= age <= 150 else ""


def district(text: str, size: int) -> str:
    """The part of an address down to the district or county."""
    found = _DISTRICT.match(text) or _CITY.match(text)
    return found[0] if found else ""


def band(text: str, size: int) -> str:
    """``80-89`` from 85.5 with size 10."""
    if not _NUMBER.fullmatch(text):
        return ""
    return _band(int(float(text) // 1), size)


def prefix(text: str, size: int) -> str:
    """The first ``size`` characters, never more than a third of them."""
    return text[: min(size, len(text) // 3)]


def _band(number: int, size: int) -> str:
    low = number // size * size
    return f"{low}-{low + size - 1}"


GENERALISE: dict[str, Callable[[str, int], str]] = {
    "year": year,
    "age_band": age_band,
    "district": district,
    "band": band,
    "prefix": prefix,
}

#: What a column is called when it holds the generalised value.
LABELS: dict[str, Callable[[str], str]] = {
    "year": lambda name: (
        "出生年份" if re.search("出生|生日|birth|csrq", name, re.I) else f"{name}_年份"
    ),
    "age_band": lambda name: "年龄段",
    "district": lambda name: f"{re.sub('地址|住址|详址', '', name) or name}_区县",
    "band": lambda name: f"{name}_区间",
    "prefix": lambda name: f"{name}_前缀",
}
