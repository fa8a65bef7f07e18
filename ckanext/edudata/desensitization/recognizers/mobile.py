"""Mobile number of mainland China: 11 digits after the numbering plan of the Ministry
of Industry and Information Technology (电信网编号计划), with +86, 0086 or a leading 0,
any separators, in Chinese numerals, or as a spreadsheet's float."""

from __future__ import annotations

import re

from .numbers import (
    NUMBER_AFTER,
    NumberRecognizer,
    inside_hash,
    inside_link,
    other_number,
)
from .resident_id import true_date

#: Allotted prefixes, virtual operators, satellite (1349, 174x) and 192 included;
#: data-only numbers (14x for machines) are left out where no person holds them.
PREFIXES = frozenset(
    [str(n) for n in range(130, 140)]
    + ["145", "146", "147", "148", "149"]
    + [str(n) for n in range(150, 160) if n != 154]
    + ["162", "165", "166", "167"]
    + ["170", "171", "172", "173", "174", "175", "176", "177", "178"]
    + [str(n) for n in range(180, 190)]
    + ["190", "191", "192", "193", "195", "196", "197", "198", "199"]
)
_S = r"[ \t\-._/·]{0,3}"
_NUMERALS = "零〇○一二三四五六七八九幺"
_VALUES = str.maketrans(_NUMERALS, "00012345678" + "91")
_SEPARATORS = re.compile(r"(?<=[0-9)])[^0-9]+(?=[0-9(])")
#: In how many digits at a time people write it.
_GROUPS = {
    (3, 4, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (3, 8), (7, 4), (3, 2, 2, 2, 2),
    (1,) * 11,
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{1,20}$")
#: Latin words of a telephone, in capitals too; other capitals are a code's.
_PHONE_WORD = re.compile(
    r"(?:tel|mobile|mob|phone|cell|sj|sjh|dh|lxdh|qq|wx|vx|weixin|wechat|fax|call|"
    r"telephone|cellphone|m|t|p)$",
    re.I,
)
_CODE_WORD = re.compile(
    r"(?:id|no|num|number|order|item|img|pic|doc|file|sn|sku|code|isbn|issn|doi|page|"
    r"ver|version|v|serial|invoice|patent|batch|lot|model|type|ref|key|hash|uuid|ts|"
    r"time|timestamp|size|bytes?|total|sum|amount|rmb|cny|usd)$",
    re.I,
)
_UNIT_LETTERS = re.compile(
    r"(?:[kmgt]?b|k?g|[kcmd]?m[23²³]?|m?s|px|kwh?|ml|l|rmb|usd|cny|yuan|pcs|e|x|[a-f]+)"
    r"(?![A-Za-z])",
    re.I,
)


def _letters_allow(text: str, start: int) -> bool:
    """Whether what stands directly in front may stand before a telephone."""
    if start == 0:
        return True
    at, last = start, text[start - 1]
    if last in "-_.":
        if start == 1 or text[start - 2].isspace() or text[start - 2] == ",":
            return False  # a negative number
        at, last = start - 1, text[start - 2]
        if last.isdigit():
            return False  # 021-13812345678, 2024_13812345678: a part of a code
    word = _WORD.search(text[max(0, at - 20) : at])
    if not word:
        return True
    before = at - len(word[0]) - 1
    if before >= 0 and text[before].isdigit():
        return False  # A1B13812345678
    if _PHONE_WORD.fullmatch(word[0]):
        return len(word[0]) > 1 or at < start  # T.138, but M138 is a code
    return (
        len(word[0]) >= 3 and not word[0].isupper() and not _CODE_WORD.search(word[0])
    )


def _letters_follow(text: str, end: int) -> bool:
    """Whether letters directly behind make it a part of something else."""
    if end >= len(text) or not text[end].isascii() or not text[end].isalpha():
        return False
    run = re.compile(r"[A-Za-z]{1,20}").match(text, end)
    if run is None or len(run[0]) < 2 or _UNIT_LETTERS.match(text, end):
        return True
    return run.end() < len(text) and text[run.end()] in "0123456789"


class MobileRecognizer(NumberRecognizer):
    """11 digits with an allotted prefix, alone or inside a text."""

    ENTITY = "MOBILE"
    OPEN_NUMBER = True
    CONTEXT = [
        "手机", "电话", "联系", "移动", "mobile", "phone", "tel", "致电", "微信", "sjh",
        "号码", "拨打", "来电", "shouji", "dianhua",
    ]  # fmt: skip
    PATTERNS = [
        (
            "11 digits",
            r"(?<![0-9])(?<![0-9]\.)"
            r"(?:(?:[+(]{0,2}|00)86[)]?" + _S + r"|0)?\(?1[3-9][0-9]\)?" + _S
            + r"(?:[0-9]{4}" + _S + r"[0-9]{4}|[0-9]{3}" + _S + r"[0-9]{5}"
            r"|[0-9]{2}" + _S + r"[0-9]{2}" + _S + r"[0-9]{2}" + _S + r"[0-9]{2}"
            r"|[0-9][ \-.][0-9]{3}[ \-.][0-9]{4}|[0-9][ \-.][0-9]{4}[ \-.][0-9]{3})"
            + NUMBER_AFTER + r"(?!-[0-9]{3})",
            0.6,
        ),
        (
            "each digit apart",
            r"(?<![0-9])(?<![0-9][ \-.])1[ \-.][3-9](?:[ \-.][0-9]){9}"
            r"(?![ \-.]?[0-9])",
            0.6,
        ),
        (
            "Chinese numerals",
            rf"(?<![{_NUMERALS}])[一幺][ \-]?[三四五六七八九]"
            rf"(?:[ \-]?[{_NUMERALS}]){{9}}"
            rf"(?![{_NUMERALS}十百千万])",
            0.6,
        ),
        ("as a number", r"(?<![0-9A-Za-z.])1\.[3-9][0-9]{0,8}E\+?10(?![0-9])", 0.2),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end]
        if base < 0.5:
            return base
        if found[0] in _NUMERALS:
            found = found.translate(_VALUES)
        number = "".join(c for c in found if c in "0123456789")[-11:]
        if number[:3] not in PREFIXES or len(set(number)) <= 2:
            return 0
        if not _letters_allow(text, start) or _letters_follow(text, end):
            return 0
        if other_number(text, start, end) or inside_link(text, start):
            return 0
        if inside_hash(text, start, end):
            return 0
        return base * _as_written(found)


def _as_written(found: str) -> float:
    """Less than 1 where the groups or separators are those of other numbers, too."""
    groups = re.findall(r"[0-9]+", found)
    if len(groups) > 1 and groups[0] in ("86", "0086"):
        groups = groups[1:]
    if len(groups) == 1:
        return 1
    if groups[0][0] == "0":
        return 0  # 0157-51680948
    national = groups[0]
    first = len(national) - sum(map(len, groups)) + 11
    if (first, *map(len, groups[1:])) not in _GROUPS:
        return 0.5 if set(found) & set("+(") else 0
    between = _SEPARATORS.findall(found[found.find(national) + len(national) - 1 :])
    signs = {b.strip("() ") for b in between} - {""}
    if len(groups) == 2 and signs & {".", "/"}:
        return 0  # 135.12345678
    if len(signs) > 1 or "/" in signs:
        return 0.5
    if len(groups) == 2 and re.search(r"(?:19|20)[0-9]{6}$", found):
        return 1 - 0.5 * true_date(found[-8:])
    return 1
