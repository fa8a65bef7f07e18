"""How much a few characters alone look like the name of a person.

Log-odds of the characters by place, with a surname list (how the tables were made:
``data/make_name_weights.py``; from jieba's dictionary, MIT).
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from pathlib import Path

from ..text import simplified
from .pinyin import pinyin_name

_DATA = Path(__file__).parent / "data"
_CJK = re.compile(r"[\u3400-\u9fff]{2,4}")
_SPACED = re.compile(r"([\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
_ORDINAL = re.compile(r"^\d{1,3} ?(?:[.、)]|[.、)]? )(?=[\u3400-\u9fff])")
_FULL_STOP = re.compile(r"(?<=[\u3400-\u9fff])\.(?=[\u3400-\u9fff])")
#: 买买提·艾力, 卓玛·央金: minority and transliterated names.
_DOTTED = re.compile(r"[\u3400-\u9fff]{1,8}(?:[·.][\u3400-\u9fff]{1,8}){1,3}")
#: A cell that could be nothing but a name.
BARE_NAME = re.compile(
    r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}(?:[·.][\u3400-\u9fff]{1,8}){1,3}"
)
# The characters in which Uyghur, Kazakh, Mongol and Tibetan names are written.
_TRANSLITERATED = frozenset(
    "阿艾买提力木江古丽吐尔逊热依扎孜克尼亚布都拉合迪娜妮帕塔夏米卡哈斯别巴特格日勒图雅其仁卓玛"
    "央金多吉次西平措达瓦旦增白姆罗桑索朗德贡嘎洛才让加旺堆顿珠边普强曲珍伊萨穆罕默马茂努拜沙比库"
    "班茹孙乌兰娅玉素甫肉孜麦海尔肯叶赛江山汗居来提吾斯满"
)
# Endings that make a short word a place or an institution and no person.
_NOT_NAME = re.compile(
    r".*(?:市|县|区|省|州|镇|乡|村|路|街|校|院|系|部|局|处|科|所|馆|厅|班|级|组|类|型|社|站|"
    r"学|课|费|率|数|量|号|码|票|员|师|生|人)$"
)


@lru_cache(maxsize=1)
def _tables() -> list[dict[str, float]]:
    return json.loads((_DATA / "name_weights.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    return frozenset((_DATA / "surnames.txt").read_text("utf-8").split())


def squeeze(text: str) -> str:
    """张 三 -> 张三: names are spaced to line up with longer ones; the full stop
    in 买买提.艾力 stands for a dot; 3.张三 is the third of a list."""
    text = _ORDINAL.sub("", text.strip())
    return _FULL_STOP.sub("·", _SPACED.sub(r"\1", text))


@lru_cache(maxsize=65536)
def name_score(text: str) -> float:
    """Between 0 and 1; 0.5 is undecided. ``text`` is normalised."""
    if text.isascii():
        return 0.95 if pinyin_name(text) else 0.0
    text = simplified(squeeze(text))
    if _DOTTED.fullmatch(text):
        letters = text.replace("·", "").replace(".", "")
        share = sum(char in _TRANSLITERATED for char in letters) / len(letters)
        return 0.95 if share >= 0.5 else 0.4
    if not _CJK.fullmatch(text):
        return 0.0
    size = 2 if text[:2] in surnames() and len(text) > 2 else 1
    given = text[size:]
    if text[:size] not in surnames() or len(given) > 2:
        return 0.02
    first, *rest = _tables()
    odds = first.get(text[:size], 0.0)
    # A given name of one character stands where its words end as often as they go on.
    odds += sum(table.get(char, 0.0) for table, char in zip(rest, given, strict=False))
    if _NOT_NAME.fullmatch(text):
        odds -= 2.5
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


@lru_cache(maxsize=1)
def _starts() -> re.Pattern[str]:
    single = "".join(sorted(s for s in surnames() if len(s) == 1))
    return re.compile(rf"(?=([{single}][\u3400-\u9fff]{{1,3}}))|·")


def may_hold_name(text: str) -> bool:
    """Whether any stretch of a text could pass for a name; cheap, before LAC."""
    for match in _starts().finditer(simplified(text)):
        piece = match[1]
        if piece is None or any(
            name_score(piece[:size]) > 0.5 for size in range(2, len(piece) + 1)
        ):
            return True
    return False
