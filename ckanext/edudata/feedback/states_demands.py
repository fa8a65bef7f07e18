"""Life of a data demand, as data (Art. 26). Pure.

open → answered, and answered anew when more is known; hidden where its words must not
be read by all, and shown again; withdrawn by who asked. Passed on, it is open for
another unit.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

STATES = {
    "open": "Waits for an answer",
    "answered": "Answered",
    "hidden": "Hidden",
    "withdrawn": "Withdrawn",
}
PUBLIC = ("open", "answered")
"""States in which everybody reads a demand."""

ANSWERS = {
    "planned": "It will be opened",
    "existing": "The data are open already",
    "declined": "It will not be opened",
}
CLASSES = ("unconditional", "conditional")

ASKER, OWNER, COORDINATOR, SUPPORTER = "asker", "owner", "coordinator", "supporter"


@dataclass(frozen=True)
class Rule:
    """In one of `sources`, `command` leads to `target` when a `who` gives it."""

    command: str
    label: str
    sources: frozenset[str]
    target: str
    who: str
    reason: bool = False


TABLE: tuple[Rule, ...] = (
    Rule("support", "I need these data too", frozenset({"open"}), "open", SUPPORTER),
    Rule("unsupport", "No longer", frozenset({"open"}), "open", SUPPORTER),
    Rule("answer", "Answer", frozenset({"open"}), "answered", OWNER),
    Rule("answer", "Answer anew", frozenset({"answered"}), "answered", OWNER),
    Rule("pass_on", "Pass on", frozenset({"open"}), "open", OWNER, reason=True),
    Rule("hide", "Hide", frozenset({"open", "answered"}), "hidden", COORDINATOR,
         reason=True),
    Rule("unhide", "Show again", frozenset({"hidden"}), "open", COORDINATOR),
    Rule("withdraw", "Withdraw", frozenset({"open"}), "withdrawn", ASKER),
)  # fmt: skip

COMMANDS = tuple(dict.fromkeys(rule.command for rule in TABLE))


@dataclass(frozen=True)
class Facts:
    """What a person is to a demand."""

    asker: bool = False
    owner: bool = False
    coordinator: bool = False
    supports: bool = False
    logged_in: bool = True


@dataclass(frozen=True)
class Refusal:
    """Why not: `state`, `person`, `own` or `reason`, and an English message id."""

    code: str
    msgid: str


def step(
    state: str, command: str, facts: Facts, reason: str = "", *, answered: bool = False
) -> tuple[Rule, str] | Refusal:
    """The rule, and the state it leads to; or why the command is refused.

    :param answered: an answer was given before; what is shown again is answered then
    :raises KeyError: there is no such command
    """
    rules = [rule for rule in TABLE if rule.command == command]
    if not rules:
        raise KeyError(command)
    if not _is(rules[0].who, facts):
        own = facts.asker and rules[0].who in (OWNER, COORDINATOR, SUPPORTER)
        return Refusal("own", OWN) if own else Refusal("person", PERSON)
    here = [rule for rule in rules if state in rule.sources]
    if not here:
        return Refusal("state", WRONG_STATE)
    if command == "support" and facts.supports:
        return Refusal("state", "You support this demand already.")
    if command == "unsupport" and not facts.supports:
        return Refusal("state", "You do not support this demand.")
    if here[0].reason and not reason.strip():
        return Refusal("reason", "Give a reason: it stays on record.")
    target = here[0].target
    if command == "unhide" and answered:
        target = "answered"
    return here[0], target


WRONG_STATE = "This cannot be done now; somebody may have acted meanwhile."
PERSON = "Your role does not allow this for this unit."
OWN = "This is your own demand: others support and answer it."


def _is(who: str, facts: Facts) -> bool:
    if who == ASKER:
        return facts.asker
    if facts.asker or not facts.logged_in:
        return False
    if who == OWNER:
        return facts.owner
    return facts.coordinator if who == COORDINATOR else True


def possible(state: str, facts: Facts) -> list[str]:
    """Commands that a person may give now; words do not count."""
    return [
        command
        for command in COMMANDS
        if not isinstance(step(state, command, facts, "-"), Refusal)
    ]


def problems(
    answer: str,
    opening_class: str | None,
    planned: datetime.date | None,
    dataset: bool,
    words: str,
    today: datetime.date,
) -> dict[str, str]:
    """What an answer lacks: field → English message id."""
    found: dict[str, str] = {}
    if answer not in ANSWERS:
        found["answer"] = "Say what will become of it."
    if answer == "planned":
        if opening_class not in CLASSES:
            found["opening_class"] = "Say in which class it will be opened."
        if planned is None:
            found["planned_date"] = "Give the day by which it will be opened."
        elif not today <= planned <= today.replace(day=1) + FARTHEST:
            found["planned_date"] = "The day lies in the next five years."
    if answer == "existing" and not dataset:
        found["dataset"] = "Give the address or name of an open dataset."
    if answer == "declined" and not words.strip():
        found["words"] = "Give the reason: everybody reads it."
    return found


FARTHEST = datetime.timedelta(days=5 * 366)
