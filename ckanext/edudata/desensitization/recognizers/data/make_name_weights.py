"""Make the tables of names from jieba's dictionary (MIT) and pypinyin (MIT).

    python make_name_weights.py DICT.TXT

``name_weights.json``: for a surname, the two characters of a given name and the only
character of one, the natural logarithm of how much likelier the character is there in
personal names (tag ``nr``; given names of today from ``given_names.txt`` beside them)
than in other words of that length that begin with a surname. Counts are smoothed by
one half; each table is multiplied by what a logistic regression, fitted on the half of
the words that was not counted, makes of it (:data:`SHARE`).

``not_names.txt``: words that begin like names and are none, or are written in the
characters of transliterated names. ``pinyin.txt``: syllables; surnames, commonest
first; names of places that read like a surname and a given name.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
#: Surname, first and second of two characters, only character.
SHARE = (0.83, 0.64, 0.76, 0.78)
#: Given names of today count as often as this in the dictionary.
TODAY = (40, 12)
# Words of schools and calendars that the dictionary lacks or takes for names.
MORE = """
    周一 周二 周三 周四 周五 周六 周日 周末 高一 高二 高三 高中 任课 单亲 和同 应届
    全体 全班 满分 方舱 全日制 单科 党支部 党总支 团支部 万以内 时长 时段 向阳 安防
    安保 应知 应会 计生 常规班 公办 国培 全科 全勤 全优 强基 农贸 水利 商贸 金融
    金工 文创 文体 海归 云课堂 云平台 哈密瓜 康乃馨 白玉兰 杨梅 石楠 马兰 兰花
    花木兰 金银花 方便面 全家福 项目部 高等院校 萨克斯 马林巴 曼陀林 尤克里里 卡林巴
    乌克丽丽 吉他 巴松
"""
#: Districts, subdistricts and towns of Shanghai.
SHANGHAI = """
    徐汇 黄浦 长宁 静安 普陀 虹口 杨浦 闵行 宝山 嘉定 浦东 金山 松江 青浦 奉贤 崇明
    罗店 顾村 杨行 月浦 张江 唐镇 曹路 周浦 康桥 周家渡 陆家嘴 上钢新村 金桥 祝桥
    宣桥 惠南 万祥 书院 泥城 南汇 马桥 梅陇 华漕 吴泾 江川 莘庄 颛桥 安亭 马陆 华亭
    徐行 江桥 方松 泗泾 洞泾 车墩 叶榭 石湖荡 新浜 泖港 朱家角 练塘 金泽 赵巷 徐泾
    华新 重固 白鹤 夏阳 盈浦 朱泾 枫泾 张堰 亭林 吕巷 廊下 漕泾 山阳 石化 南桥 奉城
    庄行 金汇 四团 青村 柘林 海湾 城桥 堡镇 庙镇 陈家镇 向化 中兴 港沿 港西 建设
    新海 东平 长兴 横沙 曹杨 甘泉 宜川 真如 万里 桃浦 长征 石泉 延吉 殷行 平凉 江浦
    定海 大桥 四平 控江 五角场 新江湾城 欧阳 嘉兴 凉城 江湾 曲阳 广中 四川北路 彭浦
    临汾 大宁 共和新 芷江西 天目西 宝山路 石门二路 南京西 曹家渡 江宁 华阳 江苏 新华
    周桥 天山 仙霞 虹桥 程家桥 北新泾 新泾 枫林 斜土 天平 湖南 田林 康健 虹梅 漕河泾
    凌云 龙华 华泾 长桥 徐家汇 武康路
"""
#: Surnames that are not read as the character is elsewhere.
ODD = dict(
    re.findall(
        r"(\S+)=(\w+)",
        """
        曾=zeng 单=shan 解=xie 仇=qiu 查=zha 翟=zhai 盖=ge 区=ou 朴=piao 覃=qin
        尉迟=yuchi 乐=yue 长孙=zhangsun 单于=chanyu 宓=mi 澹台=tantai 缪=miao 冼=xian
        员=yun 万俟=moqi
        """,
    )
)
Words = list[tuple[str, int, str]]


def read(path: str) -> Words:
    lines = Path(path).read_text("utf-8").splitlines()
    words = [line.split(" ") for line in lines]
    return [
        (word, int(times), tag)
        for word, times, tag in words
        if 2 <= len(word) <= 6 and all("\u4e00" <= c <= "\u9fff" for c in word)
    ]


def split(word: str, surnames: set[str]) -> tuple[str, str] | None:
    """A surname and a given name of one or two characters."""
    size = 2 if word[:2] in surnames and len(word) > 2 else 1
    if word[:size] in surnames and 1 <= len(word) - size <= 2:
        return word[:size], word[size:]
    return None


def count(words: Words, surnames: set[str], today: list[str]) -> list[dict[str, float]]:
    names: list[Counter[str]] = [Counter() for _ in range(4)]
    others: list[Counter[str]] = [Counter() for _ in range(4)]

    def add(counts: list[Counter[str]], given: str, times: int = 1) -> None:
        if len(given) == 1:
            counts[3][given] += times
        else:
            counts[1][given[0]] += times
            counts[2][given[1]] += times

    # Institutions are tagged as persons now and then: their endings are no names.
    from ckanext.edudata.desensitization.recognizers.name_weights import ENDINGS

    for word, _, tag in words:
        parts = split(word, surnames)
        if not parts:
            continue
        if tag in ("nr", "nrfg") and word[-1] not in ENDINGS:
            names[0][parts[0]] += 1
            add(names, parts[1])
        elif not tag.startswith("nr"):
            others[0][word[0]] += 1
            add(others, parts[1])
    for given in today:
        add(names, given, TODAY[len(given) == 1])
        if len(given) == 1:
            names[1][given] += TODAY[1]
            names[2][given] += TODAY[1]
    both = names[1] + names[2]
    for char, times in both.items():
        names[3][char] += max(1, round(times * 0.03))
    return [weigh(*pair) for pair in zip(names, others, SHARE, strict=True)]


def weigh(good: Counter[str], bad: Counter[str], share: float) -> dict[str, float]:
    n, m = sum(good.values()), sum(bad.values())
    keys = sorted(set(good) | {char for char, times in bad.items() if times > 2})
    v = len(keys) / 2

    def odds(key: str) -> float:
        return math.log((good[key] + 0.5) / (n + v)) - math.log(
            (bad[key] + 0.5) / (m + v)
        )

    return {key: round(share * odds(key), 1) for key in keys}


def other_words(words: Words, surnames: set[str], foreign: set[str]) -> list[str]:
    found: set[str] = {str(word) for word in MORE.split()}
    for word, _, tag in words:
        if not tag.startswith("nr") and (split(word, surnames) or set(word) <= foreign):
            found.add(word)
    return sorted(found)


def pinyin_lines(words: Words, surnames: list[str]) -> Iterator[str]:
    from pypinyin import lazy_pinyin
    from pypinyin.constants import PINYIN_DICT

    syllables = {
        lazy_pinyin(chr(code))[0] for code in PINYIN_DICT if 0x4E00 <= code < 0x9FA6
    }
    syllables = {s for s in syllables if s.isascii() and s.isalpha() and len(s) < 7}
    yield " ".join(sorted(syllables | {"lv", "nv", "lue", "nue"}))
    read = (ODD.get(s) or "".join(lazy_pinyin(s)) for s in surnames)
    yield " ".join([*dict.fromkeys(read), "lyu", "ceng"])
    # Two words are a place only if many know it; one word, if anybody does.
    for least in (100, 10):
        places = SHANGHAI.split() + [
            word
            for word, times, tag in words
            if tag == "ns" and len(word) <= 3 and times >= least
        ]
        yield " ".join(sorted({"".join(lazy_pinyin(word)) for word in places}))


def main(dictionary: str) -> None:
    from ckanext.edudata.desensitization.recognizers.name_forms import TRANSLITERATED

    ranked = (HERE / "surnames.txt").read_text("utf-8").split()
    surnames, words = set(ranked), read(dictionary)
    today = (HERE / "given_names.txt").read_text("utf-8").split()
    tables = count(words, surnames, today)
    text = json.dumps(tables, ensure_ascii=False, separators=(",", ":"))
    (HERE / "name_weights.json").write_text(text + "\n", "utf-8")
    found = other_words(words, surnames, set(TRANSLITERATED))
    (HERE / "not_names.txt").write_text("\n".join(found) + "\n", "utf-8")
    lines = pinyin_lines(words, ranked)
    (HERE / "pinyin.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
