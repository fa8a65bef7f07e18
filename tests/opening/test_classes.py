"""Article 27 as a decision: no looser than check and grade, no closer than a ground."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.opening import classes

pytestmark = pytest.mark.article(27)

ANSWER = st.sampled_from(["yes", "no", "", "perhaps"])
DEMAND = st.sampled_from(["none", "", "x", *classes.GROUNDS[classes.CONDITIONAL]])
PERMITTED = st.sampled_from([None, *classes.GROUNDS])
GRADE = st.sampled_from([None, "general", "important", "core"])


@given(ANSWER, ANSWER, DEMAND, PERMITTED, GRADE)
def test_a_closer_class_always_has_a_ground(law, privacy, demand, permitted, grade):
    found = classes.follows(law, privacy, demand, permitted=permitted, grade=grade)
    if found is None:
        return
    assert classes.ground_error(found.opening_class, found.ground) is None
    if found.opening_class != classes.UNCONDITIONAL:
        assert found.ground
        said = {"law": law, "privacy": privacy}.get(found.ground, demand)
        assert said in ("yes", found.ground)


@given(ANSWER, ANSWER, DEMAND, PERMITTED, GRADE)
def test_a_looser_class_than_check_or_grade_is_never_silent(
    law, privacy, demand, permitted, grade
):
    found = classes.follows(law, privacy, demand, permitted=permitted, grade=grade)
    if found is None:
        return
    too_loose = permitted and not classes.allowed(found.opening_class, permitted)
    too_high = classes.grade_error(found.opening_class, grade)
    if too_loose or too_high:
        assert found.limit in classes.LIMITS


@given(ANSWER, ANSWER, DEMAND)
def test_answers_are_found_again(law, privacy, demand):
    found = classes.follows(law, privacy, demand)
    if found is None:
        return
    again = classes.follows(**classes.answers(found.opening_class, found.ground))
    assert again == found


@pytest.mark.parametrize(
    ("answers", "permitted", "grade", "limit"),
    [
        (("no", "no", "none"), "unconditional", "general", ""),
        (("no", "no", "none"), "conditional", "general", "check_conditional"),
        (("no", "no", "none"), "not_open", "general", "check_not_open"),
        (("no", "no", "timeliness"), "not_open", "general", "check_not_open"),
        (("no", "no", "none"), None, "core", "grade"),
        (("no", "no", "timeliness"), None, "core", ""),
        (("no", "yes", ""), "unconditional", "general", "no_personal"),
        (("no", "yes", ""), "conditional", "general", ""),
        (("yes", "", ""), "unconditional", "general", ""),
    ],
)
def test_what_check_and_grade_say(answers, permitted, grade, limit):
    found = classes.follows(*answers, permitted=permitted, grade=grade)
    assert found is not None
    assert found.limit == limit


@given(st.lists(st.sampled_from(list(classes.GROUNDS)), min_size=1))
def test_the_closest_of_several_files_counts(found):
    closest = classes.closest(found)
    assert all(classes.allowed(closest, one) for one in found)
    assert closest in found


@pytest.mark.parametrize(
    "missing", [("", "no", "none"), ("no", "", "none"), ("no", "no", "")]
)
def test_without_an_answer_no_class_follows(missing):
    assert classes.follows(*missing) is None
