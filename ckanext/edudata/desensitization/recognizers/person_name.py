"""Names of persons: in a sentence, by LAC; in a column of names, by the column.

Whether a *column* holds names is decided in ``profile`` over its unique cells from the
mean of two witnesses, :func:`.name_weights.name_score` and LAC, and its header. This
recognizer speaks for sentences, where a name stands among other words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

from ..text import simplified
from . import lac
from .base import LANGUAGE
from .name_cues import cued_names
from .name_forms import (
    HAN,
    other_words,
    public_figures,
    several,
    squeeze,
    surnames,
    undotted,
)
from .name_weights import name_score

# What follows a name that has become the name of something else (陈嘉庚基金, 鲁迅故居).
_THING_AFTER = re.compile(
    r"(?:式|杯|奖|[公支新老东西南北中家]{0,2}(?:路|街|弄)|道|高速|大道|广场|楼|厅|馆|故居|纪念|"
    r"墓|基金|书院|(?:实验|附属|高级|初级|外国语|国际|双语|职业|艺术|师范|民办|民族|第?[一二三四五六七八九十]|"
    r"中心){0,3}(?:学校|大学|学院|中学|小学|高中|初中|幼儿园|托儿所|医院)|班级|号|新?村|小区|花园|"
    r"苑|大厦|镇|乡|县|区|市|州|盟|[左右前中后]?旗|自治|"
    r"居委|村委|社区|街道|校区|分校|族|"
    r"[一二三四五六七八九十0-9、,至]{1,9}(?:新?村|街坊)|[^路街弄]{0,3}(?:总|分|农|林|牧|渔|良种|茶|奶牛|盐)场|"
    r"枢纽|桥|山|河|湖|港|湾|岛|浜|浦|泾|塘|集团|公司|工作室|定理|定律|"
    r"公式|思想|主义|理论|传|诗|词|文集|选集|全集|作品|著|版|》)"
)
# 李兴唐村村民委员会, 阿木斯尔嘎查: a village bears somebody's name; but 住在李家村.
_VILLAGE_AFTER = re.compile(
    r"(?![^村居社嘎]{0,3}[来住在到去是转调从属归往回赴为])[\u3400-\u9fff]{0,4}?"
    r"(?:[居村]民?委(?:员?会)?|[居村]委会?|社区|嘎查|村)"
    r"(?:[居村]民?委(?:员?会)?|[居村]委会?|村)?(?:第?[0-9一二三四五六七八九十]{1,3}组)?$"
)
_VILLAGE = re.compile(r"(?:[居村]委|嘎查|.村)$")
_LINE = re.compile(rf"({HAN.pattern}{{2,10}}) ?(?:[-~→]|--) ?({HAN.pattern}{{2,10}})")
_COMMITTEE = re.compile(
    r"(?:(?![来住在到去是转调从属归往回赴为])[\u3400-\u9fff]){2,14}"
    r"(?:嘎查村?|[居村]民委员会|[居村]委会?)"
)
_SCHOOL_AFTER = re.compile(r"小学|中学|学校|幼儿园|公园|故居|纪念馆|[公支]?路|大道")
# 陈太路以东、张杨路以南: a surname, and a road.
_ROAD_AFTER = re.compile(
    r" ?(?:以|至|到|[0-9(]|[东南西北]|沿线|段|口|[、，,][^、，,]{1,6}[路街弄])"
)
_ROAD_BEFORE = re.compile(r"[路街弄](?:以[东南西北])?[、，,至到]$")
_BEFORE_TITLE = re.compile(r"[《〈「『]$")
_CUE_BEFORE = re.compile(
    r"(?:姓名|名字|学生|家长|父亲|母亲|监护人|联系人|负责人|班主任|老师|教师|校长|园长|同学|"
    r"经办人|填表人|制表人?|审核人?|申请人|主任|书记|院长|辅导员|导师|该生|患者|幼儿|儿子|女儿|"
    r"爷爷|奶奶)[:：为是叫 ]{0,2}$"
)
_CUE_AFTER = re.compile(
    r"^ ?(?:同学|老师|先生|女士|小朋友|家长|教授|校长|园长|主任|书记|医生|"
    r"的?(?:父亲|母亲|妈妈|"
    r"爸爸|监护人)|[男女][,，、 ]|[(（][男女])"
)


#: What the weights must say at least of what LAC takes for a person, and between the
#: ends of a line.
_AGREED, _SURE = 0.15, 0.9


class PersonNameRecognizer(EntityRecognizer):
    """LAC's persons with a Chinese surname, unless they name a thing."""

    ENTITY = "NAME_IN_TEXT"
    #: A name without a cue beside it, and with one.
    PLAIN, CUED = 0.6, 0.85

    def __init__(self) -> None:
        super().__init__(supported_entities=[self.ENTITY], supported_language=LANGUAGE)

    def load(self) -> None:
        """Nothing to load yet: the weights are read when the first sentence comes."""

    def analyze(self, text, entities, nlp_artifacts=None):  # type: ignore[override]
        return self.analyze_many([text])[0]

    def analyze_many(self, texts: Sequence[str]) -> list[list[RecognizerResult]]:
        """As ``analyze`` for many texts at once, in batches of equal length."""
        engine = lac.engine() if texts else None
        texts = [simplified(text) for text in texts]
        spans = engine.persons(texts) if engine else [[] for _ in texts]
        return [self._results(t, s) for t, s in zip(texts, spans, strict=True)]

    def whole_names(self, texts: Sequence[str]) -> list[bool]:
        """Whether LAC takes each text, as a whole, for a person; by the weights where
        LAC is absent."""
        engine = lac.engine() if texts else None
        texts = [simplified(squeeze(text)) for text in texts]
        if engine is None:
            return [name_score(text) > 0.5 for text in texts]
        lists = [several(text) for text in texts]
        asked = [p for t, parts in zip(texts, lists, strict=True) for p in parts or [t]]
        spans = dict(zip(asked, engine.persons(asked), strict=True))

        def whole(text: str) -> bool:
            # LAC loses the first syllables of 买买提·艾力 (there a part will do), and
            # cannot read Latin letters.
            if text.isascii() or undotted(text):
                return name_score(text) > 0.5
            found = spans[text]
            return bool(found) if "·" in text else found == [(0, len(text))]

        return [
            all(map(whole, parts or [text]))
            for text, parts in zip(texts, lists, strict=True)
        ]

    def _results(
        self, text: str, spans: list[tuple[int, int]]
    ) -> list[RecognizerResult]:
        found: dict[tuple[int, int], float] = {}
        for start, end in spans:
            score = self._judge(text, start, end)
            if score:
                found[start, end] = score
        for start, end, score in cued_names(text):
            found[start, end] = max(score, found.get((start, end), 0.0))
        return [
            RecognizerResult(
                self.ENTITY,
                start,
                end,
                score,
                analysis_explanation=AnalysisExplanation(self.name, score),
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                },
            )
            for (start, end), score in found.items()
        ]

    def _judge(self, text: str, start: int, end: int) -> float:
        name, before, after = text[start:end], text[:start], text[end:]
        if not re.fullmatch(r"[\u3400-\u9fff·.]{2,15}", name):
            return 0.0
        if name[-1] == "族":
            return 0.0
        if name[-1] in "路街弄" and (
            _ROAD_AFTER.match(after) or _ROAD_BEFORE.search(before)
        ):
            return 0.0
        if _THING_AFTER.match(after) or _BEFORE_TITLE.search(before):
            return 0.0
        if _CUE_BEFORE.search(before) or _CUE_AFTER.match(after):
            return self.CUED
        if (
            _VILLAGE_AFTER.match(after)
            or _VILLAGE.search(name)
            or _COMMITTEE.fullmatch(text)
            or _part_of_line(text, name)
        ):
            return 0.0
        # LAC cuts 朱自 out of 朱自清散文, and 陈伯 out of 陈伯吹小学.
        sizes = range(len(name), 5)
        if any(text[start : start + size] in public_figures() for size in sizes):
            return 0.0
        longer = len(name) == 2 and name_score(text[start : end + 1]) > 0.5
        if longer and _SCHOOL_AFTER.match(after[1:]):
            return 0.0
        if "·" in name or undotted(name):
            return self.PLAIN if name_score(name) > 0.5 else 0.0
        known = name[0] in surnames() or name[:2] in surnames()
        score = name_score(name)
        # A word of the dictionary is a name only beside a cue; a stop of a line
        # (安亭-马陆) is joined to the next.
        if name in other_words() or (_joined(before, after) and score < _SURE):
            return 0.0
        return self.PLAIN if known and score > _AGREED else 0.0


def _part_of_line(text: str, name: str) -> bool:
    """张江 in 张江高科-陆家嘴: where a line goes, and no part of it is that name."""
    parts = _LINE.fullmatch(text)
    return bool(parts) and name not in parts.groups()


def _joined(before: str, after: str) -> bool:
    return bool(re.search(f"{HAN.pattern} ?[-~→]$", before)) or bool(
        re.match(f"[-~→] ?{HAN.pattern}", after)
    )
