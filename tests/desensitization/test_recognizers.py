"""Each identifier in the forms it occurs in, and what must not be taken for it."""

from __future__ import annotations

import random
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.desensitization.recognizers import analyzer, build_registry
from ckanext.edudata.desensitization.recognizers.bank_card import luhn
from ckanext.edudata.desensitization.recognizers.resident_id import (
    PROVINCES,
    check_character,
    valid_18,
)
from ckanext.edudata.desensitization.scanner import scanner
from ckanext.edudata.desensitization.text import normalise
from tests.desensitization.rosters import mobile, resident_id

CHANCE = random.Random(7)
ID = resident_id(CHANCE, "20120229", True)
MOBILE = mobile(CHANCE)


def found(text: str, header: str = "") -> set[str]:
    """Entities that are sure enough to be findings."""
    return {h.entity for h in scanner().hits(normalise(text), header) if h.strong}


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"身份证{ID}，请核对",  # glued to Chinese: \b fails here
        f"'{ID}",  # a spreadsheet's text prefix
        f"{ID[:6]} {ID[6:14]} {ID[14:]}",
        f"{ID[:6]}-{ID[6:14]}-{ID[14:]}",
        " ".join(ID[i : i + 4] for i in range(0, 18, 4)),
        "".join(chr(ord(c) + 0xFEE0) for c in ID),  # full width
        ID[:9] + "\u200b" + ID[9:],  # a zero-width space in the middle
        "11010519491231002X",  # the example of GB 11643
        "11010519491231002x",
        f"sfz{ID}",
    ],
)
def test_resident_id_in_any_form(text: str) -> None:
    assert "CN_RESIDENT_ID" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        ID[:-1] + ("0" if ID[-1] != "0" else "1"),  # wrong checksum
        "310101201302290011",  # 29 February of a common year
        "991010199001010010",  # no such area
        "1" + ID,  # inside a longer number
        "4111010001",  # school code
        "91310000132212345X",  # shape of a credit code
    ],
)
def test_no_resident_id(text: str) -> None:
    assert "CN_RESIDENT_ID" not in found(text)


@given(st.integers(10**16, 10**17 - 1))
def test_the_check_character_tells_every_changed_digit(first: int) -> None:
    digits = str(first)
    right = check_character(digits)
    for place in range(17):
        other = str((int(digits[place]) + 1) % 10)
        assert check_character(digits[:place] + other + digits[place + 1 :]) != right


def test_fifteen_digits_need_a_true_date_of_birth() -> None:
    old = "310101800229123"
    assert found(old) == {"CN_RESIDENT_ID"}
    assert found(f"身份证：{old}") == {"CN_RESIDENT_ID"}
    assert not found("310101801329123")
    assert not found("流水号：310101800229123")


def test_an_id_that_a_spreadsheet_kept_as_a_number() -> None:
    # 15 significant digits are all that a float keeps.
    assert found(ID[:15] + "000", "证件号码") == {"CN_RESIDENT_ID"}
    assert found("3.10101E+17", "身份证号") == {"CN_RESIDENT_ID"}
    assert not found("3.10101E+17", "经费")


def test_hmt_residence_permit() -> None:
    first = "81000019900101001"
    number = first + check_character(first)
    assert found(number) == {"HMT_RESIDENCE_PERMIT"}
    assert not valid_18(number, PROVINCES)


@pytest.mark.parametrize(
    "text",
    [
        MOBILE,
        f"+86{MOBILE}",
        f"+86 {MOBILE}",
        f"(+86){MOBILE}",
        f"0086-{MOBILE}",
        f"0{MOBILE}",
        f"{MOBILE[:3]}-{MOBILE[3:7]}-{MOBILE[7:]}",
        f"{MOBILE[:3]} {MOBILE[3:7]} {MOBILE[7:]}",
        f"{MOBILE[:3]}.{MOBILE[3:7]}.{MOBILE[7:]}",
        f"电话{MOBILE}转告",
        "".join(chr(ord(c) + 0xFEE0) for c in MOBILE),
        f"家长{MOBILE}、另一个",
        f"'{MOBILE}",
        "19212345678",  # 192 is allotted since 2021
    ],
)
def test_mobile_in_any_form(text: str) -> None:
    assert "MOBILE" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "12345678901",  # no such prefix
        "11111111111",
        f"1{MOBILE}",
        f"{MOBILE}00",
        f"0.{MOBILE}",  # a fraction
        f"{MOBILE}.25",
        "2021010203",  # a student number is no telephone
        "4131010246",
    ],
)
def test_no_mobile(text: str) -> None:
    assert "MOBILE" not in found(text)


@pytest.mark.parametrize(
    "text",
    ["邮箱a@qq.com联系", "li.si@sh.edu.cn", "ＬＩ＠ｑｑ．ｃｏｍ", "x_1@163.com；备用"],
)
def test_email(text: str) -> None:
    assert "EMAIL" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "021-64331234",
        "(021)64331234",
        "（０２１）64331234",
        "0571-8888123",
        "021-64331234转802",
        "021 6433 1234",
    ],
)
def test_landline(text: str) -> None:
    assert "LANDLINE" in found(text)


@pytest.mark.parametrize("text", ["2021-64331234", "0999", "20210102", "1999-2000"])
def test_no_landline(text: str) -> None:
    assert "LANDLINE" not in found(text)


def test_eight_digits_are_a_telephone_only_where_the_column_says_so() -> None:
    assert found("64331234", "联系电话") == {"LANDLINE"}
    assert not found("64331234", "数量")


def test_bank_card() -> None:
    body = "622202100011234"
    card = next(body + d for d in "0123456789" if luhn(body + d))
    assert "BANK_CARD" in found(card)
    assert "BANK_CARD" not in found(card[:-1] + str((int(card[-1]) + 1) % 10))


def test_student_registration_number() -> None:
    assert found(f"G{ID}") == {"STUDENT_REGISTRATION"}


def test_permits_and_passports_need_a_word() -> None:
    assert found("H12345678", "回乡证号") == {"HMT_TRAVEL_PERMIT"}
    assert found("护照 E12345678") == {"PASSPORT"}
    assert not found("E12345678", "产品编号")


@pytest.mark.parametrize(
    "text",
    [
        "上海市徐汇区天平路100弄3号502室",
        "天平路100号",
        "某某村12组8号",
        "3栋2单元501室",
    ],
)
def test_address_down_to_a_door(text: str) -> None:
    assert found(text) & {"ADDRESS", "HOME_ADDRESS"}


@pytest.mark.parametrize(
    "text",
    [
        "上海市徐汇区",
        "天平路街道",
        "南京路小学",
        "中山北路校区",
        "地铁10号线",
        "第3号文件",
    ],
)
def test_place_names_are_no_addresses(text: str) -> None:
    assert not found(text) & {"ADDRESS", "HOME_ADDRESS"}


@pytest.mark.parametrize(
    "text",
    [
        "绝密★",
        "机密★10年",
        "秘密★长期",
        "秘 密 ★ 1年",
        "密级：机密",
        "机密☆",
        "绝密★启用前",
    ],
)
def test_classification_marks(text: str) -> None:
    assert "CLASSIFIED" in found(text)


@pytest.mark.parametrize("text", ["保密工作", "秘密花园", "机密级别说明", "五★级"])
def test_no_classification_mark(text: str) -> None:
    assert "CLASSIFIED" not in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("家长王建国多次来校沟通", "王建国"),
        ("该生李小明同学表现良好", "李小明"),
        ("联系人：欧阳娜娜", "欧阳娜娜"),
    ],
)
def test_a_name_in_a_sentence(text: str, name: str) -> None:
    results = analyzer().analyze(text, "zh", entities=["NAME_IN_TEXT"])
    assert [text[r.start : r.end] for r in results] == [name]


@pytest.mark.parametrize(
    "text", ["陈嘉庚基金", "鲁迅故居参观", "中山大学附属第三医院", "《李白诗选》导读"]
)
def test_what_is_called_after_a_person_is_no_person(text: str) -> None:
    assert not analyzer().analyze(text, "zh", entities=["NAME_IN_TEXT"])


def test_the_analyzer_starts_without_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stock e-mail recognizer would fetch a list through tldextract."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was tried")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    analyzer.cache_clear()
    assert analyzer().analyze("a@qq.com", "zh")


def test_presidio_and_the_fast_path_say_the_same() -> None:
    text = f"联系人手机{MOBILE}，证件{ID}，邮箱 a@qq.com，机密★"
    slow = {
        (r.entity_type, r.start, r.end)
        for r in analyzer().analyze(text, "zh")
        if r.score >= 0.5 and r.entity_type != "NAME_IN_TEXT"
    }
    fast = {(h.entity, h.start, h.end) for h in scanner().hits(text) if h.strong}
    assert fast == slow


def test_every_recognizer_names_its_rule() -> None:
    import sys

    for recognizer in build_registry().recognizers:
        module = sys.modules[type(recognizer).__module__]
        assert module.__doc__
        assert type(recognizer).__doc__
