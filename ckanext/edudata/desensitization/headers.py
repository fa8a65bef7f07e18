"""What a column's name announces: which personal data its cells hold.

Sources: JY/T 1002-2012 student elements JCTB0201 (XH, XM, CSRQ, SFZJH ...), school
elements JCXX0101, common English and pinyin names and initials. ``XXM`` is the blood
type in the student table, while every other ``XX-`` code means the school.
An ambiguous name (``xm`` is 姓名 and 项目, ``xh`` 学号 and 序号) decides nothing alone:
the cells must look like it too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .text import normalise, simplified

_CJK_NAME = r"[\u3400-\u9fff·]{2,20}"
_LATIN_NAME = r"[A-Za-z][A-Za-z'\-.]*(?:[ ,]+[A-Za-z][A-Za-z'\-.]*){0,4}"
_NAME = rf"(?:{_CJK_NAME}|{_LATIN_NAME})(?:[（(].*[）)])?"
_ANY_ID = r"[A-Za-z]{0,6}[\d\-()/ ]{5,30}[A-Za-z]?|\d\.\d+[Ee]\+?\d+"
_DATE = (
    r"(?:(?:19|20)\d\d[-/.年 ]\s?\d{1,2}[-/.月 ]\s?\d{1,2}日?(?:[ T].*)?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|(?:19|20)\d\d[-/.年]\s?\d{1,2}月?"
    r"|[二一][〇○零九]{1,2}.{1,3}年.{1,3}月.{1,4}日?|[1-5]\d{4}(?:\.\d+)?)"
)


@dataclass(frozen=True)
class HeaderRule:
    """A column name, the entity it announces, and what its cells must look like."""

    entity: str
    header: str
    cell: str
    score: float = 0.8


# First match wins, so the narrow rules stand before the wide ones.
_KIN = (
    r"家长|监护人|父亲|母亲|爸爸|妈妈|亲属|紧急联系人|家庭|"
    r"parent|guardian|mother|father"
)
_PERSON = (
    rf"学生|考生|教师|老师|教职工|职工|员工|{_KIN}|幼儿|申请人|个人|本人|"
    r"student|teacher"
)
RULES = [
    HeaderRule(
        "STUDENT_REGISTRATION",
        r"学籍号|学籍编号|学籍辅号|全国学籍|^xjh$|^xjfh$",
        r"[GLJglj]?[0-9A-Za-z]{6,24}",
    ),
    HeaderRule(
        "CN_RESIDENT_ID",
        r"身份证|证件号|公民身份|(?<![a-z])id ?(?:card|number|no)\b|id_?card|"
        r"^sfzj?h?m?$|^zjhm?$|identity",
        _ANY_ID,
    ),
    HeaderRule("PASSPORT", r"护照|passport", r"[A-Za-z0-9]{6,12}"),
    HeaderRule(
        "HMT_TRAVEL_PERMIT", r"回乡证|台胞证|通行证|来往内地", r"[A-Za-z]?\d{7,10}"
    ),
    HeaderRule(
        "PERSONAL_DOCUMENT",
        r"军官证|士兵证|警官证|社保(?:卡|号)|社会保障(?:卡|号)|医保(?:卡|号)|驾驶?证|"
        r"居住证|残疾(?:人)?证|教师资格证(?:书)?(?:编)?号|毕业证(?:书)?(?:编)?号|学位证(?:书)?编?号",
        r"[\w\-字第号]{5,30}",
    ),
    HeaderRule(
        "BANK_CARD", r"银行卡|卡号|银行账[号户]|bank ?(?:card|account)", r"[\d ]{12,25}"
    ),
    HeaderRule(
        "STUDENT_NUMBER",
        r"学号|学生编号|学生(?:代码|id)|考生号|考号|准考证|报名号|座位号|"
        r"student_?(?: )?(?:id|no|num)|exam(?:inee)?_?(?: )?(?:no|id)|"
        r"^xsbh$|^ksh$|^zkzh$|^xh$",
        r"(?=.*\d)[A-Za-z]{0,6}[\d\-]{5,24}[A-Za-z]?",
    ),
    HeaderRule(
        "STAFF_NUMBER",
        r"工号|教工号|教师编号|职工(?:编)?号|人员编号|staff_?(?: )?(?:id|no)|"
        r"employee_?(?: )?(?:id|no)|^jgh$|^gh$",
        r"(?=.*\d)[A-Za-z]{0,6}[\d\-]{4,24}",
    ),
    HeaderRule(
        "MOBILE",
        rf"手机|移动电话|(?:{_PERSON}).{{0,4}}(?:电话|联系方式|号码|phone|tel|mobile)|"
        r"mobile|cell ?phone|^sjhm?$|^sj$|^jzdh$|^lxsj$|^yddh$",
        r"\+?[\d\-() ]{7,20}(?:转\d+)?",
    ),
    HeaderRule(
        "LANDLINE",
        r"电话|固话|座机|传真|联系方式|telephone|phone|(?<![a-z])fax|(?<![a-z])tel(?![a-z])|"
        r"^lxdh$|^czdh$|^dhhm$|^bgdh$",
        r"\+?[\d\-() /、,;]{7,60}(?:(?:转|ext\.?)\s?\d+)?",
    ),
    HeaderRule(
        "ONLINE_ACCOUNT",
        r"(?<![a-z])qq(?![a-z])|微信|wechat|weixin|抖音|微博|钉钉",
        r"[\w\-.@]{5,40}",
    ),
    HeaderRule(
        "HOME_ADDRESS",
        rf"家庭(?:住址|地址)|住址|现住|户籍地址|户口(?:所在地|地址)|居住地址|"
        rf"(?:{_PERSON}).{{0,4}}(?:地址|住址)|home ?address|^jtzz$|^jtdz$|^xzz$|^hkdz$",
        r".*[\u3400-\u9fff].{3,}|.*\d.*[A-Za-z]{3,}.*",
    ),
    HeaderRule(
        "BIRTH_DATE",
        r"出生|生日|birth|(?<![a-z])dob(?![a-z])|^csrq$|^csny$|^csnyr$",
        _DATE,
    ),
    HeaderRule(
        "OFFICER_NAME",
        r"(?:校长|园长|院长|书记|法定代表人|法人代表|法人|负责人|举办者)(?:姓名|名字)?$|"
        r"^principal(?: ?name)?$|legal ?representative|^xzxm$",
        rf"{_NAME}(?:[、,，;；/ ]{_NAME}){{0,5}}",
    ),
    HeaderRule(
        "PERSON_NAME",
        rf"姓名|名字|曾用名|真实名|学生名|(?:{_KIN}|联系人|班主任|经办人|填表人|辅导员|导师|"
        rf"(?<!学)学生|考生|教师|任课(?:教师|老师)|作者|获奖人|申请人)(?:名|名称|name)?$|"
        r"(?:full|first|last|given|family|student|teacher|parent|guardian|sur)"
        r"_?-? ?name|"
        r"^name$|^(?:jz|xs|js|jhr|lxr)?xm$|^xsxm$|^ywxm$|^xmpy$|^cym$|^lxr$|^jhr$|^bzr$",
        rf"{_NAME}(?:[、,，;；/ ]{_NAME}){{0,5}}",
    ),
]
_COMPILED = [
    (rule, re.compile(rule.header, re.I), re.compile(rf"[\s']*(?:{rule.cell})\s*"))
    for rule in RULES
]
_BY_ENTITY_CELL = {rule.entity: cell for rule, _, cell in _COMPILED}

# 名 means a person only if the word before does not make it a thing's name.
_THING = re.compile(
    r"(?:学校|院校|单位|机构|课程|专业|科目|项目|活动|图书|书|教材|奖项|班级|区县?|"
    r"街道|部门|地|文件|品|产品|公司|企业|平台|系统|栏目|字段|指标|赛事|基地|社团|植物|"
    r"动物|中文|英文|全|简|别)名|(?:school|course|file|place|city|user|host|domain|"
    r"product|major|field|column|type|group|category|institution|university)[ _-]*name",
    re.I,
)


@lru_cache(maxsize=4096)
def header_rule(header: str) -> HeaderRule | None:
    """The rule that a column name falls under, or None."""
    name = simplified(normalise(header)).strip().lower()
    if not name:
        return None
    thing = _THING.search(name)
    for rule, pattern, _ in _COMPILED:
        if pattern.search(name):
            if rule.entity in ("PERSON_NAME", "OFFICER_NAME") and thing:
                continue
            if rule.entity == "BIRTH_DATE" and re.search(
                r"出生(?:地|人口|率|数)", name
            ):
                continue
            return rule
    return None


def cell_pattern(rule: HeaderRule) -> re.Pattern[str]:
    """What a normalised cell under such a column name looks like."""
    return _BY_ENTITY_CELL[rule.entity]


def cell_fits(rule: HeaderRule, text: str) -> bool:
    """Whether a normalised cell can be what its column's name announces."""
    return bool(_BY_ENTITY_CELL[rule.entity].fullmatch(text))
