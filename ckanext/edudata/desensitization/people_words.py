"""Which columns and rows of a table count people, and whether an attribute of persons
breaks them down. Words only; a number says nothing about what it counts.

Sources: tables of the national statistics of education (教基、教职、教督 forms), GB/T
35273-2020 annex B for what is sensitive, common English names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from .text import normalise, simplified

#: Roles of a column: none; people in any case; people if an attribute breaks them down;
#: numbers of what the row's unit says; numbers of what the row's first cell says.
NONE, ALWAYS, IF_TOLD, BY_UNIT, BY_ROW = 0, 1, 2, 3, 4

NUMBER = re.compile(r"(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.0+)? ?[人名个位]?")
UP_TO = re.compile(r"[<≤＜] ?\d{1,2}|(?:少于|小于|不足|不到) ?\d{1,2} ?[人名]?|1-[2-9]")

_ETHNIC = (
    "汉|满|回|藏|壮|苗|彝|蒙古|维吾尔|哈萨克|朝鲜|土家|布依|侗|瑶|白|傣|黎|畲|羌|"
    "撒拉|柯尔克孜|锡伯|达斡尔|塔吉克|仡佬|高山"
)
#: An attribute of persons that breaks a number of people down, in a label or a row.
_ATTRIBUTE = re.compile(
    r"性别|(?:^|[^子])[男女](?:生|性|童|孩|婴|教|学|幼|职|[(人数_:、/]|$)|"
    r"残疾|残障|视障|听障|智障|视力|听力(?!理解|测)|言语障|肢体|智力|精神|自闭|"
    r"孤独症|脑瘫|多动|"
    r"随班就读|送教上门|特殊(?:教育需|儿童|学生|体质)|"
    rf"民族(?!$|[中小]学|学校|学院|大学|团结|[路街])|(?:^|[^一-龥])(?:{_ETHNIC})族|"
    rf"(?:{_ETHNIC})族(?:学生|"
    rf"人|$)|"
    r"宗教|信教|政治面貌|党员|团员(?!会)|群众$|"
    r"贫困|低保|特困|困难|低收入|资助|助学|补助(?:人|学生)|减免|孤儿|留守|单亲|离异|"
    r"无人抚养|烈士|"
    r"随迁|农民工|进城务工|流动人口|外来|非?(?:本市|沪|本地|农业|城镇)户?籍|港澳台|"
    r"华侨|归侨|"
    r"年龄|\d ?岁|周岁|患|疾病|病(?![房毒]|害|虫)|近视|肥胖|超重|消瘦|营养不良|贫血|龋|"
    r"心理|抑郁|焦虑|自杀|自伤|传染|感染|确诊|死亡|受伤|伤亡|溺|欺凌|性侵|处分|违纪|"
    r"违法|犯罪|涉毒|"
    r"吸毒|失学|辍学|退学|休学|开除|复学|转学|留级|怀孕|未婚|已婚|"
    r"(?<![a-z])(?:fe)?males?(?![a-z])|(?<![a-z])(?:boys?|girls?|men|women|sex|"
    r"gender)(?![a-z])|"
    r"disab|ethnic|minorit|poverty|free (?:school )?meals?|religio|orphan|migrant|"
    r"(?<![a-z])age[ds]?(?![a-z])|obes|illness|disease|suicid|pregnan|expel|"
    r"exclu(?:ded|sion)|"
    r"special (?:educational )?needs?|(?<![a-z])sen(?![a-z])",
    re.I,
)  # fmt: skip
#: A column whose cells are such attributes, whatever they are called.
_ATTRIBUTE_COLUMN = re.compile(
    r"性别|民族|年龄|政治面貌|婚姻|残疾|障碍|户籍|户口|国籍|宗教|血型|健康|病种|病因|"
    r"资助|困难|"
    r"(?:^|[ _])(?:sex|gender|age|ethnicity|race|religion|disability)(?:[ _]|$)",
    re.I,
)
_PUPIL = re.compile(
    r"学生|在校生|在园|幼儿|儿童|婴幼|新生|入学|毕业生|结业生|肄业|招生|录取|考生|"
    r"[住寄走]\w?生|高中生|初中生|小学生|中职生|本科生|专科生|研究生|博士生|硕士生|"
    r"留学生|交换生|"
    r"在读|就读|插班|借读|学员|少年|未成年|人口|居民|家长|孩子|pupil|student|child|"
    r"enrol|infant|"
    r"population",
    re.I,
)
_STAFF = re.compile(
    r"教职工|教职员|教师|师资|专任|职工|员工|保安|校医|保健|保育|厨师|人员|职员|教员|"
    r"管理者|行政|"
    r"教辅|工勤|后勤|辅导员|班主任|教授|讲师|助教|博士|硕士|导师|骨干|带头人|特级|"
    r"高级|中级|初级|外教|"
    r"外聘|兼职|编内|编外|在编|在岗|离退休|退休|staff|teacher|faculty|employee|"
    r"professor|lecturer",
    re.I,
)
#: People who take part in something or whom it is meant for: not a group of persons
#: that shares an attribute.
_EVENT = re.compile(
    r"参赛|参加|获奖|报名|队|志愿|与会|参会|出席|培训|参训|评委|裁判|嘉宾|专家|委员|"
    r"代表|观众|听众|"
    r"访客|用户|粉丝|关注|注册|投票|浏览|点击|演员|主讲|授课|指导|contestant|visitor|"
    r"user|audience",
    re.I,
)
_HEADS = re.compile(
    r"人数|(?<!\w)人次|总人|[生童师工员]总?数|(?:人口|家长|居民)总?数|总数$|"
    r"(?:幼儿|儿童|教授|博士|硕士|在校生|在园|党员|团员|孤儿)(?:总?数|$)|"
    r"\((?:单位:?)?[人名]\)|[(_/,: ][人名]$|"
    r"(?:在校|毕业|寄宿|住宿|走读|男|女)生(?:总?数|合计|$)|(?:招|新|考|学)生合计|"
    r"head ?count|(?:number|no\.?|count|total) of (?:students|pupils|teachers|staff|"
    r"children|"
    r"persons|people|girls|boys|women|men)|(?:student|pupil|teacher|staff|"
    r"child)s? ?_?count|"
    r"(?:^|_| )(?:students|pupils|teachers|children|enrol\w*|headcount|population|"
    r"n_students)$",
    re.I,
)
#: Names of columns that hold an attribute and no number, even where codes stand there.
_CATEGORY = re.compile(
    r"(?:性别|民族|年龄段?|政治面貌|婚姻|国籍|籍贯|户籍|户口|血型|等级|级别|类别|"
    r"类型|状况|情况|名称|原因|"
    r"(?:^|[ _])(?:gender|sex|age|age.?group|ethnicity|religion|race|disability))(?:码|"
    r"代码)?$",
    re.I,
)
_BARE = re.compile(r"学生|教师|教职工|职工|员工|幼儿|新生|考生|儿童")
_SEX = re.compile(
    r"(?:^|[_:、(/ ])(?:其中:?)?[男女](?:生|性|童|孩|教师|教职工|学生|幼儿|"
    r"职工)?(?:人?数)?(?:\([人名]\))?$|"
    r"(?:^|[_ ])(?:fe)?male(?:s|_students|_pupils|_count)?$|(?:^|[_ ])(?:boys|girls|"
    r"men|women)$",
    re.I,
)
_GENERIC = re.compile(
    r"^(?:数量|数值|数|人|合计|总计|小计|计|总数|共计|count|n|total|value|number|"
    r"(?:19|20)\d\d ?年?(?:度|学年)?|(?:19|20)\d\d-(?:19|20)?\d\d学年|本[年期]|"
    r"上[年期]|去年|"
    r"本?年末|期末)(?:数|值)?$|_(?:合计|总计|小计|计|数量)$",
    re.I,
)
_NOT_PEOPLE = re.compile(
    r"家庭(?:总?人|成员)|兄弟|姐妹|子女数|同住|万人|千人|百人|亿|人均|生均|师均|均|"
    r"平均|率|比|占|%|‰|百分|指数|计划|名额|"
    r"指标数|编制|核定|学位数|"
    r"容量|容纳|载客|额定|限|上限|下限|最[多少低高大小]|至少|至多|不少于|不超过|座|"
    r"床位|岗位|拟聘|拟招|"
    r"招聘|需求|空缺|缺额|缺口|缺编|人时|课时|学时|学分|工时|班级?数|班数|校数|所数|"
    r"园数|课程|节数|书|册|本数|元|"
    r"金额|经费|工资|费|面积|平方|公里|米|分数|成绩|得分|总分|均分|分值|名次|排名|"
    r"排序|序号|编号|代码|号$|"
    r"组数|项数|件数|次数|天数|套数|台数|间数|个数|机构数|单位数|岁数|年数|户数|"
    r"average|mean|median|rate|ratio|share|percent|per |capacity|planned?|vacanc|quota|"
    r"posts?$|score|rank|amount|budget|area|hours?|credits?|"
    r"(?:book|class|school|course|room)(?:s|es)?(?:$|[ _]count)|(?:^|[_ ])id$|code",
    re.I,
)
#: What a table is called whose numbers of people are places or limits.
_PLACES = re.compile(
    r"招生计划|招聘|岗位|名额|编制|招录计划|学位|容量|配置标准|编班标准|评分标准|"
    r"体质健康标准|限报|需求"
)
#: A column of what is asked of those who are to come: nobody holds the post yet.
_ASKED = re.compile(r"(?:专业|学历|学位|任职|资格|应聘|报考|招聘)(?:要求|条件)")
_PERSON_UNIT = re.compile(
    r"(?:单位|计量单位|unit) ?[:：] ?(?:人|名|persons?|people)(?![均次])"
)
_TOTAL_LABEL = re.compile(
    r"合计|总计|小计|共计|总数|总人数|(?:^|_)计$|全[市区县校国省]|(?:^|"
    r"[ _])(?:sub)?totals?(?:$|[ _])|^all$",
    re.I,
)
_TOTAL_ROW = re.compile(
    r".{0,16}?(?:合 ?计|总 ?计|共 ?计|总 ?数|汇 ?总)|(?:总|合) ?计.{0,6}|计|"
    r"全[市区县校国省园院系](?:合计|总计)?|(?:grand )?totals?|all|overall",
    re.I,
)
_SUBTOTAL_ROW = re.compile(r".{0,16}?小 ?计|.{0,30}?sub-?totals?|.{1,30} total", re.I)
_TOTAL_PART = re.compile(
    r"合 ?计|总 ?计|共 ?计|小 ?计|总 ?数|汇 ?总|^计$|^全[市区县校国省园院系]|"
    r"(?:sub-?|grand )?totals?|^all$|"
    r"^overall$|[\s:：]+",
    re.I,
)
_ORDER = re.compile(r"^(?:序号?|编号|no\.?|#|行号|行次|代码|id)$", re.I)
#: A first column of kinds: what is counted stands in it.
_KINDS = re.compile(
    r"|(?:统计)?(?:类别|指标|项目|分类|类型|内容|栏目|人员|人员类别|学生类别|"
    r"学生类型|指标名称|项目名称)|"
    r"category|indicator|item|type",
    re.I,
)
_INSTITUTION = re.compile(
    r"(?:大学|学院|学校|[中小]学|高中|初中|幼儿园|托[儿育]所|园|中心|联合会|协会|"
    r"医院|局|处|科|馆|"
    r"school|university|college|institute)(?:[(].{1,20}[)])?$",
    re.I,
)


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    return simplified(normalise(text)).strip()


@lru_cache(maxsize=8192)
def tells(text: str) -> bool:
    """Whether a short text in a row names an attribute of persons: 女, 残疾学生."""
    said = plain(text)
    if len(said) > 40 or _INSTITUTION.search(said):
        return False
    return bool(_ATTRIBUTE.search(said))


@lru_cache(maxsize=8192)
def is_pupils(text: str) -> bool:
    said = plain(text)
    return not _INSTITUTION.search(said) and bool(_PUPIL.search(said))


def is_person_unit(text: str) -> bool:
    return plain(text) in ("人", "名", "person", "persons", "people")


@lru_cache(maxsize=65_536)
def total_row(text: str | None) -> str:
    """``all`` for 合计, 全市 and the like, ``sub`` for 小计, else nothing."""
    if not text or len(text) > 40:
        return ""
    said = plain(text)
    if _SUBTOTAL_ROW.fullmatch(said) and not _TOTAL_ROW.fullmatch(said):
        return "sub"
    return "all" if _TOTAL_ROW.fullmatch(said) else ""


@lru_cache(maxsize=65_536)
def group_name(text: str) -> str:
    """What is left of a row's first cell without the words of a total."""
    return _TOTAL_PART.sub("", plain(text)) if total_row(text) else plain(text)


def told_by(labels: Sequence[str], title: str) -> bool:
    """Whether the title, or a column of attributes, breaks every number down."""
    if _ATTRIBUTE.search(title_words(title)):
        return True
    return any(
        _ATTRIBUTE_COLUMN.search(said) and not _is_count(said)
        for said in map(plain, labels)
    )


@lru_cache(maxsize=1024)
def title_words(title: str) -> str:
    """Of a title only the words that matter here (a title may name somebody)."""
    said = plain(title)
    found = [
        match[0]
        for pattern in (_ATTRIBUTE, _PLACES, _PERSON_UNIT, _PUPIL, _STAFF)
        for match in pattern.finditer(said)
    ]
    return " ".join(dict.fromkeys(found))


@lru_cache(maxsize=8192)
def names_count(text: str) -> bool:
    """Whether a row's text says that numbers of people follow: 残疾学生数."""
    return _is_count(plain(text))


def in_persons(title: str) -> bool:
    """Whether the title gives people as the unit of all numbers."""
    return bool(_PERSON_UNIT.search(title_words(title)))


def unit_column(labels: Sequence[str]) -> int:
    for place, label in enumerate(labels):
        if re.fullmatch(r"(?:计量)?单位|unit", plain(label), re.I):
            return place
    return -1


def leading_column(labels: Sequence[str]) -> int:
    """The first column that is not just a number of the row."""
    for place, label in enumerate(labels):
        if not _ORDER.fullmatch(plain(label)):
            return place
    return 0


def _is_count(said: str) -> bool:
    if _NOT_PEOPLE.search(said):
        return False
    return bool(_HEADS.search(said) or _SEX.search(said))


def roles(labels: Sequence[str], title: str = "") -> list[int]:
    """For each column one of the roles above."""
    said = [plain(label) for label in labels]
    title = title_words(title)
    if _PLACES.search(title) or any(map(_ASKED.search, said)):
        return [NONE] * len(said)
    counts = [_is_count(text) for text in said]
    by_unit = bool(_PERSON_UNIT.search(title))
    # 学校 | 学生 | 教师: one of them alone may hold who it is.
    bare = sum(bool(_BARE.fullmatch(text)) for text in said)
    unit = unit_column(labels) >= 0
    found = []
    for text, is_count in zip(said, counts, strict=True):
        generic = bool(_GENERIC.search(text)) and not _NOT_PEOPLE.search(text)
        attribute = bool(_ATTRIBUTE.search(text)) and not _NOT_PEOPLE.search(text)
        if _CATEGORY.search(text) and not is_count:
            found.append(NONE)
            continue
        role = NONE
        if is_count:
            role = _by_kind(text, title)
        elif (generic or attribute) and (by_unit or any(counts)):
            # 合计 beside 男 and 女; 残疾 under a title that says 单位：人.
            role = ALWAYS if attribute else _by_kind(text, title)
        elif (
            (by_unit or any(counts) or bare >= 2)
            and not _NOT_PEOPLE.search(text)
            and (_BARE.fullmatch(text) or (by_unit and _is_group(text)))
        ):
            role = _by_kind(text, title)
        elif generic and unit:
            role = BY_UNIT
        found.append(role)
    lead = leading_column(labels)
    crossed = bool(said) and bool(_KINDS.fullmatch(said[lead]))
    if not any(found) and (crossed or by_unit) and not unit:
        # Kinds of people down the side, schools or years along the top.
        return [
            BY_ROW if _may_count(text, i, lead) else NONE for i, text in enumerate(said)
        ]
    return found


def _is_group(said: str) -> bool:
    return bool(_PUPIL.search(said) or _STAFF.search(said))


def _may_count(said: str, place: int, lead: int) -> bool:
    other = _NOT_PEOPLE.search(said) or _CATEGORY.search(said) or _ORDER.fullmatch(said)
    return place > lead and bool(said) and not other


def _by_kind(text: str, title: str) -> int:
    if _ATTRIBUTE.search(text) or _SEX.search(text):
        return ALWAYS
    if _EVENT.search(text):
        return IF_TOLD
    if _PUPIL.search(text):
        return ALWAYS
    if _STAFF.search(text) or (_STAFF.search(title) and not _PUPIL.search(title)):
        return IF_TOLD
    return ALWAYS


def sums(
    labels: Sequence[str], found: Sequence[int]
) -> list[tuple[int, tuple[int, ...]]]:
    """Columns that may be sums of others: (the total, its parts). Rows bear it out."""
    said = [plain(label) for label in labels]
    counted = [i for i, role in enumerate(found) if role]
    sexes = [i for i in counted if _SEX.search(said[i])]
    totals = [
        i for i in counted
        if i not in sexes and (_TOTAL_LABEL.search(said[i]) or _whole(said[i]))
    ]  # fmt: skip
    made: dict[tuple[int, tuple[int, ...]], None] = {}
    for total in totals:
        after = _run(total, counted, totals, 1)
        before = _run(total, counted, totals, -1)
        for parts in (after, before, _pair(total, sexes, said)):
            if len(parts) >= 2:
                made[total, tuple(sorted(parts))] = None
    return list(made)


def complements(labels: Sequence[str], found: Sequence[int]) -> list[tuple[int, int]]:
    """(total, 女) where the other sex has no column: the total gives it away."""
    said = [plain(label) for label in labels]
    counted = [i for i, role in enumerate(found) if role]
    made = []
    for i in counted:
        if not _SEX.search(said[i]) or i - 1 not in counted:
            continue
        before = said[i - 1]
        alone = not (
            _SEX.search(before) or (i + 1 in counted and _SEX.search(said[i + 1]))
        )
        if alone and (_TOTAL_LABEL.search(before) or _whole(before)):
            made.append((i - 1, i))
    return made


def _whole(said: str) -> bool:
    return not _ATTRIBUTE.search(said) and not re.search("其中|of which", said)


def _run(start: int, counted: list[int], totals: list[int], step: int) -> list[int]:
    """The counted columns that stand beside a total, up to the next total."""
    parts = []
    place = start + step
    while place in counted and place not in totals:
        parts.append(place)
        place += step
    return parts


def _pair(total: int, sexes: list[int], said: list[str]) -> list[int]:
    """The two columns of the sexes that stand next to a total."""
    near = [i for i in sexes if abs(i - total) <= 2]
    return near if len(near) == 2 else []
