"""The table of the application: every cell, and random walks over it."""

from __future__ import annotations

import pathlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ckanext.edudata.requests import diagram, states
from ckanext.edudata.units import who_may

ROWS = pytest.mark.parametrize(
    "row", states.TABLE, ids=lambda row: f"{row.source}-{row.command}"
)
DECISIONS = ("accept", "approve", "return", "refuse", "consent", "uphold", "overturn")
EVERYTHING = dict.fromkeys(
    ("reason", "complete", "agreed", "overdue", "reported"), True
)


def reachable() -> set[str]:
    found, edge = {"draft"}, {"draft"}
    while edge:
        edge = {row.target for row in states.TABLE if row.source in edge} - found
        found |= edge
    return found


def test_every_state_and_command_is_named_and_reachable():
    assert reachable() == set(states.STATES)
    assert {row.command for row in states.TABLE} == set(states.COMMANDS)
    assert {name for row in states.TABLE for name in row.guards} == set(states.GUARDS)


def test_capacities_are_permissions_of_the_role_table():
    own = {"applicant", "superior", "unit", "clock"}
    assert set(states.WHO) - own <= set(who_may.PERMISSIONS)


@pytest.mark.promise(7)
def test_nothing_is_approved_by_time():
    for row in states.TABLE:
        if "clock" in row.who:
            assert row.target in ("lapsed", "expired")


@pytest.mark.promise(5)
@pytest.mark.parametrize("state", states.STATES)
@pytest.mark.parametrize("command", states.COMMANDS)
def test_a_command_outside_the_table_is_refused_and_names_the_state(state, command):
    everyone = states.Facts(capacities=frozenset(states.WHO), **EVERYTHING)
    judged = states.step(state, command, everyone)
    expected = {
        row.target
        for row in states.TABLE
        if (row.source, row.command) == (state, command)
    }
    if expected:
        assert isinstance(judged, states.Transition)
        assert judged.target in expected
    else:
        assert isinstance(judged, states.Refusal)
        assert judged.values["state"] == states.STATES[state]
        assert "%(state)s" in judged.msgid


@pytest.mark.promise(5)
@ROWS
def test_only_who_the_table_names(row):
    named = {
        name
        for other in states.TABLE
        if (other.source, other.command) == (row.source, row.command)
        for name in other.who
    }
    for capacity in states.WHO:
        facts = states.Facts(capacities=frozenset({capacity}), **EVERYTHING)
        judged = states.step(row.source, row.command, facts)
        allowed = isinstance(judged, states.Transition)
        assert allowed == (capacity in named), capacity
        if not allowed:
            assert judged.code == "person"
            assert judged.values["state"] == states.STATES[row.source]


@pytest.mark.promise(7)
@ROWS
def test_who_applies_never_decides(row):
    both = frozenset(states.WHO) - {"unit", "clock"}
    facts = states.Facts(capacities=both, applicant=True, **EVERYTHING)
    judged = states.step(row.source, row.command, facts)
    if "applicant" not in row.who:
        assert isinstance(judged, states.Refusal)
        assert judged.code in ("own", "person")


@pytest.mark.promise(7)
@pytest.mark.parametrize(
    "state", ["submitted", "in_review", "awaiting_consent", "superior_review"]
)
@pytest.mark.parametrize("command", DECISIONS)
def test_who_refused_never_decides_the_review(state, command):
    facts = states.Facts(
        capacities=frozenset(states.WHO), refused_it=True, **EVERYTHING
    )
    assert isinstance(states.step(state, command, facts), states.Refusal)


@pytest.mark.parametrize(
    ("state", "command", "fact", "code"),
    [
        ("draft", "submit", {"complete": False}, "complete"),
        ("draft", "submit", {"agreed": False}, "agreement"),
        ("in_review", "return", {"reason": False}, "reason"),
        ("in_review", "refuse", {"reason": False}, "reason"),
        ("active", "revoke", {"reason": False}, "reason"),
        ("in_review", "approve", {"reason": False, "narrowed": True},
         "reason_if_narrowed"),
        ("refused", "appeal", {"appealed": True}, "once"),
        ("refused", "appeal", {"in_time": False}, "in_time"),
        ("mediation", "send_back", {"took_part": True}, "no_part"),
        ("mediation", "escalate", {"has_superior": False}, "has_superior"),
        ("awaiting_consent", "consent", {"approved_it": True}, "not_who_approved"),
        ("active", "renew", {"reported": False}, "reported"),
        ("active", "renew", {"renewing": True}, "not_renewing"),
        ("in_review", "comment", {"reason": False}, "words"),
        ("in_review", "comment", {"applicant": True, "internal": True},
         "not_internal"),
    ],
)  # fmt: skip
def test_guards(state, command, fact, code):
    known = {"capacities": frozenset(states.WHO), **EVERYTHING}
    assert isinstance(
        states.step(state, command, states.Facts(**known)), states.Transition
    )
    judged = states.step(state, command, states.Facts(**{**known, **fact}))
    assert isinstance(judged, states.Refusal)
    assert judged.code == code


@pytest.mark.promise(7)
@pytest.mark.parametrize("command", ["accept", "approve", "return", "refuse", "assign"])
def test_the_superior_steps_in_only_when_time_has_run_out(command):
    state = "submitted" if command == "accept" else "in_review"
    known = {"capacities": frozenset({"superior"}), **EVERYTHING}
    early = states.step(state, command, states.Facts(**{**known, "overdue": False}))
    assert isinstance(early, states.Refusal)
    assert early.code == "overdue"
    assert early.values["state"] == states.STATES[state]
    assert states.possible(state, states.Facts(capacities=known["capacities"])) == [
        "comment"
    ]
    late = states.step(state, command, states.Facts(**known))
    assert isinstance(late, states.Transition)


def test_what_stands_beside_the_decision_changes_no_state():
    for row in states.TABLE:
        if row.command in states.BESIDE:
            assert row.source == row.target
        if "overdue" in row.guards:
            assert row.who == ("superior",)


def test_the_second_consent_is_an_option():
    known = {"capacities": frozenset(states.WHO), **EVERYTHING}
    straight = states.step("in_review", "approve", states.Facts(**known))
    asked = states.step(
        "in_review", "approve", states.Facts(**known, second_consent=True)
    )
    assert (straight.target, asked.target) == ("approved", "awaiting_consent")


def test_the_documentation_is_in_step():
    page = pathlib.Path(__file__).parents[2] / "docs" / "requests.md"
    assert page.read_text(encoding="utf-8") == diagram.document()


class Walk(RuleBasedStateMachine):
    """Random people give random commands; the promises hold at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.state = "draft"
        self.given: list[tuple[str, str]] = []
        self.appealed = False

    @rule(
        command=st.sampled_from(sorted(states.COMMANDS)),
        person=st.sampled_from(["applicant", "a", "b", "c", "above"]),
        reason=st.booleans(),
        second_consent=st.booleans(),
        in_time=st.booleans(),
    )
    def give(self, command, person, reason, second_consent, in_time):
        capacities = {
            "applicant": {"applicant", "request_review"},
            "a": {"request_review", "grant_freeze", "grant_revoke"},
            "b": {"request_review", "request_mediate", "request_consent"},
            "c": {"request_mediate", "grant_provision"},
            "above": {"superior", "request_review"},
        }[person]
        mine = {name for who, name in self.given if who == person}
        judged = states.step(
            self.state,
            command,
            states.Facts(
                capacities=frozenset(capacities),
                applicant=person == "applicant",
                refused_it=bool(mine & {"refuse", "uphold"}),
                approved_it=bool(mine & {"approve", "overturn"}),
                took_part=bool(mine),
                reason=reason,
                complete=True,
                agreed=True,
                second_consent=second_consent,
                appealed=self.appealed,
                in_time=in_time,
            ),
        )
        if isinstance(judged, states.Refusal):
            return
        self.state = judged.target
        self.given.append((person, command))
        self.appealed = self.appealed or command == "appeal"

    @rule(command=st.sampled_from(["lapse", "expire"]))
    def time_passes(self, command):
        facts = states.Facts(capacities=frozenset({"clock"}))
        judged = states.step(self.state, command, facts)
        if isinstance(judged, states.Transition):
            self.state = judged.target
            self.given.append(("clock", command))

    @invariant()
    def promises(self):
        commands = [command for _, command in self.given]
        applied = {"update", "submit", "resubmit", "withdraw", "end", "appeal", "renew"}
        for person, command in self.given:
            if command == "comment":
                continue
            assert (command in applied) == (person == "applicant")
        if self.state in ("approved", "active", "frozen"):
            assert {"approve", "overturn"} & set(commands)
        assert commands.count("appeal") <= 1
        refusers = {who for who, command in self.given if command == "refuse"}
        if "appeal" in commands:
            later = self.given[commands.index("appeal") + 1 :]
            decided = {"approve", "uphold", "overturn", "refuse", "return", "consent"}
            before = {
                who
                for who, command in self.given[: commands.index("appeal")]
                if command == "refuse"
            }
            assert not any(who in before and name in decided for who, name in later)
        assert refusers <= {"a", "b", "above"}


Walk.TestCase.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None
)
TestWalk = Walk.TestCase
