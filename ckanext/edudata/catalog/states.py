"""Life of an entry, as data. Pure.

draft → submitted → returned | approved → released; an entry that was changed after
it was submitted is a draft again, whatever was decided about its earlier content.
"""

from __future__ import annotations

from dataclasses import dataclass

LABELS = {
    "draft": "Draft",
    "submitted": "Waiting for review",
    "returned": "Returned",
    "approved": "Approved",
    "released": "Released",
}


@dataclass(frozen=True)
class Transition:
    """A command that leads from one of `sources` to `target`.

    `permission` is a key of `units.who_may.PERMISSIONS`; `apart` says that nobody who
    compiled the entry may give the command; `reason` that words are obliged.
    """

    command: str
    label: str
    sources: frozenset[str]
    target: str
    permission: str
    apart: bool = False
    reason: bool = False


TRANSITIONS = {
    transition.command: transition
    for transition in (
        Transition(
            "submit",
            "Submit for review",
            frozenset({"draft", "returned"}),
            "submitted",
            "entry_compile",
        ),
        Transition(
            "return",
            "Return for correction",
            frozenset({"submitted"}),
            "returned",
            "entry_review",
            apart=True,
            reason=True,
        ),
        Transition(
            "approve",
            "Approve",
            frozenset({"submitted"}),
            "approved",
            "entry_review",
            apart=True,
        ),
        Transition(
            "release", "Release", frozenset({"approved"}), "released", "release"
        ),
    )
}


def state_of(decided: str | None, same_content: bool) -> str:
    """State of an entry from its last version's and whether it changed since."""
    if decided is None or not same_content:
        return "draft"
    return decided


def refusal(
    command: str, state: str, *, actor: str | None, compilers: list[str], reason: str
) -> str | None:
    """Why *command* cannot be given now, as an English message id; None if it can."""
    transition = TRANSITIONS[command]
    if state not in transition.sources:
        return "In the state “{state}” this cannot be done."
    if transition.apart and actor in compilers:
        return "Nobody reviews what they compiled. Ask another reviewer."
    if transition.reason and not reason.strip():
        return "Give a reason: the compiler must know what to correct."
    return None
