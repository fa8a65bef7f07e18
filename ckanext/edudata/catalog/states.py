"""Life of an entry, as data. Pure.

draft → submitted → returned | approved → released, with a security review before
*approved* from a set grade upward (Art. 33). An entry that was changed after it was
submitted is a draft again, whatever was decided about its earlier content.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

LABELS = {
    "draft": "Draft",
    "submitted": "Waiting for review",
    "security_review": "Waiting for the security review",
    "returned": "Returned",
    "approved": "Approved",
    "released": "Released",
}

NEEDS_SECURITY = (
    "Data of this grade need a security review of each version before it is released."
)

GRADES = ("general", "important", "core")
"""Grades of data (数据级别), the lightest first."""


@dataclass(frozen=True)
class Transition:
    """A command that leads from one of `sources` to `target`.

    `permission` is a key of `units.who_may.PERMISSIONS`; `apart` says that nobody who
    compiled the entry may give the command, `second` that nobody who reviewed it may;
    `words` is what to say where words are obliged and missing; `sensitive` whether the
    row is for content that needs a security review (None: for any).
    """

    command: str
    label: str
    sources: frozenset[str]
    target: str
    permission: str
    apart: bool = False
    second: bool = False
    words: str = ""
    sensitive: bool | None = None


_CORRECT = "Give a reason: the compiler must know what to correct."

TABLE = (
    Transition(
        "submit",
        "Submit for review",
        frozenset({"draft", "returned"}),
        "submitted",
        "entry_compile",
    ),
    Transition(
        "approve",
        "Approve",
        frozenset({"submitted"}),
        "approved",
        "entry_review",
        apart=True,
        sensitive=False,
    ),
    Transition(
        "approve",
        "Approve",
        frozenset({"submitted"}),
        "security_review",
        "entry_review",
        apart=True,
        sensitive=True,
    ),
    Transition(
        "pass_security",
        "Pass the security review",
        frozenset({"security_review"}),
        "approved",
        "security_review",
        apart=True,
        second=True,
        words="Write down what you looked at, and why it may go on.",
    ),
    Transition(
        "return",
        "Return for correction",
        frozenset({"submitted"}),
        "returned",
        "entry_review",
        apart=True,
        words=_CORRECT,
    ),
    Transition(
        "return",
        "Return for correction",
        frozenset({"security_review"}),
        "returned",
        "security_review",
        apart=True,
        second=True,
        words=_CORRECT,
    ),
    Transition("release", "Release", frozenset({"approved"}), "released", "release"),
)

TRANSITIONS = {row.command: row for row in reversed(TABLE)}
"""The first row of each command: its label, and who gives it at first."""


def needs_security(grade: str | None, from_grade: str) -> bool:
    """Whether content of this grade needs a security review; unknown ones do."""
    if grade not in GRADES or from_grade not in GRADES:
        return True
    return GRADES.index(grade) >= GRADES.index(from_grade)


def state_of(
    decided: str | None,
    same_content: bool,
    *,
    sensitive: bool = False,
    passed: bool = False,
) -> str:
    """State of an entry from its last version's and whether it changed since.

    What was approved while less was asked for waits for the security review.
    """
    if decided is None or not same_content:
        return "draft"
    if decided == "approved" and sensitive and not passed:
        return "security_review"
    return decided


def find(command: str, state: str, *, sensitive: bool = False) -> Transition | None:
    """The row of the table for a command in a state."""
    for row in TABLE:
        if (
            row.command == command
            and state in row.sources
            and row.sensitive in (None, sensitive)
        ):
            return row
    return None


def refusal(
    command: str,
    state: str,
    *,
    actor: str | None,
    compilers: Collection[str],
    reviewer: str | None = None,
    reason: str = "",
    sensitive: bool = False,
) -> str | None:
    """Why *command* cannot be given now, as an English message id; None if it can.

    :param reviewer: who approved it
    """
    row = find(command, state, sensitive=sensitive)
    if row is None:
        return "In the state “{state}” this cannot be done."
    if row.apart and actor in compilers:
        return "Nobody reviews what they compiled. Ask another reviewer."
    if row.second and (actor is None or actor == reviewer):
        return "The security review is another person’s than the review."
    if row.words and not reason.strip():
        return row.words
    return None
