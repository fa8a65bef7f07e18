"""What columns' names announce, in Chinese, English, pinyin and the codes of JY/T 1002,
and what they do not."""

from __future__ import annotations

import pytest

from ckanext.edudata.desensitization.header_words import counts_things, forms
from ckanext.edudata.desensitization.headers import cell_fits, header_rule
from ckanext.edudata.desensitization.text import normalise

ANNOUNCED = {
    "CN_RESIDENT_ID": [
        "身份证号", "身份证号（必填）", "*身份证号", "1.身份证号", "学生-身份证号",
        "身 份 证 号",
        "身份證字號", "公民身份号码", "证件号码", "sfzh", "SFZJH", "T_STUDENT.SFZJH",
        "sfzjhm",
        "idCardNo", "id_card", "ID Number", "national id", "shenfenzhenghao",
        "家长身份证",
        "编号(身份证号)",
    ],
    "STUDENT_REGISTRATION": ["学籍号", "全国学籍号", "學籍號", "XJH", "学籍辅号"],
    "STUDENT_NUMBER": [
        "学号", "學號", "xh", "XSBH", "student_id", "studentId", "StudentIDNo",
        "准考证号",
        "zkzh", "ksh", "考生号", "准考证号（14位）", "xuehao", "校园卡号", "exam no",
        "kh",
    ],
    "STAFF_NUMBER": ["工号", "教工号", "JGH", "staff_no", "教师编号", "employeeId"],
    "MOBILE": [
        "手机", "手机号码(家长)", "家长电话", "監護人手機", "sjh", "SJHM",
        "mobilePhone", "sj",
        "家庭成员1电话", "shoujihao", "jzdh", "parent phone",
    ],
    "LANDLINE": ["学生资助中心电话", "教师进修学院电话", "家庭教育指导站电话",
    "联系电话", "电话(必填)", "LXDH", "lxdh", "phone", "Tel", "传真",
    "联系方式"],
    "PERSON_NAME": [
        "姓名", "姓 名", "*姓名", "1.姓名", "学生.姓名", "xm", "XM", "xsxm", "jzxm",
        "YWXM",
        "學生姓名", "studentName", "xingming", "联系人", "家庭成员1姓名",
    ],
    "OFFICER_NAME": ["校长", "负责人", "校长姓名", "XZXM"],
    "BIRTH_DATE": ["出生日期", "出生年月", "CSRQ", "csny", "生日", "birthDate", "DOB"],
    "HOME_ADDRESS": ["家庭住址", "家庭地址（现）", "jtzz", "JTDZ", "home address",
    "住址"],
    "PASSPORT": ["护照号", "passportNo", "護照號碼", "hzhm"],
    "HMT_TRAVEL_PERMIT": ["港澳通行证号", "台胞证号码", "回乡证"],
    "MILITARY_ID": ["军官证号", "士兵证"],
    "POLICE_ID": ["警号"],
    "SOCIAL_SECURITY": ["社保卡号", "医保编号", "社会保障号码", "SSN", "sbkh"],
    "DRIVING_LICENCE": ["驾驶证档案编号", "驾照号"],
    "TEACHER_CERTIFICATE": ["教师资格证号", "教师资格证书编号"],
    "PERSONAL_DOCUMENT": ["残疾证号", "居住证号", "毕业证书编号", "出生医学证明编号"],
    "BANK_CARD": ["银行卡号", "卡号", "YHKH", "bank account", "银行账号"],
    "ONLINE_ACCOUNT": ["QQ号", "微信号", "wechat id", "JSTXH", "qq"],
    "VEHICLE_PLATE": ["车牌号", "license plate", "cphm"],
    "IP_ADDRESS": ["登录IP", "IP地址", "ip", "client_ip"],
    "DEVICE_ID": ["MAC地址", "imei", "手机串号"],
    "LOCATION": ["家庭经度", "学生位置坐标", "签到纬度", "home_lat"],
}  # fmt: skip
NOTHING = [
    "学生实践基地经度", "家长学校坐标", "教师进修学院地址", "学校微信号",
    "获奖证书编号",
    "XXM", "xxm", "XXMC", "XXDM", "学校名称", "课程名称", "课程编号", "专业代码",
    "学校标识码",
    "统一社会信用代码", "学校联系电话数量", "身份证办理人数", "手机品牌", "手机型号",
    "证件类型",
    "护照有效期", "出生地", "出生率", "出生人口", "births", "birth rate", "服务器IP",
    "学校经度",
    "经度", "QQ群", "微信公众号", "电话费", "是否有手机", "手机(部)", "学生人数",
    "学籍状态",
    "学籍人数", "办证时间", "number_of_phones", "phone_count", "US phone stats",
    "手机普及率",
    "社保缴费人数",
    "教师资格证持有人数", "通行证办理量", "时间", "项目名称", "经营许可证件号",
    "course id no",
    "product name", "银行卡办理数", "工号牌数量", "", "—", "（）",
]  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "header"), [(e, h) for e, names in ANNOUNCED.items() for h in names]
)
def test_announced(entity: str, header: str) -> None:
    rule = header_rule(header)
    assert rule
    assert rule.entity == entity


@pytest.mark.parametrize("header", NOTHING)
def test_nothing_announced(header: str) -> None:
    assert header_rule(header) is None


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("身份证号", "C123456(9)"),  # an identity card of Hong Kong
        ("身份证号", "310101 20120304 1234"),  # mistyped: the checksum is wrong
        ("身份证号", "'31010120120304123"),
        ("身份证号", "3.10101E+17"),
        ("手机", "13812345678（爸爸）"),
        ("手机", "13812345678/13912345678"),
        ("手机", '="13812345678"'),
        ("电话", "64331234、64331235"),
        ("电话", "64331234转802"),
        ("学号", "2021-0102-03"),
        ("护照号", "C01X00T47"),
        ("军官证号", "军字第1234567号"),
        ("车牌号", "沪A12345"),
        ("家庭经度", "121.4737"),
        ("教师资格证号", "20063100141000123"),
    ],
)
def test_a_cell_that_could_be_it_fits(header: str, cell: str) -> None:
    rule = header_rule(header)
    assert rule
    assert cell_fits(rule, normalise(cell))


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("身份证号", "无"),
        ("身份证号", "------"),
        ("身份证号", "有"),
        ("手机", "12"),
        ("手机", "暂无"),
        ("联系电话", "12345"),
        ("联系电话", "400-820-1234"),
        ("xh", "12"),
        ("sj", "20240115"),
        ("kh", "10231001"),
        ("教师资格证", "高级中学"),
        ("护照", "已办理"),
        ("QQ", "无"),
    ],
)
def test_a_cell_that_cannot_be_it_does_not_fit(header: str, cell: str) -> None:
    rule = header_rule(header)
    assert rule
    assert not cell_fits(rule, normalise(cell))


def test_forms_of_a_name() -> None:
    form = forms("3、学生-SFZJH（必填）")
    assert (form.bare, form.code, form.last) == ("学生 sfzjh", "", "sfzjh")
    assert forms("studentIdNo").bare == "student id no"
    assert forms("身 份 证").bare == "身份证"


def test_counting_names() -> None:
    assert counts_things("手机(部)")
    assert counts_things("持有身份证人数")
    assert not counts_things("手机号码(必填)")
    assert not counts_things("联系电话")


@pytest.mark.parametrize(
    ("label", "entity"),
    [
        ("student.sfzh", "CN_RESIDENT_ID"),
        ("学生.身份证号", "CN_RESIDENT_ID"),
        ("students/0/name", "PERSON_NAME"),
        ("log.ip", "IP_ADDRESS"),
        ("home_location", "LOCATION"),
        ("school.name", None),
        ("手机.品牌", None),
        ("1.5", None),
    ],
)
def test_the_last_name_of_a_path(label: str, entity: str | None) -> None:
    rule = header_rule(label)
    assert (rule and rule.entity) == entity


FITTING = {
    "出生日期": ["12年3月4日", "March 4, 2012", "4-Mar-12", "201203", "2012.3"],
    "姓名": ["张 三", "张　三", "ＬＩ　ＮＡ", "欧阳修", "张三（组长）"],
    "学号": ["(20210304)", "（20210304）", "20210304"],
    "护照号": ["（E12345678）"],
}  # fmt: skip
NOT_FITTING = {
    "出生日期": ["不详", "第12年", "保密"],
    "姓名": ["王某某", "王某", "王*", "匿名", "欧阳某某"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("label", "cell", "fits"),
    [
        *[(label, cell, True) for label, cells in FITTING.items() for cell in cells],
        *[(label, c, False) for label, cells in NOT_FITTING.items() for c in cells],
    ],
)
def test_cells_under_a_name(label: str, cell: str, fits: bool) -> None:
    rule = header_rule(label)
    assert rule is not None
    assert cell_fits(rule, normalise(cell)) is fits
