"""Any order of commands on a catalog keeps its promises; lines compare rightly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ckanext.edudata.catalog import lines_catalogs as lines
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.units import who_may

PEOPLE = st.sampled_from(["ann", "bo", "cai", None])


class Life(RuleBasedStateMachine):
    """People give any command in any order, as the portal would record them."""

    @initialize(scope=st.sampled_from(list(states.SCOPES)), actor=PEOPLE)
    def begin(self, scope, actor):
        self.scope = scope
        self.state = "draft" if scope == states.UNIT else "consolidated"
        self.steps = [(states.BEGINNINGS[scope], actor, self.state)]

    def acted(self):
        found = {}
        for command, actor, _ in self.steps:
            if command == "prepare":
                found.pop(command, None)
            if actor:
                found.setdefault(command, set()).add(actor)
        return {name: frozenset(ids) for name, ids in found.items()}

    @rule(command=st.sampled_from(list(states.COMMANDS)), actor=PEOPLE,
          reason=st.sampled_from(["", "  ", "words"]))  # fmt: skip
    def give(self, command, actor, reason):
        before = self.state
        done = states.step(self.scope, before, command, actor=actor,
                           acted=self.acted(), reason=reason)  # fmt: skip
        if isinstance(done, states.Refusal):
            assert done.msgid
            return
        assert before not in states.FINAL
        assert not done.reason or reason.strip()
        self.state = done.target
        self.steps.append((command, actor, done.target))

    @invariant()
    def nobody_decides_on_their_own_work(self):
        if not hasattr(self, "steps"):
            return
        makers: set[str] = set()
        compiler = None
        for command, actor, _ in self.steps:
            if command in ("consolidate", "merge", "ask_consent"):
                makers.add(actor)
            if command == "prepare":
                compiler = actor
            if command in ("consent", "refuse"):
                assert actor is not None
                assert actor not in makers
            if command == "submit":
                assert actor is not None
                assert actor != compiler

    @invariant()
    def nothing_of_a_level_is_published_without_consent(self):
        if getattr(self, "state", "") == "published" and self.scope != states.UNIT:
            assert [c for c, _, _ in self.steps if c == "consent"]

    @invariant()
    def states_belong_to_the_scope(self):
        if hasattr(self, "state") and self.scope != states.UNIT:
            assert self.state in (*states.UNDER_WAY, *states.FINAL)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


@pytest.mark.article(16)
def test_the_table_names_permissions_and_states_that_are():
    for row in states.TABLE:
        assert row.target in states.STATES
        assert row.sources <= set(states.STATES)
        assert row.sources.isdisjoint(states.FINAL)
        assert not row.permission or row.permission in who_may.PERMISSIONS
    assert who_may.roles_for("catalog_consent") == {"leader"}
    assert who_may.roles_for("catalog_publish") == {"technician"}
    reached = {row.target for row in states.TABLE}
    assert reached == set(states.STATES)


CONTENT = st.dictionaries(
    st.sampled_from(["title", "notes", "sharing_class", "tables", "district"]),
    st.one_of(st.text(max_size=3), st.lists(st.text(max_size=2), max_size=2)),
)


@given(CONTENT, CONTENT)
def test_two_lines_differ_where_their_digests_do(old, new):
    same = lines.digest(old) == lines.digest(new)
    assert (lines.differences(old, new) == []) == same or any(
        value is None for value in (*old.values(), *new.values())
    )
    assert set(lines.differences(old, new)) == set(lines.differences(new, old))


@given(st.text(max_size=30))
def test_likeness_does_not_care_how_a_title_is_written(title):
    found = lines.likeness(title)
    assert found == lines.likeness(f" {title} ") == lines.likeness(f"《{title}》")
    assert not any(char.isspace() for char in found)


def test_the_same_of_many_schools_is_no_duplicate():
    def line(unit, kind, title="教师名册"):
        return {"unit_id": unit, "kind": kind, "likeness": title}

    schools = [line(f"s{n}", "school") for n in range(3)]
    assert lines.alike(schools) == []
    assert lines.alike([*schools, line("d", "department")]) == []
    twice = [line("s1", "school"), line("s1", "school")]
    assert lines.alike([*schools[2:], *twice]) == [twice]
    offices = [line("d", "department"), line("e", "affiliated")]
    assert lines.alike([*schools, *offices]) == [offices]
