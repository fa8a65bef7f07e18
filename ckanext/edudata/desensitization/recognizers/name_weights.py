"""How much a few characters alone look like the name of a person.

Log-odds of the characters by place, with a surname list (how the tables were made:
``data/make_name_weights.py``; from jieba's dictionary, MIT).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ..text import simplified
from .pinyin import pinyin_name

_DATA = Path(__file__).parent / "data"
_HAN = "[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_CJK = re.compile(_HAN + "{2,4}")
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
ENDINGS = frozenset(
    "市县区省州镇乡村路街校院系部局处科所馆厅班级组类型社站学课费率数量号码票员师生人"
)
ENDING_COST = 2.5
#: What a word that begins with no surname is worth.
NO_SURNAME = 0.02
CHINESE_RANGES = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Characters beside letters that a name or a list of names may contain.
MARKS = " \t\r\n\u3000\u00a0·.,'-、;/()（），；・•‧⋅0123456789+&|"
#: 王老师, 李某某: a surname and no more; nobody is named. Behind a whole name
#: (李四老师) they say who it is.
TITLES = frozenset(
    re.findall(
        r"\w+",
        """
        老师 同学 先生 女士 小姐 校长 园长 院长 主任 书记 医生 医师 大夫 教授 讲师
        师傅
        老板 家长 经理 主席 局长 处长 科长 组长 班长 队长 部长 会长 教练 阿姨 叔叔
        爷爷 奶奶 爸爸
        妈妈 父亲 母亲 班主任 辅导员 副校长 小朋友
        """,
    )
)
ROLE_ENDINGS = "".join(sorted({title[-1] for title in TITLES}))
MASKED = "某"


@lru_cache(maxsize=1)
def weights() -> list[dict[str, float]]:
    """Log-odds of a surname, and of the first and second character behind it."""
    return json.loads((_DATA / "name_weights.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    return frozenset((_DATA / "surnames.txt").read_text("utf-8").split())


@lru_cache(maxsize=1)
def other_words() -> frozenset[str]:
    """Words of the dictionary that begin like names and are none (高等, 金属架)."""
    return frozenset((_DATA / "not_names.txt").read_text("utf-8").split())


def squeeze(text: str) -> str:
    """张 三 -> 张三: names are spaced to line up with longer ones; the full stop
    in 买买提.艾力 stands for a dot; 3.张三 is the third of a list."""
    text = _ORDINAL.sub("", text.strip())
    return _FULL_STOP.sub("·", _SPACED.sub(r"\1", text))


def name_scores(texts: Sequence[str]) -> list[float]:
    """As ``[name_score(text) for text in texts]``; millions of cells a second."""
    from .name_bulk import name_scores as scores

    return scores(texts)


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
    if MASKED in text or given in TITLES:
        return 0.0
    if text[:size] not in surnames() or len(given) > 2:
        return NO_SURNAME
    first, *rest = weights()
    odds = first.get(text[:size], 0.0)
    # A given name of one character stands where its words end as often as they go on.
    odds += sum(table.get(char, 0.0) for table, char in zip(rest, given, strict=False))
    if text[-1] in ENDINGS:
        odds -= ENDING_COST
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
