"""What the names of a table's columns say about its rows: persons, institutions, works,
or numbers of people.

Sources: JY/T 1002-2012 (student and school elements), common English and pinyin names.
"""

from __future__ import annotations

import re

from .text import normalise, simplified

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


#: What is called so may be named after a person.
PLACE = re.compile(
    r"地名|地点|地区|区域|街道|街镇|[乡镇路村桥站河园楼馆]名?$|城市|小区|社区|居委|国家|植物|动物|"
    r"品种|品名|产品|商品|菜|"
    r"^(?:city|town|place|country|street|area|region|product|species)s?$",
    re.I,
)


def matches(pattern: re.Pattern[str], header: str) -> bool:
    return bool(pattern.search(simplified(normalise(header)).strip()))


def is_quasi(label: str) -> bool:
    """Whether a column's name says that it helps to tell a person from others."""
    return matches(QUASI, label) or matches(PLACE_QUASI, label)
