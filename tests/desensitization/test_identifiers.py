"""Each identifier in the forms in which cells hold it, and what looks like it."""

from __future__ import annotations

import random

import pytest

from ckanext.edudata.desensitization.entities import ENTITIES
from ckanext.edudata.desensitization.recognizers import RECOGNIZERS
from ckanext.edudata.desensitization.recognizers.public_codes import (
    credit_code,
    organisation_code,
)
from ckanext.edudata.desensitization.recognizers.resident_id import PROVINCES, valid_18
from ckanext.edudata.desensitization.scanner import scanner
from ckanext.edudata.desensitization.text import normalise, whole_number
from tests.desensitization.numbers import full_width, with_check, with_luhn
from tests.desensitization.rosters import resident_id

ID = resident_id(random.Random(3), "20120304", True)
M = "13812345679"
CARD = with_luhn("622202100011234567")
VISA = with_luhn("453201511283036")


def found(text: str, header: str = "") -> set[str]:
    plain = whole_number(normalise(text))
    return {hit.entity for hit in scanner().hits(plain, header) if hit.strong}


ALONE: dict[str, list[str]] = {
    "CN_RESIDENT_ID": [
        ID, f"'{ID}", f"‘{ID}", f'="{ID}"', f"{ID[:6]}({ID[6:14]}){ID[14:]}",
        f"{ID}（父亲）", f"Tom{ID}", f"{ID}Tom", f"张三{ID}号", f"{ID},{ID}",
        f"{ID}/{ID}",
        "11010519491231002Ⅹ", "11010519491231002×", f"{ID[:9]}\n{ID[9:]}", f"{ID}.0",
        f"https://a.cn/x?id={ID}", f"a_{ID}.jpg", "310101201203040000",
        "3.10101201203040E+17", "310101800229123",
        "本人身份证号为310101800229123，",
    ],
    "HMT_RESIDENCE_PERMIT": [
        with_check("81000019900101001"), with_check("83000020100101001"),
        "'" + with_check("82000020100101001"),
    ],
    "FOREIGNER_ID": [
        with_check("93184019900203001"), "USA310087120801", "证件CAN 110187120801",
    ],
    "HMT_TRAVEL_PERMIT": [
        "回乡证H12345678", "回乡证号：M1234567800", "台胞证12345678",
        "台胞证号码：1234567890(B)", "港澳居民来往内地通行证H12345678",
    ],
    "PASSPORT": [
        "护照E12345678", "护照号：EA1234567", "passport no. AB1234567",
        "护照:123456789",
        "Passport No: C01X00T47", "持护照 G12345678 入境",
    ],
    "MILITARY_ID": [
        "军字第1234567号", "军官证：军字第2001988号", "士字第20190036号",
        "南字第01234567号", "军官证号1234567", "士兵证号：20190036",
    ],
    "POLICE_ID": ["警号：012345", "警号012345", "警官证号:沪公字第012345号"],
    "SOCIAL_SECURITY": [
        "社保卡号：A12345678", "医保编号 310012345678", "社会保障卡号为X99999999",
    ],
    "DRIVING_LICENCE": ["驾驶证档案编号：310012345678", "驾照档案编号310012345678"],
    "STUDENT_REGISTRATION": [
        "G" + ID, "g" + ID, "G " + ID, full_width("G" + ID), "L" + ID, "学籍号：G" + ID,
        "学籍号2021010203",
    ],
    "STUDENT_NUMBER": [
        "学号：20210102", "张三（学号2021010234）", "准考证号 310101123",
        "考生号：24310115150123", "考生24310115150123已确认", "student id: S2021001",
    ],
    "TEACHER_CERTIFICATE": [
        "教师资格证20063100141000123", "教师资格证书编号：20063100141000123",
    ],
    "STAFF_NUMBER": ["工号：20100123", "教工号A0012", "工号0912"],
    "PERSONAL_DOCUMENT": [
        ID + "43", ID + "43B1", "出生医学证明P310123456", "残疾证号：" + ID + "12",
        "居住证号310123456789",
    ],
    "BANK_CARD": [
        CARD, full_width(CARD), "'" + CARD, "卡号" + CARD, CARD + "（工商银行）",
        " ".join(CARD[i : i + 4] for i in range(0, 19, 4)), "卡号" + VISA,
        " ".join(VISA[i : i + 4] for i in range(0, 16, 4)),
        with_luhn("955880123456789012"), with_luhn("436742123456789012"),
    ],
    "MOBILE": [
        M, full_width(M), f'="{M}"', f"{M}.0", f"+86-{M}", f"86{M}", f"0{M}",
        "138 1234 5679", "138.1234.5679", "138·1234·5679", "138—1234—5679",
        "138 123 45679", "1381 234 5679", "138-12345679", "(138)1234-5679",
        "1 3 8 1 2 3 4 5 6 7 9", f"{M}（家长）", f"{M},13912345678", f"{M}/13912345678",
        f"Tel.{M}", f"TEL{M}", f"zhangsan{M}", f"Tom-{M}", f"电话-{M}", f"{M}Tom",
        "一三八一二三四五六七九", "幺三八一二三四五六七九", "一三八 一二三四 五六七九",
        f"妈妈:{M}爸爸:13912345678", f"https://a.cn/x?mobile={M}", f"2024-01-05 {M}",
        "138\u200b12345679", f"{M}号",
    ],
    "LANDLINE": [
        "(021)64331234", "（021）6433 1234", "021－64331234", "02164331234",
        "+86 21 6433 1234", "86-21-64331234", "021-64331234-802", "021/64331234",
        "021-64331234 ext 802", "021-64331234分机802", "0571-88812345",
        "电话057188812345", "办公电话64331234", "电话：6433-1234",
        "联系电话64331234（办）",
    ],
    "VEHICLE_PLATE": [
        "沪A12345", "沪A·12345", "沪A D12345", "沪AD12345", "沪A12345D", "沪A1234学",
        "沪A1234警", "沪A1234挂", "粤Z1234港", "WJ沪12345", "WJ31沪1234X", "京AF0236",
        "苏E123AB", full_width("沪A12345"),
    ],
    "ONLINE_ACCOUNT": [
        "QQ：12345678", "qq12345678", "微信号：abc_1234", "微信:zhangsan123",
        "wxid_abc123def456gh", "加微信号 abc_1234", "VX:tom_1234",
    ],
    "IP_ADDRESS": ["登录IP：202.120.1.15", "客户端 202.120.1.15",
    "IP:2001:da8:8000::1"],
    "DEVICE_ID": [
        "A4:5E:60:C1:23:9F", "a4-5e-60-c1-23-9f", "MAC地址A45E.60C1.239F",
        "IMEI:" + with_luhn("86123456789012"),
    ],
    "LOCATION": [
        "家庭位置121.473701,31.230416", "家住(31.230416,121.473701)",
        "住址坐标：121.473701，31.230416",
    ],
    "EMAIL": ["zhang.san[at]sjtu.edu.cn", "zhangsan @ qq.com", f"{M}@139.com"],
    "CLASSIFIED": ["★机密", "密级：秘密"],
}  # fmt: skip
#: Numbers that only the name of their column explains.
NAMED: dict[str, list[tuple[str, str]]] = {
    "CN_RESIDENT_ID": [("3.10101E+17", "sfzh")],
    "HMT_TRAVEL_PERMIT": [("H12345678", "回乡证"), ("12345678", "通行证号码")],
    "PASSPORT": [("E12345678", "护照号")],
    "MOBILE": [("1.38E+10", "手机号"), ("1.38123E+10", "mobile")],
    "LANDLINE": [("64331234", "联系电话"), ("6433-1234", "tel")],
    "IP_ADDRESS": [("202.120.1.15", "登录IP"), ("2001:da8:8000::1", "IP")],
    "STUDENT_NUMBER": [("24310115150123", "考生号")],
    "TEACHER_CERTIFICATE": [("20063100141000123", "教师资格证")],
}
HARMLESS = [
    # web addresses, files, hashes
    "http://www.example.com/13812345678.html",
    "https://a.edu.cn/info/1023/13812345678.htm",
    "http://a.cn/a/20240115/13812345678.shtml", "/data/7731/71744166/15712616288.bin",
    "550e8400-e29b-41d4-a716-446655440000", "d41d8cd98f00b204e9800998ecf8427e",
    "a1b2c3d413812345678ab", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "10.1000/182.13812345678", "doi:10.1007/s11192-013-8123-4567", "icon@2x.png",
    "报告20240115.xlsx", "IMG_20240115_093000123.jpg",
    "uuid:13812345-6789-1381-2345-678913812345",
    # codes and documents
    "订单号13812345678", "SKU13812345678", "A13812345678", "M13812345678",
    "车辆通行证20240115", "ID:13812345678901234",
    "ZL202310123456.7", "CN112345678A", "沪教委〔2024〕12号", "沪府办发[2023]1号",
    "ISBN 978-7-5617-1234-5", "9787561712345", "ISSN 1000-1234", "0-306-40615-2",
    "4131010246", "12310000425006789X", "91310000132212345X", "42500678-9",
    "GB/T 35273-2020", "(2024)沪01民初123号", "建字第310115202012345号",
    "南字第202401号",
    "沪B2-20050123", "沪ICP备12345678号-1", "沪公网安备31010402000123号",
    "6901234567892", "项目编号：620237-1171308503",
    "620237-1171308503",
    "批次202401150001", "T20240115001", "MA1FL12345", "0157-51680948", "0310-20240115",
    "010-20240115", "H12345678", "E12345678", "12345678", "64331234",
    # amounts, measures, coordinates of schools
    "-13812345678", "¥13812345678", "13812345678元", "13812345678.55", "138.12345678",
    "148.68148702", "135.08123456", "1.38E+10", "12,345,678,901", "15012 345678",
    "150/2000/3000", "电话费1234567元", "社保缴费12345678元", "13812345678kg",
    "121.473701,31.230416", "学校位置121.473701,31.230416",
    "东经121.473701，北纬31.230416",
    "家庭教育指导站 121.473701,31.230416", "家长学校121.473701,31.230416",
    # times
    "1700000000123", "20240115093000", "20240115093000123", "2024-2025",
    "13:45:12.345678",
    "12:30:45:10:20:59", "2024-01-15 13:45:12", "考生签到20220315093000",
    # hotlines, versions, places
    "12345", "110", "400-820-1234", "4008201234", "800-820-1234", "95533", "200030",
    "v1.2.3.4", "1.2.3.4", "V2.0.1.12", "192.168.1.1", "255.255.255.0",
    "终端软件 5.2.1.3",
    "服务器IP 202.120.1.15", "网关202.120.1.1", "98:85", "甘A101", "川A教学楼",
    # words without numbers of anybody
    "学号规则说明", "准考证2024-06-07", "QQ群：12345678", "微信公众号：shanghaiedu",
    "二〇二四年一月一五日", "手机20台", "身份证复印件2份", "警号管理",
]  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "text"), [(e, text) for e, texts in ALONE.items() for text in texts]
)
def test_found_in_its_forms(entity: str, text: str) -> None:
    assert entity in found(text)


@pytest.mark.parametrize(
    ("entity", "text", "header"),
    [(e, text, header) for e, pairs in NAMED.items() for text, header in pairs],
)
def test_found_under_its_name_only(entity: str, text: str, header: str) -> None:
    assert entity in found(text, header)
    assert not found(text, "数值")


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless(text: str) -> None:
    assert not found(text)


def test_every_recognizer_is_in_the_tables() -> None:
    elsewhere = {"ADDRESS", "HOME_ADDRESS", "BIRTH_DATE", "EMBEDDED_FILE"}
    assert {cls.ENTITY for cls in RECOGNIZERS} <= {*ALONE, *elsewhere}
    assert {cls.ENTITY for cls in RECOGNIZERS} <= set(ENTITIES)


def test_several_in_one_cell_are_all_found() -> None:
    text = f"{M}、13912345678；021-64331234 {ID}"
    assert found(text) == {"MOBILE", "LANDLINE", "CN_RESIDENT_ID"}
    assert len(scanner().hits(normalise(text))) == 4


def test_a_column_that_counts_telephones_is_no_column_of_telephones() -> None:
    assert not found("64331234", "电话数量")
    assert not found("3.10101E+17", "身份证办理人数")


def test_a_credit_code_of_digits_is_decided_by_its_own_checksums() -> None:
    code = _credit_code_that_is_an_id()
    assert organisation_code(code[8:17])
    assert valid_18(code, PROVINCES)
    assert "CN_RESIDENT_ID" not in found(code)
    assert "CN_RESIDENT_ID" in found(code, "身份证号")


def _credit_code_that_is_an_id() -> str:
    """Of Tianjin by its first digits, with a date inside: one in 370 such IDs."""
    chance = random.Random(11)
    while True:
        born = f"20{chance.randrange(13):02d}{chance.randint(1, 12):02d}15"
        code = with_check(f"123101{born}{chance.randrange(1000):03d}")
        if credit_code(code):
            return code


def _column(check, header: str, cells: list[str]) -> set[str]:  # type: ignore[no-untyped-def]
    report = check([[header, "值"], *([cell, "1"] for cell in cells)])
    return {f.entity for f in report.findings}


def _digits(chance: random.Random, number: int) -> str:
    return "".join(chance.choices("0123456789", k=number))


class TestLikeness:
    """Numbers of other kinds of which some look like a person's, column by column."""

    def test_permits_with_an_area_and_a_date(self, check) -> None:  # type: ignore[no-untyped-def]
        chance = random.Random(3)
        codes = [
            f"310104{chance.randint(2015, 2024)}{chance.randint(1, 12):02d}"
            f"{chance.randint(1, 28):02d}{_digits(chance, 4)}"
            for _ in range(60)
        ]
        assert not _column(check, "施工许可证编号", codes)
        assert _column(check, "编号", ["310104201503010011", *["甲"] * 40]) == {
            "CN_RESIDENT_ID"
        }

    def test_amounts_and_codes(self, check) -> None:  # type: ignore[no-untyped-def]
        chance = random.Random(4)
        codes = ["1" + _digits(chance, 10) for _ in range(60)]
        assert not _column(check, "编号", codes)
        amounts = [str(int(10 ** chance.uniform(8, 12.5))) for _ in range(60)]
        assert not _column(check, "数值", amounts)
        apart = [f"0{_digits(chance, 3)}-{_digits(chance, 8)}" for _ in range(60)]
        assert not _column(check, "编号", apart)
        assert not _column(check, "数值", ["13812345678.00", "5300.00"])

    def test_one_of_15_digits_among_other_things(self, check) -> None:  # type: ignore[no-untyped-def]
        assert _column(check, "内容", ["310104810203001", *["甲"] * 40]) == {
            "CN_RESIDENT_ID"
        }

    def test_telephones_of_both_kinds(self, check) -> None:  # type: ignore[no-untyped-def]
        chance = random.Random(5)
        numbers = [
            "138" + _digits(chance, 8) if n % 2 else f"0215{_digits(chance, 7)}"
            for n in range(40)
        ]
        assert _column(check, "内容", numbers) == {"MOBILE", "LANDLINE"}
