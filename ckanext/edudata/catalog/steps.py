"""Where an entry stands on its way out, and what differs from the last release. Pure.

Labels are English message ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_REACHED = {"submitted": 2, "security_review": 2, "approved": 3, "released": 4}
STEPS = ("Describe and upload", "Checking", "Reviewing", "Opening")


@dataclass(frozen=True)
class Step:
    """A step of the line on an entry's page; `status`: done, current, waiting, back."""

    label: str
    status: str


def line(state: str, *, files: int, checked: bool) -> list[Step]:
    """The four steps of an entry.

    :param state: of `states.LABELS`
    :param files: how many files are meant to be released
    :param checked: every file and the description were checked to the end
    """
    if state == "returned":
        return [
            Step(STEPS[0], "back"),
            *(Step(label, "waiting") for label in STEPS[1:]),
        ]
    labels: list[str] = list(STEPS)
    if state in _REACHED:
        reached = _REACHED[state]
        if state == "security_review":
            labels[reached] = "Security review"
    elif not files:
        reached = 0
    else:
        reached = 2 if checked else 1
    return [
        Step(label, "done" if n < reached else "current" if n == reached else "waiting")
        for n, label in enumerate(labels)
    ]


def is_checked(
    resources: Sequence[Mapping[str, Any]],
    checks: Mapping[str, Mapping[str, Any]],
    entry_id: str,
) -> bool:
    """Whether all that is meant to be released was checked to the end."""
    subjects = [entry_id, *(resource["id"] for resource in resources)]
    return all(checks.get(subject, {}).get("state") == "done" for subject in subjects)
