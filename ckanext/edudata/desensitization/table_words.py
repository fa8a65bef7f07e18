"""What the names of a table's columns say about its rows: persons, institutions, works,
or numbers of people.

Sources: JY/T 1002-2012 (student and school elements), common English and pinyin names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from .text import normalise, simplified

QUASI = re.compile(
    r"性别|出生(?:年|日期|年月)?|年龄|民族|国籍|籍贯|户籍|户口|生源|政治面貌|班级|"
    r"年级|入学|"
    r"毕业(?:学校|院校|时间|年份)|就读|婚姻|职称|职业|工种|学历|血型|^班$|^所学专业$|"
    r"^(?:sex|gender|age|ethnicity|grade|class|nationality|occupation|birth.*|"
    r"year of birth|age[ _]?(?:band|group)|(?:post|zip)[ _]?code)$|"
    r"^(?:xbm?|mzm?|csny|csrq|bj|nj|jg|csdm|"
    r"zzmmm|hyzkm|gatqwm|xxm|gjdqm)$",
    re.I,
)
# Facts of one human being: a table with such a column is about people.
INTRINSIC = re.compile(
    r"性别|出生|年龄|民族|政治面貌|婚姻|血型|籍贯|"
    r"^(?:sex|gender|age|birth.*|ethnicity)$|"
    r"^(?:xbm?|mzm?|csny|csrq|zzmmm|hyzkm|xxm)$",
    re.I,
)
#: What is asked of people, or a number of them: 适合年龄, 性别要求, 少数民族人数.
_OF_NOBODY = re.compile(
    r"要求|限制|条件|适[用合宜]|接种|退休|法定|起始|开始|招生(?!年)|参考|推荐|建议|"
    r"标准|人口|出生[率地]|平均|"
    r"率$|比例?$|占比|"
    r"[人班次门个户总]?数(?:量|\(.*\))?$|数$|\([人个]\)$|特色|建[校园]|校龄|园龄|出版",
    re.I,
)
PLACE_QUASI = re.compile(
    r"^(?:学校(?:名称)?|就读学校|所在学校|院系|学院|专业|school|所在?区县?|区县?|"
    r"街道|街镇|乡镇|"
    r"居委会?|村居|社区|所在(?:街道|街镇|社区|居委)|邮编|邮政编码|district)$",
    re.I,
)
_SUBJECTS = (
    r"语文|数学|外语|英语|日语|俄语|物理|化学|生物|政治|道德与法治|思想政治|历史|"
    r"地理|体育|音乐|美术|科学|"
    r"信息(?:技术|科技)|文综|理综|综合|chinese|maths?|mathematics|english|physics|"
    r"chemistry|biology|history|geography"
)
#: Facts that only one's own record has: marks by subject, body, health, need, conduct.
OWN_FACT = re.compile(
    rf"^(?:{_SUBJECTS})(?:成绩|分数?|得分|等第|\(.*\)|_.*)?$|"
    r"^(?:身高|体重|肺活量|胸围|腰围|视力|左眼|右眼|裸眼|bmi|心率|血压)|(?:左眼|右眼|"
    r"裸眼)视力|"
    r"50米跑|坐位体前屈|立定跳远|跳绳|引体向上|仰卧起坐|[18]00米跑?|1000米跑?|"
    r"疾病|病史|病因|诊断|症状|既往|过敏|用药|体检结[果论]|残疾|障碍类[别型]|"
    r"健康状况|心理(?!咨询室)|量表|"
    r"贫困|低保|特困|困难(?:等级|类[别型]|认定|程度)|建档立卡|孤儿|留守|离异|单亲|"
    r"监护|父母|家庭(?:情况|经济|"
    r"结构|年?收入|类[别型])|处分|惩处|违纪|违规情况|犯罪|矫治|评语|操行|宗教|信仰|"
    r"指纹|人脸|虹膜|声纹|步态|基因|dna|"
    r"(?:^|[ _])(?:disability|health|diagnosis|religion|income|height|weight)$|^jkzkm$",
    re.I,
)
SUBJECT = re.compile(rf"^(?:{_SUBJECTS})(?:\(.*\)|_.*)?$", re.I)
SENSITIVE = re.compile(
    rf"成绩|分数|得分|总分|^(?:{_SUBJECTS})(?:\(.*\)|_.*|\d*)?$|排名|名次|位次|等第|"
    rf"绩点|评语|"
    r"操行|处分|惩处|违纪|奖惩|犯罪|矫治|健康|疾病|病史|病假|病因|诊断|症状|过敏|"
    r"用药|体检|残疾|障碍|"
    r"视力|身高|体重|肺活量|血型|血压|心率|bmi|心理|量表|贫困|低保|特困|资助|助学|"
    r"困难|建档立卡|减免|"
    r"孤儿|留守|离异|单亲|监护|父母|家庭(?:情况|经济|结构|类[别型])|宗教|信仰|民族|"
    r"政治面貌|党派|"
    r"党员|工资|收入|指纹|人脸|虹膜|声纹|步态|基因|"
    r"(?:^|[ _])(?:score|mark|marks|gpa|rank|disability|health|religion|ethnicity|race|"
    r"income|poverty|diagnosis|height|weight|fingerprint)$|"
    r"^(?:jkzkm|xyzjm|xxm|zzmmm|mzm)$",
    re.I,
)
#: The class of a person, which many share.
CLASS = re.compile(r"班级|^班$|^class$|^bj$|行政班|教学班", re.I)
COUNT = re.compile(
    r"人数|学生数|教师数|在校生|毕业生数|招生数|教职工数|专任教师|幼儿数|人次|合计人|"
    r"户数|"
    r"^(?:数量|合计|总计|小计|计数)$|head ?count|number of (?:students|pupils|teachers|"
    r"persons|people)|^count$|^n$",
    re.I,
)
RATE = re.compile(
    r"比例|占比|率(?:$|[(%])|均分|均值|平均(?!分?$)|百分比|百分位|中位|标准差|人均|"
    r"生均|"
    r"average|mean|median|rate|share|percent",
    re.I,
)
#: A rule for people and no person's own figure.
NORM = re.compile(
    r"标准|要求|参考|常模|限值|上限|下限|评分|单项得分|p\d{1,2}$|norm", re.I
)
#: Authors of published works are named on the works: a list of them is public.
AUTHOR = re.compile(
    r"^(?:第一)?(?:(?:作者|著者|编者|译者|绘者|诗人|词人|作家|责任者|作曲|作词|词曲|"
    r"(?:总|副)?主编|编著|编写|著|编|译|绘)[者人]?(?:姓名)?[（(）)/、,，和与及 ]*)+$|"
    r"^(?:authors?|editors?|translators?|composers?|poets?)(?:\(s\))?$",
    re.I,
)
WORK = re.compile(
    r"书名|书目|图书|教材|课本|名著|古诗|课文|诗名|诗题|篇目|篇名|曲名|曲目|歌名|"
    r"歌曲|题名|作品|"
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
    r"学校(?:标识码|代码|编码)|标识码|机构代码|信用代码|组织机构|专业代码|"
    r"课程(?:代码|编号)|"
    r"行政区划|区划代码|邮政编码|邮编|isbn|issn|条形?码|金额|经费|面积|订单|流水号|"
    r"时间戳|"
    r"timestamp|经度|纬度|longitude|latitude|major_code",
    re.I,
)
#: Numbers of rows, and what stands for a person whose number was taken away.
ORDER = re.compile(
    r"^(?:序号?|编号|行号|no\.?|#|id|index|假名|匿名(?:编号|号)|随机(?:编号|号)|"
    r"样本(?:编号|号))$",
    re.I,
)
#: Numbers that belong to one person: of the family, of days and prizes.
OF_ONE = re.compile(r"家庭|兄弟|姐妹|子女|同住|缺勤|缺课|获奖")
#: What rows are called that are things and no persons.
THING_NAME = re.compile(r"名称$|题目|标题|书名|品名|(?<![a-z_])title$", re.I)
CODE_LIKE = re.compile(
    r"(?<!序)号$|码|代码|编码|编号|标识|证号|学号|工号|考号|号码|电话|手机|传真|邮编|"
    r"(?:^|[ _-])(?:code|id|no|number|phone|tel|zip|isbn|issn)$",
    re.I,
)
#: Names and codes of institutions, told by the column's name alone.
INSTITUTION_KEY = re.compile(
    r"学校(?:标识码|代码|编码|名称|全称|中文名称?)|院校(?:代码|名称|标识码)|"
    r"幼儿园(?:名称)?$|"
    r"(?:单位|机构|企业|公司|场馆|博物馆|图书馆|医院|基地|园所|校区|学院|院系|高校|"
    r"大学|组织)(?:代码|名称|全称)|"
    r"校名|园名|学校$|单位$|机构$|院校$|高校$|大学$|统一社会信用代码|组织机构代码|"
    r"^xxmc$|^xxdm$|"
    r"^urn$|(?:school|institution|university|college|establishment|organi[sz]ation|"
    r"academy)"
    r"s?(?:[ _]?(?:name|code|id))?$",
    re.I,
)
#: Names of institutions where the cells bear it out.
INSTITUTION_LIKE = re.compile(
    r"^(?:名称|name|部门|处室|科室|内设机构|部门名称|处室名称|科室名称|职能部门|"
    r"承办部门|责任部门|责任处室|"
    r"学院|院系|系部|场馆|博物馆|图书馆|医院|企业|公司|基地|组织|园所|校区|站点|"
    r"服务点|中心|"
    r"考点|考点名称|学校名单|名单|department|office|organi[sz]ation)$",
    re.I,
)
#: Institutions that have a whole site, and no room in a building.
SCHOOL_KEY = re.compile(
    r"学校|幼儿园|园名|校名|园所|院校|高校|大学|^xxmc$|^xxdm$|school|university|"
    r"college|"
    r"academy",
    re.I,
)
#: Telephones and addresses that are no office's.
PRIVATE = re.compile(
    r"家庭|住宅|住址|宅电|私人|个人|家长|学生|监护|家属|亲属|配偶|紧急联系|本人|手机|"
    r"移动电话|"
    r"home|private|personal|parent|mobile",
    re.I,
)
MAIL = re.compile(r"邮|信箱|e-?mail|联系方式|联系电话|contact", re.I)
#: Whom an institution names for itself; others than its head stay persons.
HEAD = re.compile(
    r"校长|园长|院长|书记|法定代表人|法人|负责人|principal|head ?teacher|"
    r"legal ?representative|"
    r"^xzxm$",
    re.I,
)
NOT_HEAD = re.compile(r"副|助理|举办者|原任|前任|联系人|家长|班主任", re.I)
#: Who is named for an institution and not as the one that a row is about.
CONTACT = re.compile(
    r"联系人|经办|填表|填报|负责人|主任|老师|教师|校长|园长|院长|书记|法人|法定代表|"
    r"代表|管理员|责任人|"
    r"处长|科长|馆长|站长|所长|队长|教练|领队|组长|contact|principal|manager|"
    r"director|head",
    re.I,
)
SITE = re.compile(r"校区|分校|分部|分园|园区|园部|办学点|教学点|campus", re.I)


#: What is called so may be named after a person.
PLACE = re.compile(
    r"地名|地点|地区|区域|街道|街镇|[乡镇路村桥站河园楼馆]名?$|城市|小区|社区|居委|"
    r"国家|植物|动物|"
    r"品种|品名|产品|商品|菜|"
    r"^(?:city|town|place|country|street|area|region|product|species)s?$",
    re.I,
)


_LETTERS = re.compile(r"[a-z]+(?:[ _-][a-z]+)*", re.I)


@lru_cache(maxsize=1)
def _pinyin() -> dict[str, str]:
    """Column names in pinyin, whole or by initials (JY/T 1002-2012), in characters."""
    path = Path(__file__).parent / "recognizers" / "data" / "pinyin_headers.txt"
    return dict(line.split() for line in path.read_text("utf-8").splitlines())


@lru_cache(maxsize=4096)
def _plain(header: str) -> str:
    name = simplified(normalise(header)).strip()
    # Of a path in nested data the last part says what the cells are.
    last = re.split(r"[./]", name)[-1].strip()
    if _LETTERS.fullmatch(last):
        return _pinyin().get(re.sub(r"[ _-]", "", last).lower(), last)
    return name


def matches(pattern: re.Pattern[str], header: str) -> bool:
    return bool(pattern.search(_plain(header)))


def is_quasi(label: str) -> bool:
    """Whether a column's name says that it helps to tell a person from others."""
    return (matches(QUASI, label) or matches(PLACE_QUASI, label)) and not matches(
        _OF_NOBODY, label
    )


def is_intrinsic(label: str) -> bool:
    """Whether a column holds a fact that only a human being has."""
    return matches(INTRINSIC, label) and not matches(_OF_NOBODY, label)


def is_sensitive(label: str) -> bool:
    return matches(SENSITIVE, label) and not matches(RATE, label)
