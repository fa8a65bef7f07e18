"""Any order of commands on a data demand keeps its promises."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ckanext.edudata.feedback import states_demands as states

ROLES = {
    "asker": states.Facts(asker=True, owner=True, coordinator=True),
    "reviewer": states.Facts(owner=True),
    "coordinator": states.Facts(owner=True, coordinator=True),
    "citizen": states.Facts(),
    "nobody": states.Facts(logged_in=False),
}


class Life(RuleBasedStateMachine):
    """Everybody gives any command in any order."""

    @initialize()
    def begin(self):
        self.state, self.answered, self.steps = "open", False, []

    @rule(command=st.sampled_from(states.COMMANDS), who=st.sampled_from(list(ROLES)),
          reason=st.sampled_from(["", "words"]), supports=st.booleans())  # fmt: skip
    def give(self, command, who, reason, supports):
        facts = states.Facts(**{**ROLES[who].__dict__, "supports": supports})
        before = self.state
        done = states.step(before, command, facts, reason, answered=self.answered)
        if isinstance(done, states.Refusal):
            assert done.msgid
            return
        self.state = done[1]
        self.answered = self.answered or command == "answer"
        self.steps.append((command, who, before, self.state))

    @invariant()
    def who_asks_never_answers_and_nobody_anonymous_acts(self):
        for command, who, _, _ in getattr(self, "steps", []):
            assert who != "nobody"
            assert who != "asker" or command == "withdraw"
            assert command != "hide" or who == "coordinator"
            assert command != "answer" or who in ("reviewer", "coordinator")

    @invariant()
    def what_was_withdrawn_stays_so(self):
        for _, _, before, _ in getattr(self, "steps", []):
            assert before != "withdrawn"

    @invariant()
    def an_answer_is_never_lost(self):
        if getattr(self, "answered", False):
            assert self.state in ("answered", "hidden")


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)

TODAY = datetime.date(2026, 11, 23)


@pytest.mark.article(26)
@given(
    answer=st.sampled_from([*states.ANSWERS, "", "other"]),
    opening_class=st.sampled_from([*states.CLASSES, "not_open", None]),
    planned=st.one_of(st.none(), st.dates()),
    dataset=st.booleans(),
    words=st.sampled_from(["", " ", "因为"]),
)
def test_an_answer_has_a_class_a_date_a_dataset_or_a_reason(
    answer, opening_class, planned, dataset, words
):
    lacks = states.problems(answer, opening_class, planned, dataset, words, TODAY)
    if lacks:
        return
    assert answer in states.ANSWERS
    if answer == "planned":
        assert opening_class in states.CLASSES
        assert planned is not None
        assert planned >= TODAY
    assert answer != "existing" or dataset
    assert answer != "declined" or words.strip()
