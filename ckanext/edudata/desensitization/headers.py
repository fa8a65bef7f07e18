"""What a column's name announces: which personal data its cells hold.

Sources: JY/T 1002-2012 student elements JCTB0201 (XH, XM, CSRQ, SFZJH ...), school
elements JCXX0101, common English and pinyin names and initials. ``XXM`` is the blood
type in the student table, while every other ``XX-`` code means the school.
An ambiguous name (``xm`` is 姓名 and 项目, ``xh`` 学号 and 序号) decides nothing alone:
the cells must look like it too. A name that counts or describes identifiers
(身份证办理人数, 手机品牌) announces none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .header_words import counts_things, forms

#: 王某某 and 匿名 are names that somebody has masked.
_MASKED = r"(?!匿名|佚名|[\u3400-\u9fff]{1,2}某)"
_CJK_NAME = _MASKED + r"[\u3400-\u9fff·](?: ?[\u3400-\u9fff·]){1,19}"
_LATIN_NAME = r"[A-Za-z][A-Za-z'\-.]*(?:[ ,]+[A-Za-z][A-Za-z'\-.]*){0,4}"
_NAME = rf"(?:{_CJK_NAME}|{_LATIN_NAME})(?:[（(].*[）)])?"
_ANY_ID = (
    r"(?=(?:\D{0,8}\d){5})[A-Za-z]{0,6}[\d\-() .·X×]{5,40}[A-Za-z]?"
    r"(?:\([A-Za-z0-9]\))?|"
    r"\d\.\d+[Ee]\+?\d+"
)
_MOBILE = r"(?:\+?(?:00)?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}"
#: Letters and digits, four digits at least.
_CODE = r"(?=(?:\D{0,6}\d){4})[A-Za-z\u3400-\u9fff]{0,6}[0-9A-Za-z\-()第号字 ]{4,30}"
#: What spreadsheets put before a value, and people behind or beside it.
_DRESS = r"[\s'\"=‘’“”`:#*(\[]{0,6}"
_REST = (
    r"[\s'\"”’号)\]]{0,4}(?:[(\[]?[\u3400-\u9fffA-Za-z]{1,12}[)\]]?)?\s{0,4}"
    r"(?:[、,;/|+\n][^\x00]{0,400})?"
)
#: Numbers that call an office and nobody else.
_HOTLINE = (
    r"(?!(?:400|800)[ \-]?\d{3}[ \-]?\d{4}(?!\d)|(?:1\d{4}|95\d{3,4}|1[12]\d)(?!\d))"
)
_MONTH = r"[A-Za-z]{3,9}"
_DATE = (
    r"(?:(?:19|20)\d\d[-/.年 ]\s?\d{1,2}[-/.月 ]\s?\d{1,2}日?(?:[ T].*)?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|(?:19|20)\d\d[-/.年]\s?\d{1,2}月?"
    r"|\d\d[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}[日号]?|\d\d年\s?\d{1,2}月"
    rf"|{_MONTH}\.? ?(?:\d{{1,2}}(?:st|nd|rd|th)?,? )?\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ \-]{_MONTH}\.?,?[ \-](?:\d\d)?\d\d"
    r"|[二一][〇○零九]{1,2}.{1,3}年.{1,3}月.{1,4}日?|[1-5]\d{4}(?:\.\d+)?)"
)


@dataclass(frozen=True)
class HeaderRule:
    """A column name, the entity it announces, and what its cells must look like.

    ``header`` is searched in the words of the name; ``initials`` (pinyin initials and
    codes of JY/T 1002) must be all of its Latin letters.
    """

    entity: str
    header: str
    cell: str
    score: float = 0.8
    initials: str = ""


# First match wins, so the narrow rules stand before the wide ones.
_KIN = (
    r"家长|监护人|父亲|母亲|爸爸|妈妈|亲属|紧急联系人|家庭|"
    r"parent|guardian|mother|father"
)
_PERSON = (
    rf"学生|考生|教师|老师|教职工|职工|员工|{_KIN}|幼儿|申请人|个人|本人|"
    r"student|teacher"
)
#: Between a person and their telephone or address; 学生资助中心电话 is an office's.
_OWN = (
    r"(?:本人|的|家庭|成员|家长|联系|手机|移动|紧急|固定|住宅|居住|通讯|通信|户籍|现|"
    r"[0-9一二三]|"
    r" ?contact| ?home| ?work| ?cell| ){0,3}"
)
RULES = [
    HeaderRule(
        "STUDENT_REGISTRATION",
        r"学籍(?:辅|编|注册)?(?:号|编号|码)|全国学籍|xueji ?hao",
        r"[GLJglj]?[0-9A-Za-z\- ]{6,28}",
        initials=r"(?:xs|qg)?xjf?h",
    ),
    HeaderRule(
        "LOCATION",
        rf"(?:{_PERSON}|住址|住所|居住地?|现住地?|签到|打卡|home)"
        r"(?:的|住址|地址|住所|居住|所在|当前|实时|签到|打卡|address| ){0,3}"
        r"(?:经度|纬度|经纬|坐标|位置|定位|lng|lon(?:gitude)?|lat(?:itude)?|gps|coord|location|position)",
        r"[^\d]{0,8}\d{1,3}\.\d{3,}(?:.{1,12}\d{1,3}\.\d{3,})?.{0,8}",
    ),
    HeaderRule(
        "MILITARY_ID", r"军官证|士兵证|士官证|军人证|文职干部证|军人保障卡", _CODE
    ),
    HeaderRule("POLICE_ID", r"警官证|警察证|警号", _CODE),
    HeaderRule(
        "SOCIAL_SECURITY",
        r"(?:社保|社会保障|社会保险|医保|医疗保险|养老保险|公积金)(?:个人|电脑)?"
        r"(?:卡|证|账户|号|编号|账号|编码)|(?:social|medical) (?:security|insurance)|"
        r"(?<![a-z])ssn(?![a-z])|shebao ?(?:ka)? ?hao",
        _CODE,
        initials=r"(?:sb|yb|ybgr|shbz)k?(?:h|bh|kh|hm)",
    ),
    HeaderRule(
        "DRIVING_LICENCE",
        r"驾驶?证|驾照|行驶证|driv(?:er|ing).{0,3}licen[cs]e",
        _CODE,
        initials=r"jszh(?:m)?",
    ),
    HeaderRule(
        "TEACHER_CERTIFICATE",
        r"教师资格证?|教资证?|teach(?:er|ing) ?(?:qualification|certificat\w+|"
        r"licen[cs]e)",
        r"(?=(?:\D{0,6}\d){6})" + _CODE,
        initials=r"jszgz(?:s)?(?:bh|hm?)?",
    ),
    HeaderRule(
        "PERSONAL_DOCUMENT",
        r"(?<!单位)居住证|残疾(?:人)?证|出生(?:医学)?证明?|户口[簿本]|接种证|结婚证|"
        r"低保证|"
        r"(?:毕业|学位|结业|学历|普通话|资格)证书?(?:编)?号",
        _CODE,
    ),
    HeaderRule(
        "HMT_TRAVEL_PERMIT",
        r"回乡证|台胞证|通行证|来往内地|来往大陆",
        r"[A-Za-z]{0,2}\d{7,11}(?:\(?[A-Za-z0-9]{1,2}\)?)?",
    ),
    HeaderRule(
        "PASSPORT",
        r"护照|passport|huzhao",
        r"(?=(?:\D{0,4}\d){4})[A-Za-z0-9 ]{6,14}",
        initials=r"hzhm?",
    ),
    HeaderRule(
        "STUDENT_NUMBER",
        r"学号|学生(?:编号|证号|代码| ?id(?![a-z]))|考生(?:号|编号|代码)|(?<![参])考号|"
        r"准考证|"
        r"报名(?:序)?号|座位号|考籍号|会考号|校园卡号|一卡通(?:号|卡号)|学生卡号|"
        r"借书证号|饭卡号|"
        r"(?<![a-z])(?:student|stu|pupil|candidate|exam(?:inee)?|admission ticket) ?"
        r"(?:id|no|num|number|code)(?![a-z])|xuehao|kaohao|kaoshenghao|zhunkaozheng",
        r"(?=.*\d)[A-Za-z]{0,6}[\d\-]{5,24}[A-Za-z]?",
        initials=r"xsbh|xsid|xsxh|ksh|kszh|zkzh|bmh|bmxh|kjh",
    ),
    HeaderRule(
        "STUDENT_NUMBER",
        r"(?!)",
        r"(?=.*\d)[A-Za-z]{0,6}\d[\d\-]{5,24}[A-Za-z]?",
        initials=r"xh",
    ),
    HeaderRule("STUDENT_NUMBER", r"(?!)", r"[A-Za-z]{0,4}\d{10,15}", initials=r"kh"),
    HeaderRule(
        "STAFF_NUMBER",
        r"工号|教工号|(?:教师|教职工|职工|员工|人员|人事)(?:编号|代码|号|"
        r" ?id(?![a-z]))|"
        r"(?<![a-z])(?:staff|employee|emp|teacher) ?(?:id|no|num|number|code)(?![a-z])|"
        r"gonghao",
        r"(?=.*\d)[A-Za-z]{0,6}[\d\-]{4,24}",
        initials=r"jgh|jzgh|gh|zgh|yggh|ygbh|rybh|jsbh",
    ),
    HeaderRule(
        "CN_RESIDENT_ID",
        r"身份证|身份号|身分证|(?<!许可)(?<!单位)(?<!机构)证件(?:号|编号)|公民身份|"
        r"(?<![a-z])(?<![a-z] )id ?(?:number|no|num)(?![a-z])|"
        r"(?<![a-z])id ?card(?![a-z])|"
        r"(?<![a-z])(?:identity|resident|citizen|national) ?(?:card|number|no|num)"
        r"(?![a-z])|(?<![a-z])(?:national|resident|citizen|personal|identity) ?id"
        r"(?![a-z])|identity card|shenfenzheng|zhengjianhao",
        _ANY_ID,
        initials=r"(?:xs|jz|js|jhr|fq|mq|ry|sq)?sfzj?(?:h|hm|id|num|no)?|(?:xs|"
        r"jz)?zjhm?|"
        r"gmsfhm|idcard(?:no)?|idno",
    ),
    HeaderRule(
        "BANK_CARD",
        r"银行卡|卡号|银行[账帐][号户]|(?:收款|工资|打款|个人)[账帐][号户]|储蓄卡|"
        r"工资卡|"
        r"bank ?(?:card|account)|(?:credit|debit) card|card ?(?:no|num|"
        r"number)(?![a-z])|"
        r"yinhangka",
        r"(?=(?:[ \-]{0,2}\d){12})[\d \-]{12,28}",
        initials=r"yhkhm?|yhzh",
    ),
    HeaderRule(
        "MOBILE",
        rf"手机(?!串)|移动电话|(?:{_PERSON}){_OWN}"
        r"(?:电话|联系方式|号码|phone|tel|mobile|contact)|"
        r"mobile|cell ?phone|shouji|yidongdianhua",
        r"(?=(?:[^\d]{0,4}\d){7})\+?[\d\-() .]{7,24}(?:转\d+)?|\d\.\d+[Ee]\+?\d+",
        initials=r"(?:xs|jz|js|jhr|fq|mq|lxr|ry)?sjhm?|(?:jz|jhr|fq|mq)(?:lx)?dh|"
        r"lxsjh?|yddh",
    ),
    HeaderRule("MOBILE", r"(?!)", _MOBILE, initials=r"sj|phonenum|mob|hp"),
    HeaderRule(
        "LANDLINE",
        r"电话|固话|座机|传真|联系方式|telephone|phone|(?<![a-z])fax(?![a-z])|"
        r"(?<![a-z])tel(?![a-z])|dianhua",
        _HOTLINE
        + r"(?:(?=(?:[^\d]{0,4}\d){7})\+?[\d\-() ]{7,30}(?:(?:转|ext\.?|x|#)\s?\d+)?|"
        r"\d\.\d+[Ee]\+?\d+)",
        initials=r"(?:xx|dw)?(?:lxdh|czdh|dhhm|bgdh|gddh|czhm|lxfs)",
    ),
    HeaderRule(
        "LANDLINE",
        r"(?!)",
        rf"{_MOBILE}|\(?0\d{{2,3}}\)?[ \-]?\d{{7,8}}",
        initials=r"(?:xx|dw)?dh",
    ),
    HeaderRule(
        "ONLINE_ACCOUNT",
        r"^(?!.*(?:学校|单位|机构|园所|平台)).*?(?:(?<![a-z])qq(?![a-z])|微信|wechat|"
        r"weixin|抖音|微博|钉钉|支付宝|即时通讯)",
        r"(?!https?:)[A-Za-z0-9_][\w\-.@]{4,40}",
        initials=r"qqh(?:m)?|wxh|wxid|jstxh",
    ),
    HeaderRule(
        "VEHICLE_PLATE",
        r"车牌|号牌号码|机动车号|(?:license|licence|number) ?plate|"
        r"plate ?(?:no|num|number)(?![a-z])|chepai",
        r"(?=.{0,4}[A-Za-z0-9])[\u3400-\u9fffA-Za-z]{0,3}[·\- ]?(?=[A-Za-z]{0,4}\d)"
        r"[A-Za-z0-9·\- ]{4,9}[\u3400-\u9fff]?",
        initials=r"cphm?",
    ),
    HeaderRule(
        "IP_ADDRESS",
        r"(?:登录|登陆|客户端|访问|访客|用户|来源|终端|上网|注册).{0,3}ip(?![a-z])|"
        r"^ip(?:v4|v6)?(?: ?(?:地址|address|addr))?$|"
        r"(?:client|login|remote|user|source|visitor) ?ip(?![a-z])",
        r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|[0-9A-Fa-f:]{6,39}",
    ),
    HeaderRule(
        "DEVICE_ID",
        r"(?<![a-z])(?:mac|imei|meid|idfa|oaid)(?![a-z])|串号|设备识别码",
        r"(?=(?:[^0-9]{0,4}[0-9]){4})[0-9A-Fa-f:\-. ]{12,40}",
    ),
    HeaderRule(
        "HOME_ADDRESS",
        rf"家庭(?:住址|地址)|住址|现住|户籍地址|户口(?:所在地|地址)|居住地址|"
        rf"(?:{_PERSON}){_OWN}(?:地址|住址)|(?:home|residential) ?addr|"
        r"jiating(?:zhuzhi|dizhi)",
        r"[^\u3400-\u9fff]*[\u3400-\u9fff].{3,}|\D*\d.*?[A-Za-z]{3}.*",
        initials=r"(?:xs|jz)?jt(?:zz|dz)|xzz|xzdz|hkdz|hjdz|zzdz|xjzd",
    ),
    HeaderRule(
        "BIRTH_DATE",
        r"出生|生日|birth|(?<![a-z])dob(?![a-z])|chusheng|shengri",
        _DATE,
        initials=r"(?:xs)?cs(?:rq|ny|nyr|nian)",
    ),
    HeaderRule(
        "OFFICER_NAME",
        r"(?:校长|园长|院长|书记|法定代表人|法人代表|法人|负责人|举办者)(?:姓名|"
        r"名字)?$|"
        r"^principal(?: ?name)?$|legal ?representative|^xzxm$",
        rf"{_NAME}(?:[、,，;；/ ]{_NAME}){{0,5}}",
    ),
    HeaderRule(
        "PERSON_NAME",
        rf"姓名|名字|曾用名|真实名|学生名|(?:{_KIN}|联系人|班主任|经办人|填表人|辅导员|"
        rf"导师|"
        rf"(?<!学)学生|考生|教师|任课(?:教师|老师)|作者|获奖人|申请人)(?:名|名称|"
        rf"name)?$|"
        r"(?:full|first|last|given|family|student|teacher|parent|guardian|sur)"
        r" ?name|^name$|xingming",
        rf"{_NAME}(?:[、,，;；/ ]{_NAME}){{0,5}}",
        initials=r"(?:jz|xs|js|jhr|lxr|fq|mq|cy|ry|hz|ks|bzr|yw|cy)?xm|xmpy|cym|lxr|"
        r"jhr|bzr",
    ),
]
#: What these hold are words, and no numbers among them: nothing is counted by their
#: names, and what stands beside them is theirs.
_WORDS = frozenset(
    ["PERSON_NAME", "OFFICER_NAME", "HOME_ADDRESS", "BIRTH_DATE", "LOCATION"]
)
_COMPILED = [
    (rule, re.compile(rule.header, re.I), re.compile(rule.initials or "(?!)"))
    for rule in RULES
]
_BIRTHS = re.compile(
    r"出生(?:地|人口|率|数|医学|缺陷|性别|体重|队列|婴儿|活产|总|证)|births(?![a-z])|"
    r"birth ?(?:rate|weight|order|place|count|number|certificate|year)|place of birth"
)

# 名 means a person only if the word before does not make it a thing's name.
_THING = re.compile(
    r"(?:学校|院校|单位|机构|课程|专业|科目|项目|活动|图书|书|教材|奖项|班级|区县?|"
    r"街道|部门|地|文件|品|产品|公司|企业|平台|系统|栏目|字段|指标|赛事|基地|社团|植物|"
    r"动物|中文|英文|全|简|别)名|(?:school|course|file|place|city|user|host|domain|"
    r"product|major|field|column|type|group|category|institution|university)[ _-]*name",
    re.I,
)


_PATH = re.compile(r"[./](?=[^\W\d])")


@lru_cache(maxsize=4096)
def header_rule(header: str) -> HeaderRule | None:
    """The rule that a column name falls under, or None; of a path (``学生.证件.sfzh``)
    the last name where the whole says nothing."""
    last = last_name(header)
    if (rule := _rule(header)) or last == header or _THING.search(forms(header).bare):
        return rule
    return _rule(last)


def last_name(header: str) -> str:
    """The last name of a path, as records give it: ``student.name`` -> ``name``."""
    return _PATH.split(header.strip())[-1] or header


def _rule(header: str) -> HeaderRule | None:
    form = forms(header)
    if not form.bare:
        return None
    codes = {form.code, form.last} - {""}
    if form.code != form.last == "xm" and not re.search(_PERSON, form.bare):
        codes.discard("xm")
    described = counts_things(header)
    thing = _THING.search(form.bare)
    for rule, pattern, initials in _COMPILED:
        if not (
            pattern.search(form.bare)
            or pattern.search(form.full)
            or any(initials.fullmatch(code) for code in codes)
        ):
            continue
        if described and rule.entity not in _WORDS:
            continue
        if rule.entity in ("PERSON_NAME", "OFFICER_NAME") and thing:
            continue
        if rule.entity == "BIRTH_DATE" and _BIRTHS.search(form.bare):
            continue
        return rule
    return None


@lru_cache(maxsize=256)
def cell_pattern(rule: HeaderRule) -> re.Pattern[str]:
    """What a normalised cell under such a column name looks like."""
    if rule.entity in _WORDS:
        return re.compile(rf"{_DRESS}(?:{rule.cell})\s*")
    return re.compile(rf"{_DRESS}(?:{rule.cell}){_REST}")


def cell_fits(rule: HeaderRule, text: str) -> bool:
    """Whether a normalised cell can be what its column's name announces."""
    return bool(cell_pattern(rule).fullmatch(text))
