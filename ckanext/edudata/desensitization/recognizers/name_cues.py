"""Names beside a word that says that a name stands here (联系人:张三, 李四老师).

Decided by the weights alone and only where the bounds of the name are plain, so that
the second engine need not be asked for such a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..text import simplified
from .name_forms import TRANSLITERATED, other_words, public_figures, surnames
from .name_weights import ENDINGS, name_score

_HAN = "\u3400-\u9fff"
_LABEL = (
    r"姓\s?名|名字|学生|同学|学员|考生|幼儿|家长|监护人|父亲|母亲|爸爸|妈妈|爷爷|奶奶|联系人|联络人|"
    r"负责人|经办人|填[表报写]人|制[表作]人?|审[核批]人?|复核人?|核对人?|申请人|申报人|登记人|记录人|"
    r"报告人|经手人|收件人|签收人|领取人|值班(?:人员?|教师|老师)?|带[队教](?:人|教师|老师)?|"
    r"指导(?:教师|老师)|任课(?:教师|老师)|班主任|辅导员|导师|(?<!任课)教师|老师|校长|园长|院长|书记|"
    r"主任|组长|获奖人|作者|主讲人?|签[名字]|患者|户主|本人|该生|学籍联系人"
)
_TITLE = (
    r"老师|同学|小朋友|先生|女士|家长|教授|校长|园长|院长|主任|书记|医生|医师|班主任|辅导员|"
    r"学长|学姐|教练|的?(?:父亲|母亲|爸爸|妈妈|监护人|爷爷|奶奶|家长|家庭)"
)
_DOES = (
    r"负责|核对|核实|审核|复核|填写|填报|登记|录入|整理|提供|统计|制作|签字|签收|签名|经办|担任|主讲|"
    r"主持|带队|辅导|指导|陪同|代领|领取|代签|接送|照顾|抚养|监护|联系|上报|汇总"
)
# What may stand in front of a name that has a title behind it.
_FRONT = (
    r"(?:^|(?<=[^\u3400-\u9fff])|(?<=询问)|"
    r"(?<=[由请和与及找向邀跟让经是为给被对将把扬聘系谢励]))"
)
_TOWARDS = (
    r"主讲|主持|陪同|联系|奖励|表扬|批评|通知|转给|调入|退还|资助|奖给|发给|慰问|护送|"
    r"接送人|负责人|领用人|"
    r"经核实|核实|家访|约谈|探望|走访|经查|记者|志愿者|监护人|班长|队长|组长|选手|队员"
)
#: (pattern with the names as group ``n``, score from which a candidate is taken).
_TOLD, _HANDED, _PLAIN, _SURE = 0.0, 0.15, 0.6, 0.93
# Surnames that are commoner as a word in front of a name.
_WORDS_TOO = "和向由于时但那应将与从因经对是"
_CUED = 0.85


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], float]]:
    single = "".join(sorted(s for s in surnames() if len(s) == 1))
    double = "|".join(sorted(s for s in surnames() if len(s) > 1))
    name = rf"(?P<n>(?:{double}|[{single}])[{_HAN}]{{1,2}}?)"
    foreign = (
        rf"[{''.join(sorted(TRANSLITERATED))}]{{4,8}}(?![河州国人族语邦宫区市县岛])"
    )
    dotted = rf"[{''.join(sorted(TRANSLITERATED))}]{{1,8}}"
    dotted = rf"{dotted}(?:·{dotted}){{1,3}}"
    more = (
        rf"(?=[^{_HAN}]|$|[因已于在的为将未无曾系之]|同学|老师|家长|"
        rf"[男女](?:[^{_HAN}]|$))"
    )
    sex = rf"[男女](?:[性生]|[^{_HAN}]|$)"
    done = (
        rf"(?=[^{_HAN}]|$|[因已于在的为将未无曾系]|同学|老师|家长|就医|处理|谈话|到校)"
    )
    many = "等(?:同学|老师|学生|[0-9一二三四五六七八九十]+[名人位])"
    pupil = "该生|学生|同学|考生|家长|联系人|班主任"
    return [
        (
            re.compile(
                rf"(?:交给|转交给?|移交给?|递交给?|与家长|和家长|请家长){name}"
                rf"(?=联系|沟通|签|[^{_HAN}]|$)"
            ),
            _HANDED,
        ),
        # Whatever fills the rest of a cell that says so is one.
        (re.compile(rf"(?:姓名|名字)[)）]? ?[:=] ?{name}$"), _TOLD),
        (re.compile(rf"(?:{_LABEL})(?:姓名)?[)）]? ?[:=] ?{name}{more}"), _PLAIN),
        (re.compile(rf"(?:姓名|{_LABEL})(?:为|是|叫){name}{more}"), _SURE),
        (
            re.compile(rf"(?:{pupil}) ?{name}{more}"),
            _SURE,
        ),
        (re.compile(rf"[{_HAN}]{{1,4}}[人员者] ?[:=] ?{name}{more}"), _PLAIN),
        (re.compile(rf"(?:^|(?<=[^{_HAN}])){name}[(,、;/ ]{{1,2}}{sex}"), _PLAIN),
        (re.compile(rf"(?:{_TOWARDS}){name}{done}"), _SURE),
        (re.compile(rf"(?:{_LABEL}|[由请]|[人员者] ?:) ?:?(?P<n>{foreign})"), _PLAIN),
        (
            re.compile(
                rf"(?:{_LABEL}|[由请与和及向对给]|^|(?<=[^{_HAN}·])) ?:?(?P<n>{dotted})"
            ),
            _PLAIN,
        ),
        (re.compile(rf"[由请经]{name}(?:{_DOES})"), _SURE),
        (re.compile(rf"{_FRONT}{name} ?[(]?(?:{_TITLE})"), _SURE),
        (
            re.compile(rf"{_FRONT}{name}{many}"),
            _SURE,
        ),
    ]


def cued_names(text: str) -> list[tuple[int, int, float]]:
    """Spans of names in a normalised text, each with its score; empty if unsure."""
    text = simplified(text)
    return sorted((start, end, _CUED) for start, end in set(_candidates(text)))


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    for pattern, least in _patterns():
        for match in pattern.finditer(text):
            name = match["n"]
            if name[-1] in "等老同" or (name[-1] in ENDINGS and least < _SURE):
                continue
            if name[0] in _WORDS_TOO and least == _SURE:
                continue
            if name_score(name) < least or (least and name in other_words()):
                continue
            if least < _SURE or name not in public_figures():
                yield match.span("n")
