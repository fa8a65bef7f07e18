"""A unit's own questions and their answers: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.requests import questions_unit_forms as questions
from ckanext.edudata.requests import terms_agreements as terms

pytestmark = pytest.mark.article(28)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
rows = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "key": st.sampled_from(["q1", "q2", "q7", "x", ""]) | st.text(max_size=4),
            "label": st.text(max_size=250),
            "hint": st.text(max_size=20),
            "kind": st.sampled_from([*questions.KINDS, "select", ""]),
            "choices": st.lists(st.text(max_size=6), max_size=5) | st.text(max_size=20),
            "required": st.booleans(),
        },
    ),
    max_size=25,
)


@given(rows, rows)
def test_keys_stay_and_are_never_given_again(first, second):
    before, _ = questions.made(first)
    after, problems = questions.made(second, before)
    taken = {each["key"] for each in before}
    asked = {row.get("key") for row in second}
    keys = [each["key"] for each in after]
    assert len(keys) == len(set(keys))
    assert not [key for key in keys if key in taken and key not in asked]
    if not problems:
        again, _ = questions.made(after, [*before, *after])
        assert again == after


@given(anything)
def test_whatever_comes_as_questions_or_answers_is_told_not_raised(given_):
    questions.made(given_)
    asked = [
        {"key": f"q{place}", "kind": kind, "choices": ["甲", "乙"], "required": True}
        for place, kind in enumerate(questions.KINDS, start=1)
    ]
    for key in ("q1", "q2", "q3", "q4", "q5", "q6", "q7"):
        answers, problems = questions.clean({key: given_}, asked)
        assert set(answers) | set(problems) == {key}
    questions.clean(given_, asked)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("line", "单位内网", "长" * 201),
        ("text", "第一行\n第二行", "长" * 2001),
        ("yes_no", "yes", "perhaps"),
        ("choice", "甲", "丙"),
        ("choices", ["乙", "甲"], ["甲", "丙"]),
        ("number", "-3.5", "三"),
        ("date", "2026-02-28", "2026-02-30"),
    ],
)
def test_each_kind_of_answer(kind, right, wrong):
    asked = [{"key": "q1", "kind": kind, "choices": ["甲", "乙"], "required": True}]
    answers, problems = questions.clean({"q1": right}, asked)
    assert not problems
    assert not questions.missing(answers, asked)
    assert set(questions.clean({"q1": wrong}, asked)[1]) == {"q1"}
    assert set(questions.missing({}, asked)) == {"q1"}


def test_the_first_terms_never_change():
    digest = "7f5d00973c2fd25482449171d25b97b92b0ec7f2e8730adb473b69d6cbedee16"
    assert terms.STANDARD.digest == digest
    assert len(terms.clauses(terms.STANDARD.text_zh)) == 6
    assert terms.digest("2", "甲", "") != terms.digest("2", "", "甲")
