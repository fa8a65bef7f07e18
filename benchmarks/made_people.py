"""Made tables about persons: rosters with and without names, counts, school lists; and
what of a person may stand in one cell. Nobody exists."""

# ruff: noqa: E501
from __future__ import annotations

import base64
from collections.abc import Callable

from benchmarks.made import WORDS, Case, Maker, Table
from benchmarks.made_clean import dressed
from benchmarks.made_numbers import NUMBERS, birth

_MAKE = {f"{n.entity} {n.form}".strip(): n.make for n in NUMBERS}
_NATIONS = [
    "汉族",
    "汉族",
    "汉族",
    "汉族",
    "回族",
    "满族",
    "维吾尔族",
    "藏族",
    "苗族",
    "土家族",
]


def _pick(text: str) -> Callable[[Maker], str]:
    words = text.split()
    return lambda m: m.chance.choice(words)


def _between(low: float, high: float, decimals: int = 0) -> Callable[[Maker], str]:
    return lambda m: f"{m.chance.uniform(low, high):.{decimals}f}"


def _born(m: Maker) -> str:
    return birth(m, m.day_form)


Field = tuple[str, Callable[[Maker], str], list[str]]
#: Name: (entity or "", how it is made, its column's names in :data:`STYLES`).
FIELDS: dict[str, Field] = {
    "name": ("PERSON", Maker.name, ["姓名", "name", "xingming", "xm", "XM"]),
    "pupil": ("PERSON", Maker.name, ["学生姓名", "student_name", "xueshengxingming", "xsxm", "XSXM"]),
    "parent": ("PERSON", Maker.name, ["监护人姓名", "guardian name", "jianhurenxingming", "jhrxm", "JHRXM"]),
    "coach": ("PERSON", Maker.name, ["指导教师", "teacher name", "zhidaojiaoshi", "jsxm", "JSXM"]),
    "identity": ("CN_RESIDENT_ID", _MAKE["CN_RESIDENT_ID 18"], ["身份证号", "id_card_no", "shenfenzhenghao", "sfzh", "SFZJH"]),
    "mobile": ("MOBILE", _MAKE["MOBILE"], ["手机号码", "mobile", "shoujihao", "sjh", "SJHM"]),
    "phone": ("MOBILE", _MAKE["MOBILE"], ["家长联系电话", "parent phone", "jiazhangshouji", "jzdh", "JZDH"]),
    "card": ("BANK_CARD", _MAKE["BANK_CARD"], ["银行卡号", "bank_card", "yinhangkahao", "yhkh", "YHKH"]),
    "mail": ("EMAIL", _MAKE["EMAIL"], ["电子邮箱", "email", "youxiang", "dzyx", "DZXX"]),
    "born": ("BIRTH_DATE", _born, ["出生日期", "date_of_birth", "chushengriqi", "csrq", "CSRQ"]),
    "home": ("HOME_ADDRESS", Maker.home, ["家庭住址", "home address", "jiatingzhuzhi", "jtzz", "XZZ"]),
    "number": ("STUDENT_NUMBER", _MAKE["STUDENT_NUMBER 学号"], ["学号", "student_no", "xuehao", "xsxh", "XH"]),
    "ticket": ("STUDENT_NUMBER", _MAKE["STUDENT_NUMBER 考生号"], ["准考证号", "candidate no", "zhunkaozhenghao", "zkzh", "KSH"]),
    "register": ("STUDENT_REGISTRATION", _MAKE["STUDENT_REGISTRATION G"], ["学籍号", "xueji hao", "xuejihao", "xjh", "XJH"]),
    "staff": ("STAFF_NUMBER", _MAKE["STAFF_NUMBER"], ["工号", "staff_id", "gonghao", "gh", "GH"]),
    "plate": ("VEHICLE_PLATE", _MAKE["VEHICLE_PLATE"], ["车牌号", "plate_no", "chepaihao", "cph", "CPH"]),
    "sex": ("", _pick("男 女"), ["性别", "gender", "xingbie", "xb", "XBM"]),
    "class": ("", lambda m: f"七（{m.chance.randint(1, 8)}）班", ["班级", "class", "banji", "bj", "BJMC"]),
    "nation": ("", _pick(" ".join(_NATIONS)), ["民族", "ethnicity", "minzu", "mz", "MZM"]),
    "mark": ("", _between(40, 100), ["数学成绩", "math score", "shuxuechengji", "sxcj", "SXCJ"]),
    "rank": ("", _between(1, 400), ["年级排名", "rank", "paiming", "pm", "PM"]),
    "height": ("", _between(120, 185, 1), ["身高(cm)", "height_cm", "shengao", "sg", "SG"]),
    "weight": ("", _between(25, 90, 1), ["体重(kg)", "weight_kg", "tizhong", "tz", "TZ"]),
    "sight": ("", _between(3.8, 5.2, 1), ["左眼视力", "left vision", "zuoyanshili", "zysl", "ZYSL"]),
    "illness": ("", _pick("无 无 无 哮喘 先天性心脏病 癫痫 过敏性鼻炎"), ["既往病史", "medical history", "jiwangbingshi", "jwbs", "JKZKM"]),
    "poor": ("", _pick("特别困难 一般困难 低保 建档立卡"), ["困难等级", "poverty level", "kunnandengji", "kndj", "KNDJ"]),
    "amount": ("", _pick("500 750 1000 1500"), ["资助金额", "amount", "zizhujine", "zzje", "ZZJE"]),
    "disabled": ("", _pick("无 无 无 视力残疾 听力残疾 智力残疾"), ["残疾类别", "disability", "canjileibie", "cjlb", "CJLXM"]),
    "party": ("", _pick("群众 共青团员 中共党员 少先队员"), ["政治面貌", "political status", "zhengzhimianmao", "zzmm", "ZZMMM"]),
    "faith": ("", _pick("无 无 佛教 伊斯兰教 基督教"), ["宗教信仰", "religion", "zongjiaoxinyang", "zjxy", "ZJXYM"]),
    "prize": ("", _pick("一等奖 二等奖 三等奖"), ["奖项", "award", "jiangxiang", "jx", "JX"]),
    "school": ("", Maker.school, ["学校", "school", "xuexiao", "xx", "XXMC"]),
    "room": ("", lambda m: f"{m.chance.randint(1, 9)}号楼{m.digits(3)}", ["宿舍", "dorm room", "sushe", "ss", "SSH"]),
    "seat": ("", _between(1, 30), ["座位", "seat", "zuowei", "zw", "ZW"]),
}  # fmt: skip
STYLES = ("Chinese", "English", "pinyin", "initials", "JY/T codes", "none")
ROSTERS = {
    "pupils": "pupil identity sex born class phone home",
    "register": "register name sex nation class",
    "teachers": "name staff identity mobile mail",
    "guardians": "pupil parent phone home class",
    "examinees": "ticket name school seat",
    "marks": "number name class mark rank",
    "health records": "name class height weight sight illness",
    "poverty aid": "name identity card poor amount",
    "winners": "name school prize coach",
    "boarders": "number name room phone",
    "payroll": "staff name card amount",
    "visitors": "name mobile plate",
}
NAMELESS = {
    "birth, sex, class": "born sex class mark",
    "body measures": "sex class height weight sight",
    "marks and ranks": "class sex nation mark rank",
    "illness": "sex class nation illness",
    "disability": "sex class disabled amount",
    "aid": "class sex poor amount nation",
    "party and faith": "sex nation party faith class",
}


def _table(m: Maker, fields: str, style: str, rows: int) -> Table:
    names = fields.split()
    place = STYLES.index(style)
    head = [] if style == "none" else [[FIELDS[n][2][place] for n in names]]
    return head + [[FIELDS[n][1](m) for n in names] for _ in range(rows)]


#: Numbers that only their column's name tells from others.
_NAMED = {"STAFF_NUMBER", "STUDENT_NUMBER", "BIRTH_DATE"}
Labels = set[tuple[int, str]]


def _labels(fields: str, style: str) -> tuple[Labels, Labels]:
    """What must be found, and what may be."""
    every = {(n, FIELDS[name][0]) for n, name in enumerate(fields.split())}
    named = {(n, entity) for n, entity in every if entity in _NAMED}
    must = {(n, entity) for n, entity in every if entity}
    if style != "none":
        return must, set()
    # The first row may be taken for names of columns, and is then found among them.
    return must - named, named | {(-1, entity) for _, entity in must}


def roster(m: Maker, kind: str, style: str) -> Case:
    """With title, groups of classes or a note as it comes."""
    rows = m.chance.choice([8, 20, 45])
    table = _table(m, ROSTERS[kind], style, rows)
    wide = len(table[0])
    if style != "none":
        if m.chance.random() < 0.25:
            place = rows // 2
            table.insert(place, [f"{m.word('school')}中学"] + [""] * (wide - 1))
        title = m.chance.choice(["名册", "情况登记表", "信息汇总", "一览表"])
        table = dressed(m, table, f"{m.word('school')}中学{title}", first=False)
    must, may = _labels(ROSTERS[kind], style)
    return Case(f"roster: {kind}", table, must, form=style, spare=may)


def nameless(m: Maker, kind: str, style: str) -> Case:
    """Told apart by what is not a name: blocked or restricted, never clear."""
    table = _table(m, NAMELESS[kind], style, 40)
    allowed = ("restricted", "blocked")
    must, may = _labels(NAMELESS[kind], style)
    kind = f"no names: {kind}"
    return Case(kind, table, verdicts=allowed, form=style, spare=must | may)


def counts(m: Maker, small: bool) -> Case:
    """Numbers of people by personal attributes, with or without small cells."""
    what = m.chance.choice(
        [
            ["女生数", "少数民族学生数"],
            ["残疾学生数", "随班就读学生数"],
            ["困难学生人数", "低保学生人数"],
            ["少数民族教师人数", "党员教师人数"],
            ["患哮喘人数", "近视人数"],
        ]
    )
    table = [["学校", "学生总数", *what]]
    for school in m.schools(25):
        total = m.chance.randint(600, 1200)
        table.append(
            [school, str(total), *(str(m.chance.randint(20, 200)) for _ in what)]
        )
    if small:
        for place in m.chance.sample(range(1, 26), 4):
            table[place][m.chance.choice([2, 3])] = str(m.chance.randint(1, 4))
    verdicts = ("restricted",) if small else ("clear",)
    kind = "counts with small cells" if small else "counts without small cells"
    return Case(kind, dressed(m, table, "学生情况统计"), verdicts=verdicts)


_HEADS = [
    ("学校名称", "学校地址", "办公电话", "校长", "学校邮箱"),
    ("单位", "地址", "联系电话", "负责人", "电子邮箱"),
    ("校名", "校址", "招生咨询电话", "书记", "邮箱"),
    ("幼儿园名称", "园址", "电话", "园长", "email"),
    ("School name", "Address", "Telephone", "Principal", "Email"),
    ("XXMC", "XXDZ", "LXDH", "XZXM", "DZXX"),
]


_WRONG = {
    "mobile": "MOBILE",
    "home address": "HOME_ADDRESS",
    "resident ID": "CN_RESIDENT_ID",
    "bank card": "BANK_CARD",
    "home beside the school's": "HOME_ADDRESS",
}


def school_list(m: Maker, wrong: str = "") -> Case:
    """One row for each institution; with one number of a person it does not pass."""
    wide = m.chance.randint(3, 5)
    rows = m.chance.choice([12, 30, 60])
    table = [list(m.chance.choice(_HEADS)[:wide])]
    for school in m.schools(rows):
        line = f"021-{m.chance.choice('56')}{m.digits(7)}"
        post = f"office{m.digits(2)}@{m.chance.choice(['sh.edu.cn', 'xhedu.sh.cn'])}"
        table.append([school, m.road(), line, m.name(), post][:wide])
    if not wrong:
        return Case("school list", dressed(m, table, "学校名录"), verdicts=("clear",),
                    institutions=True)  # fmt: skip
    make, column = {
        "mobile": (_MAKE["MOBILE"], 2),
        "home address": (lambda m: f"家住{m.home()}", 1),
        "resident ID": (_MAKE["CN_RESIDENT_ID 18"], 2),
        "bank card": (_MAKE["BANK_CARD"], 2),
        "home beside the school's": (Maker.home, 1),
    }[wrong]
    row = m.chance.choice([rows // 2, rows])
    table[row][column] = make(m)
    entity = _WRONG[wrong]
    return Case(f"school list, one {wrong}", table, {(column, entity)},
                institutions=True, row=row + 1, form="needle")  # fmt: skip


NAMES: dict[str, Callable[[Maker], str]] = {
    "Han": Maker.name,
    "compound": Maker.compound,
    "minority": Maker.minority,
    "pinyin": Maker.pinyin,
    "English order": Maker.english_order,
    "with blanks": lambda m: " ".join(m.name(2)),
    "with class": lambda m: f"{m.name()}（七{m.chance.randint(1, 9)}班）",
}


def names(m: Maker, kind: str, cells: int) -> Case:
    """A column of names whose own name says nothing, beside others."""
    table = [["a", "b"]] + [[NAMES[kind](m), str(n)] for n in range(1, cells + 1)]
    return Case(f"names: {kind}", table, {(0, "PERSON")}, form=f"{kind} {cells}")


def words(m: Maker, kind: str, cells: int) -> Case:
    """A column of words that are no names, under the same column name."""
    whole = {"school": "中学", "road": "路"}.get(kind, "")
    have = [word + whole for word in m.half(WORDS[kind])]
    chosen = [have[n % len(have)] for n in range(cells)]
    m.chance.shuffle(chosen)
    table = [["a", "b"]] + [[word, str(n)] for n, word in enumerate(chosen, 1)]
    return Case("words", table, verdicts=("clear",), form=f"words {cells}")


_NOT_WORDS = {"compound", "minority", "tibetan", "mongol", "作者"}
WORD_KINDS = [kind for kind in WORDS if kind not in _NOT_WORDS]


def _cn_day(m: Maker) -> str:
    day = m.day(1960, 2018)
    return f"{day.year}年{day.month}月{day.day}日"


def _picture(m: Maker) -> str:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x40\x08\2\0\0\0"
    return (
        "data:image/png;base64,"
        + base64.b64encode(head + m.chance.randbytes(400)).decode()
    )


_TEXT = (
    "该生{0}因病休学一学期", "{0}同学在校内表现良好", "经查，{0}家庭困难", "由{0}老师负责整理",
    "请与家长{0}联系", "{0}的监护人已签字", "已将材料交给{0}",
)  # fmt: skip
#: What is in no registry of numbers: (entity, form, how a cell holds it).
CELLS: list[tuple[str, str, Callable[[Maker], str]]] = [
    ("PERSON", "three characters", lambda m: m.name(3)),
    ("PERSON", "two characters", lambda m: m.name(2)),
    ("PERSON", "compound", Maker.compound),
    ("PERSON", "dotted", Maker.dotted),
    ("PERSON", "pinyin", Maker.pinyin),
    ("PERSON", "in a sentence", lambda m: m.chance.choice(_TEXT).format(m.name())),
    ("PERSON", "dotted, in a sentence", lambda m: m.chance.choice(_TEXT).format(m.dotted())),
    ("PERSON", "said", lambda m: f"姓名：{m.name()}"),
    ("HOME_ADDRESS", "alone", Maker.home),
    ("HOME_ADDRESS", "in a sentence", lambda m: m.chance.choice(["家住{0}", "家庭住址：{0}", "现居住于{0}，走读"]).format(m.home())),
    ("BIRTH_DATE", "said", lambda m: f"出生日期：{birth(m, m.day_form)}"),
    ("BIRTH_DATE", "born in a sentence", lambda m: f"该生{_cn_day(m)}出生"),
    ("BIRTH_DATE", "生于", lambda m: f"生于{birth(m, '%Y.%m.%d')}，已入队"),
    ("EMBEDDED_FILE", "base64", _picture),
    ("CLASSIFIED", "star", lambda m: m.chance.choice(["秘密★5年", "机密★10年", "绝密★30年", "机密★", "秘密★长期", "秘 密 ★ 3年"])),
]  # fmt: skip
