"""Any valid number, written in any way, inside any Chinese text, is found where it is;
numbers whose check digit is wrong are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.desensitization.recognizers.bank_card import luhn
from ckanext.edudata.desensitization.scanner import scanner
from ckanext.edudata.desensitization.text import normalise
from tests.desensitization.numbers import DRESSES, NUMBERS, mobiles, resident_ids

#: Chinese and punctuation of sentences; no units of amounts (元, 册), which say that a
#: number is no telephone, and no digits.
_WORDS = st.text(
    "的是在有和学校老师同学请今天已经登记核对资料完整齐全通知，。；！？：", max_size=12
)


def spans(text: str) -> dict[str, list[str]]:
    """What is found in a text, by entity."""
    text = normalise(text)
    found: dict[str, list[str]] = {}
    for hit in scanner().hits(text):
        if hit.strong:
            found.setdefault(hit.entity, []).append(text[hit.start : hit.end])
    return found


@pytest.mark.parametrize("entity", NUMBERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_valid_number_is_found_exactly(entity: str, data: st.DataObject) -> None:
    number = data.draw(NUMBERS[entity])
    written, expected = data.draw(st.sampled_from(DRESSES[entity]))(number)
    before, after = data.draw(_WORDS), data.draw(_WORDS)
    found = spans(before + written + after)
    assert expected in found.get(entity, []), found


@settings(max_examples=300, deadline=None)
@given(resident_ids, st.sampled_from("0123456789X"), _WORDS)
def test_a_wrong_check_character_is_no_resident_id(
    number: str, last: str, before: str
) -> None:
    wrong = number[:-1] + last
    if last != number[-1] and not wrong.endswith("000"):
        assert "CN_RESIDENT_ID" not in spans(before + wrong)


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789", min_size=16, max_size=19))
def test_a_wrong_luhn_digit_is_no_bank_card(number: str) -> None:
    if not luhn(number):
        assert "BANK_CARD" not in spans(number)
        assert "BANK_CARD" not in spans(f"卡号{number}")


@settings(max_examples=300, deadline=None)
@given(mobiles, st.sampled_from("0123456789"))
def test_a_mobile_is_not_cut_out_of_a_longer_number(number: str, more: str) -> None:
    assert "MOBILE" not in spans(number + more)
    assert "MOBILE" not in spans("9" + number)
    assert "MOBILE" not in spans(f"http://www.example.com/a/{number}.html")
    assert "MOBILE" not in spans(f"SN{number}")
    assert "MOBILE" not in spans(f"{number}元")


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789-./ ()xXGEHabc:@沪", max_size=60))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    for hit in scanner().hits(normalise(text)):
        assert 0 <= hit.start < hit.end <= len(normalise(text))
        assert 0.3 <= hit.score <= 1
