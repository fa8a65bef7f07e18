"""What a column's name says about it: personal, quasi-identifying, sensitive, a count.

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

QUASI = re.compile(
    r"性别|出生(?:年|日期|年月)?|年龄|民族|国籍|籍贯|户籍|户口|生源|政治面貌|班级|年级|入学|"
    r"毕业(?:学校|院校)|就读|婚姻|职称|学历|血型|^班$|^(?:sex|gender|age|ethnicity|grade|class|"
    r"birth.*|year of birth|age[ _]?(?:band|group))$|"
    r"^(?:xbm?|mzm?|csny|csrq|bj|nj|jg|csdm|"
    r"zzmmm|hyzkm|gatqwm|xxm|gjdqm)$",
    re.I,
)
# Facts of one human being: a table with such a column is about people.
INTRINSIC = re.compile(
    r"性别|出生|年龄|民族|政治面貌|婚姻|血型|籍贯|^(?:sex|gender|age|birth.*|ethnicity)$|"
    r"^(?:xbm?|mzm?|csny|csrq|zzmmm|hyzkm|xxm)$",
    re.I,
)
PLACE_QUASI = re.compile(
    r"^(?:学校(?:名称)?|就读学校|所在学校|院系|学院|专业|school)$", re.I
)
SENSITIVE = re.compile(
    r"成绩|分数|得分|总分|语文|数学|外语|英语|物理|化学|生物|政治(?!面貌)|历史|地理|体育|排名|"
    r"名次|等第|绩点|评语|处分|惩处|违纪|奖惩|健康|疾病|病史|病假|残疾|视力|身高|体重|血型|过敏|"
    r"心理|贫困|低保|资助|助学|困难|孤儿|留守|离异|单亲|宗教|民族|政治面貌|工资|收入|"
    r"(?:^|[ _])(?:score|mark|marks|gpa|rank|disability|health|religion|income)$|"
    r"^(?:jkzkm|xyzjm|xxm|zzmmm|mzm)$",
    re.I,
)
COUNT = re.compile(
    r"人数|学生数|教师数|在校生|毕业生数|招生数|教职工数|专任教师|幼儿数|人次|合计人|户数|"
    r"^(?:数量|合计|总计|小计|计数)$|head ?count|number of (?:students|pupils|teachers|"
    r"persons|people)|^count$|^n$",
    re.I,
)
RATE = re.compile(
    r"比例|占比|率$|均分|平均|百分比|中位|average|mean|median|rate|share", re.I
)
#: Authors of published works are named on the works: a list of them is public.
AUTHOR = re.compile(
    r"^(?:第一)?(?:(?:作者|著者|编者|译者|绘者|诗人|词人|作家|责任者|作曲|作词|词曲|"
    r"(?:总|副)?主编|编著|编写|著|编|译|绘)[者人]?(?:姓名)?[（(）)/、,，和与及 ]*)+$|"
    r"^(?:authors?|editors?|translators?|composers?|poets?)(?:\(s\))?$",
    re.I,
)
WORK = re.compile(
    r"书名|书目|图书|教材|课本|名著|古诗|课文|诗名|诗题|篇目|篇名|曲名|曲目|歌名|歌曲|题名|作品|"
    r"^(?:book|title|poem|song)s?$",
    re.I,
)
#: What only published works have.
PUBLISHED = re.compile(
    r"出版|isbn|issn|书号|版次|版别|朝代|索书号|publisher|dynasty", re.I
)
#: What makes works those of pupils or of people who are judged: then authors count.
ENTRANT = re.compile(
    r"姓名|学号|班级|指导|获奖|奖项|奖次|等第|参赛|选手|投稿|选送|学生|"
    r"^(?:所在)?(?:学校|单位)(?:名称)?$",
    re.I,
)
RIVAL = re.compile(r"姓名|学号|指导|获奖|奖项|奖次|参赛|选手|投稿|选送", re.I)
#: Names of columns that hold codes and not personal numbers.
CODE = re.compile(
    r"学校(?:标识码|代码|编码)|标识码|机构代码|信用代码|组织机构|专业代码|课程(?:代码|编号)|"
    r"行政区划|区划代码|邮政编码|邮编|isbn|issn|条形?码|金额|经费|面积|订单|流水号|时间戳|"
    r"timestamp|经度|纬度|longitude|latitude|major_code",
    re.I,
)
CODE_LIKE = re.compile(
    r"(?<!序)号$|码|代码|编码|编号|标识|证号|学号|工号|考号|号码|电话|手机|传真|邮编|"
    r"(?:^|[ _-])(?:code|id|no|number|phone|tel|zip|isbn|issn)$",
    re.I,
)
INSTITUTION_KEY = re.compile(
    r"学校(?:标识码|代码|名称|全称)|院校(?:代码|名称)|幼儿园(?:名称)?|单位名称|机构(?:名称|代码)|"
    r"校名|园名|园所名称|学校$|单位$|机构$|统一社会信用代码|^xxmc$|^xxdm$|"
    r"(?:school|institution|university|college)(?:[ _]?(?:name|code))?$",
    re.I,
)
SITE = re.compile(r"校区|分校|分部|分园|园区|园部|办学点|教学点|campus", re.I)
PERSON_MARK = re.compile(
    rf"姓名|(?:{_KIN})|学号|学籍|(?:^|[^校])学生(?:姓名|编号|id)", re.I
)


#: What is called so may be named after a person.
PLACE = re.compile(
    r"地名|地点|地区|区域|街道|街镇|[乡镇路村桥站河园楼馆]名?$|城市|小区|社区|居委|国家|植物|动物|"
    r"品种|品名|产品|商品|菜|"
    r"^(?:city|town|place|country|street|area|region|product|species)s?$",
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


def cell_fits(rule: HeaderRule, text: str) -> bool:
    """Whether a normalised cell can be what its column's name announces."""
    return bool(_BY_ENTITY_CELL[rule.entity].fullmatch(text))


def matches(pattern: re.Pattern[str], header: str) -> bool:
    return bool(pattern.search(simplified(normalise(header)).strip()))


def is_quasi(label: str) -> bool:
    """Whether a column's name says that it helps to tell a person from others."""
    return matches(QUASI, label) or matches(PLACE_QUASI, label)
