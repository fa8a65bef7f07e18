"""The forms in which a name stands in a cell, brought to one: spaced to line up with
longer names, numbered, with a title or a note behind it, several in one cell."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
CHINESE_RANGES = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAN = re.compile(f"[{_HAN}]")
#: Two to four Chinese characters.
SHORT = re.compile(f"[{_HAN}]{{2,4}}")
#: 买买提·艾力, 卓玛·央金: minority and transliterated names.
DOTTED = re.compile(f"[{_HAN}]{{1,8}}(?:[·.][{_HAN}]{{1,8}}){{1,4}}")
#: A cell that could be nothing but a name.
BARE_NAME = re.compile(f"[{_HAN}]{{2,4}}|[{_HAN}]{{1,8}}(?:[·.][{_HAN}]{{1,8}}){{1,4}}")
#: The characters in which Uyghur, Kazakh, Mongol and Tibetan names are written.
TRANSLITERATED = frozenset(
    "阿艾买提力木江古丽吐尔逊热依扎孜克尼亚布都拉合迪娜妮帕塔夏米卡哈斯别巴特格日勒图雅其仁卓玛"
    "央金多吉次西平措达瓦旦增白姆罗桑索朗德贡嘎洛才让加旺堆顿珠边普强曲珍伊萨穆罕默马茂努拜沙比库"
    "班茹孙乌兰娅玉素甫肉孜麦海尔肯叶赛江山汗居来提吾斯满曼凯撒祖皮则苏里坦明菲娃吉莎克孙巴音那"
    "仓琼嘉措丹益西群培土登晋美朵梅琴敖额孟呼鲁朝云和甘乎通宝"
)
# Of these, the ones that Chinese words are made of too say nothing without a dot.
_COMMON = frozenset(
    "朝云和鲁孟甘通宝平多才让加强海山来西边明金白里满江都群土美梅益音那其次別德"
)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Other characters that a name or a list of names may contain.
MARKS = " \t\r\n\u3000\u00a0·.,'-、;/()（），；・•‧⋅∙0123456789+&|*"
#: 王老师, 李某某: a surname and no more; nobody is named. Behind a whole name
#: (李四老师) they say who it is.
TITLES = frozenset(
    re.findall(
        r"\w+",
        """
        老师 同学 先生 女士 小姐 校长 园长 院长 主任 书记 医生 医师 大夫 教授 讲师
        师傅 老板 家长 经理 主席 局长 处长 科长 组长 班长 队长 部长 会长 教练 阿姨
        叔叔 爷爷 奶奶 爸爸 妈妈 父亲 母亲 班主任 辅导员 副校长 小朋友
        """,
    )
)
ROLE_ENDINGS = "".join(sorted({title[-1] for title in TITLES}))
MASKED = "某"

_ORDINAL = re.compile(rf"^\(?\d{{1,3}} ?(?:[.、)]|[.、)]? )(?=[{_HAN}])")
_DOTS = re.compile(f"(?<=[{_HAN}])[.・•‧⋅∙](?=[{_HAN}])|(?<=[{_HAN}]) ?· ?(?=[{_HAN}])")
_NOTE = re.compile(r"(?<=.) ?\([^()]{1,12}\)$")
_TITLE = re.compile(
    f"(?<=[{_HAN}]{{2}}) ?(?:" + "|".join(sorted(TITLES, key=len, reverse=True)) + ")$"
)
_SEPARATOR = re.compile(r" ?[、,;/|&\n] ?| {1,3}")
_BLANKS = re.compile(r"\s+")


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    return frozenset((DATA / "surnames.txt").read_text("utf-8").split())


@lru_cache(maxsize=1)
def other_words() -> frozenset[str]:
    """Words of the dictionary that begin like names and are none (高等, 金属架)."""
    return frozenset((DATA / "not_names.txt").read_text("utf-8").split())


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """Districts and towns of the country without what they are called (徐行, 张良)."""
    return frozenset((DATA / "places.txt").read_text("utf-8").split())


@lru_cache(maxsize=1)
def public_figures() -> frozenset[str]:
    """Those of whom schoolbooks tell (学习雷锋, 鲁迅作品): named without a cue, they
    are a subject and not somebody in the table."""
    return frozenset((DATA / "public_figures.txt").read_text("utf-8").split())


def squeeze(text: str) -> str:
    """张 三 -> 张三; 3.张三 -> 张三; 张三(班主任), 张三老师 -> 张三; the full stop in
    买买提.艾力 stands for a dot. Other texts stay as they are."""
    text = text.strip()
    if text.isascii() or len(text) > 40:
        return text
    text = _DOTS.sub("·", _ORDINAL.sub("", text))
    text = _TITLE.sub("", _NOTE.sub("", text))
    return _unspaced(text)


def _unspaced(text: str) -> str:
    """The parts of one name that blanks hold apart are joined; names are not."""
    parts = _BLANKS.split(text)
    if len(parts) == 1 or len(parts) > 4 or not all(map(HAN.match, parts)):
        return text
    whole = "".join(parts)
    if SHORT.fullmatch(whole) and (
        all(len(part) == 1 for part in parts)
        or (len(parts) == 2 and parts[0] in surnames() and len(parts[1]) < 3)
    ):
        return whole
    return text


def several(text: str) -> list[str]:
    """张三、李四; 王五 -> its names; empty where a text is no such list."""
    parts = [squeeze(p) for p in _SEPARATOR.split(text.strip(" 、,;/|&"))]
    if 2 <= len(parts) <= 12 and all(map(BARE_NAME.fullmatch, parts)):
        return parts
    return []


def foreign_share(text: str) -> float:
    """How many of a text's characters are those of transliterated names."""
    letters = text.replace("·", "").replace(".", "")
    return sum(char in TRANSLITERATED for char in letters) / max(1, len(letters))


def undotted(text: str) -> bool:
    """扎西次仁, 阿依古丽: a transliterated name without a dot."""
    return (
        3 <= len(text) <= 7
        and all(char in TRANSLITERATED for char in text)
        and sum(char in _COMMON for char in text) <= len(text) // 2
        and text not in other_words()
        and not text.endswith(("斯坦", "尼亚", "利亚", "西亚", "山", "海", "江"))
    )
