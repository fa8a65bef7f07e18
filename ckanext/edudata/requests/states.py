"""The application for conditional-open data: its whole life as one table.

Pure: no CKAN, no database. Pages, buttons, API, diagram and tests come from `TABLE`
(Art. 4.3, 24, 25, 28). Applications for open data settle disputes by analogy with
sharing: the coordinator mediates, the superior authority decides (Art. 24).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ckanext.edudata.requests.guards import CHOICES, GUARDS, PERSONAL, Facts, Guard

__all__ = ["CHOICES", "GUARDS", "PERSONAL", "Facts", "Guard"]

STATES = {
    "draft": "Draft",
    "submitted": "Submitted",
    "in_review": "In review",
    "returned": "Returned to be corrected",
    "awaiting_consent": "Awaiting the coordinator's consent",
    "approved": "Approved",
    "active": "In use",
    "frozen": "Frozen",
    "refused": "Refused",
    "mediation": "Under review: mediation",
    "superior_review": "Under review: superior authority",
    "refused_for_good": "Refused after review",
    "withdrawn": "Withdrawn",
    "lapsed": "Lapsed",
    "revoked": "Revoked",
    "expired": "Expired",
    "ended": "Ended by the applicant",
}

COMMANDS = {
    "update": "Save",
    "submit": "Submit",
    "accept": "Accept for review",
    "return": "Return to be corrected",
    "resubmit": "Submit again",
    "approve": "Approve",
    "consent": "Consent",
    "refuse": "Refuse",
    "provision": "Provision",
    "freeze": "Freeze",
    "unfreeze": "Unfreeze",
    "revoke": "Revoke",
    "end": "End use",
    "withdraw": "Withdraw the application",
    "appeal": "Ask for a review of the decision",
    "send_back": "Send back with an opinion",
    "escalate": "Pass on to the superior authority",
    "uphold": "Uphold the refusal",
    "overturn": "Overturn the refusal",
    "renew": "Apply for renewal",
    "comment": "Leave a note",
    "assign": "Assign",
    "lapse": "Lapse",
    "expire": "Expire",
}

BY_TIME = {"lapsed": "lapse", "expired": "expire"}
"""Commands that nobody gives, by the state they lead to."""

BESIDE = ("renew", "comment", "assign")
"""Commands beside the decision: they change neither the state nor what a page of the
application shows of it, so they make no other page stale."""

ASSIGNABLE = ("submitted", "in_review", "returned")
"""States in which an application is in the hands of a reviewer."""

WHO = {
    "applicant": "the applicant",
    "request_review": "a reviewer of the data owner",
    "request_consent": "a coordinator",
    "request_mediate": "a coordinator",
    "grant_provision": "a technician",
    "grant_freeze": "a reviewer or security officer of the data owner",
    "grant_revoke": "a reviewer or security officer of the data owner",
    "superior": "a reviewer of the superior authority",
    "unit": "the portal, where the unit says so",
    "clock": "time",
}
"""Capacities: the applicant, a permission of `units.who_may` for the unit of the data,
a reviewer of a unit above it, the portal itself and the clock."""


@dataclass(frozen=True)
class Rule:
    """In `source`, `command` leads to `target` when one of `who` gives it."""

    source: str
    command: str
    target: str
    who: tuple[str, ...]
    guards: tuple[str, ...] = ()


def _rules(
    sources: str, command: str, target: str, who: str, *guards: str
) -> list[Rule]:
    return [
        Rule(source, command, target, tuple(who.split()), guards)
        for source in sources.split()
    ]


def _beside(states: str, command: str, who: str, *guards: str) -> list[Rule]:
    return [
        rule
        for state in states.split()
        for rule in _rules(state, command, state, who, *guards)
    ]


TABLE: tuple[Rule, ...] = (
    *_rules("draft", "update", "draft", "applicant"),
    *_rules("returned", "update", "returned", "applicant"),
    *_rules("draft", "submit", "submitted", "applicant", "complete", "agreement"),
    *_rules("submitted", "accept", "in_review", "request_review", "not_who_refused"),
    *_rules("submitted", "accept", "in_review", "superior",
            "overdue", "not_who_refused"),
    *_rules(
        "submitted in_review", "return", "returned", "request_review",
        "reason", "not_who_refused",
    ),
    *_rules(
        "submitted in_review", "return", "returned", "superior",
        "overdue", "reason", "not_who_refused",
    ),
    *_rules(
        "submitted in_review", "refuse", "refused", "request_review",
        "reason", "not_who_refused",
    ),
    *_rules(
        "submitted in_review", "refuse", "refused", "superior",
        "overdue", "reason", "not_who_refused",
    ),
    *_rules(
        "in_review", "approve", "approved", "request_review",
        "no_second_consent", "reason_if_narrowed", "not_who_refused",
    ),
    *_rules(
        "in_review", "approve", "awaiting_consent", "request_review",
        "second_consent", "reason_if_narrowed", "not_who_refused",
    ),
    *_rules(
        "in_review", "approve", "approved", "superior",
        "overdue", "no_second_consent", "reason_if_narrowed", "not_who_refused",
    ),
    *_rules(
        "in_review", "approve", "awaiting_consent", "superior",
        "overdue", "second_consent", "reason_if_narrowed", "not_who_refused",
    ),
    *_rules(
        "awaiting_consent", "consent", "approved", "request_consent",
        "not_who_refused", "not_who_approved",
    ),
    *_rules(
        "awaiting_consent", "refuse", "refused", "request_consent",
        "reason", "not_who_refused",
    ),
    *_rules(
        "returned", "resubmit", "in_review", "applicant", "complete", "agreement"
    ),
    *_rules("returned", "lapse", "lapsed", "clock"),
    *_rules("approved", "provision", "active", "grant_provision unit"),
    *_rules("active", "freeze", "frozen", "grant_freeze", "reason"),
    *_rules("frozen", "unfreeze", "active", "grant_freeze"),
    *_rules("active frozen", "revoke", "revoked", "grant_revoke superior", "reason"),
    *_rules("active frozen", "expire", "expired", "clock"),
    *_rules("active frozen", "end", "ended", "applicant"),
    *_rules(
        "refused", "appeal", "mediation", "applicant", "reason", "once", "in_time"
    ),
    *_rules("mediation", "send_back", "in_review", "request_mediate",
            "reason", "no_part"),
    *_rules("mediation", "escalate", "superior_review", "request_mediate",
            "no_part", "has_superior"),
    *_rules("superior_review", "uphold", "refused_for_good", "superior",
            "reason", "not_who_refused"),
    *_rules("superior_review", "overturn", "approved", "superior",
            "no_second_consent", "not_who_refused"),
    *_rules("superior_review", "overturn", "awaiting_consent", "superior",
            "second_consent", "not_who_refused"),
    *_rules("submitted in_review returned", "withdraw", "withdrawn", "applicant"),
    *_beside("active", "renew", "applicant", "reported", "not_renewing"),
    *_beside(" ".join(ASSIGNABLE), "assign", "request_review"),
    *_beside("submitted in_review", "assign", "superior", "overdue"),
    *_beside(
        "submitted in_review returned awaiting_consent approved active frozen refused"
        " mediation superior_review",
        "comment",
        "applicant request_review request_consent request_mediate grant_provision"
        " grant_freeze grant_revoke superior",
        "words", "not_internal",
    ),
)  # fmt: skip

OVER = frozenset(STATES) - {rule.source for rule in TABLE}
"""States that nothing leads out of."""

UNDECIDED = (
    *("draft", "submitted", "in_review", "returned", "awaiting_consent", "approved"),
    *("mediation", "superior_review"),
)
"""States in which the applicant may not apply for the same data once more."""


@dataclass(frozen=True)
class Transition:
    command: str
    source: str
    target: str


@dataclass(frozen=True)
class Refusal:
    """Why not: `state`, `person`, `own` or a guard's name, and an English message
    id whose `%(…)s` are message ids too."""

    code: str
    msgid: str
    values: dict[str, str] = field(default_factory=dict)


WRONG_STATE = (
    "The application is in the state “%(state)s”; “%(command)s” is not possible."
)
WRONG_PERSON = (
    "The application is in the state “%(state)s”; “%(command)s” is for %(who)s."
)
OWN = (
    "This is your own application, in the state “%(state)s”. "
    "Who applies never decides: “%(command)s” is for %(who)s."
)


def step(state: str, command: str, facts: Facts) -> Transition | Refusal:
    """What becomes of the application, or why the command is refused.

    :raises KeyError: there is no such state or command
    """
    values = {"state": STATES[state], "command": COMMANDS[command]}
    here = [rule for rule in TABLE if (rule.source, rule.command) == (state, command)]
    if not here:
        return Refusal("state", WRONG_STATE, values)
    values["who"] = WHO[here[0].who[0]]
    if (
        facts.applicant
        and "applicant" not in here[0].who
        and not _by_itself(here, facts)
    ):
        return Refusal("own", OWN, values)
    entitled = [rule for rule in here if facts.capacities.intersection(rule.who)]
    if not entitled:
        return Refusal("person", WRONG_PERSON, values)
    rule = next(rule for rule in entitled if _chosen(rule, facts))
    for name in rule.guards:
        if name not in CHOICES and not GUARDS[name].holds(facts):
            return Refusal(name, GUARDS[name].msgid, values)
    return Transition(command, state, rule.target)


def _by_itself(rules: list[Rule], facts: Facts) -> bool:
    return any(
        capacity in facts.capacities and capacity in rule.who
        for rule in rules
        for capacity in ("clock", "unit")
    )


def _chosen(rule: Rule, facts: Facts) -> bool:
    return all(GUARDS[name].holds(facts) for name in rule.guards if name in CHOICES)


def possible(state: str, facts: Facts) -> list[str]:
    """Commands that this person may give now; missing words do not count."""
    could = Facts(
        **{
            **facts.__dict__,
            "reason": True,
            "complete": True,
            "agreed": True,
            "reported": True,
        }
    )
    return [
        command
        for command in COMMANDS
        if isinstance(step(state, command, could), Transition)
    ]


def needs(state: str, command: str) -> frozenset[str]:
    """Names of the guards on a command in a state."""
    return frozenset(
        name
        for rule in TABLE
        if (rule.source, rule.command) == (state, command)
        for name in rule.guards
    )
