"""What must hold for a command, and what to say where it does not.

Pure. Part of the one table of the application (`states.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """What is known of the application and of the person when a command is given."""

    capacities: frozenset[str] = frozenset()
    applicant: bool = False
    refused_it: bool = False
    approved_it: bool = False
    took_part: bool = False
    reason: bool = False
    narrowed: bool = False
    complete: bool = False
    agreed: bool = False
    second_consent: bool = False
    appealed: bool = False
    in_time: bool = True
    has_superior: bool = True
    overdue: bool = False
    internal: bool = False
    reported: bool = False
    renewing: bool = False


@dataclass(frozen=True)
class Guard:
    """A condition, and what to say to who does not meet it."""

    holds: Callable[[Facts], bool]
    msgid: str = ""


GUARDS = {
    # choose between two targets of one command
    "second_consent": Guard(lambda f: f.second_consent),
    "no_second_consent": Guard(lambda f: not f.second_consent),
    # must hold
    "complete": Guard(lambda f: f.complete, "The form is not complete."),
    "agreement": Guard(lambda f: f.agreed, "Accept the terms of use first."),
    "reason": Guard(lambda f: f.reason, "Give a reason: the applicant will read it."),
    "reason_if_narrowed": Guard(
        lambda f: f.reason or not f.narrowed,
        "You grant less than was asked for. Give a reason: the applicant will read it.",
    ),
    "not_who_refused": Guard(
        lambda f: not f.refused_it,
        "You refused this application. Somebody else must decide its review.",
    ),
    "not_who_approved": Guard(
        lambda f: not f.approved_it,
        "You approved this application. The consent is a second person's.",
    ),
    "no_part": Guard(
        lambda f: not f.took_part,
        "You took part in this application. Another coordinator must mediate.",
    ),
    "once": Guard(lambda f: not f.appealed, "A review can be asked for once only."),
    "in_time": Guard(lambda f: f.in_time, "The time to ask for a review is over."),
    "has_superior": Guard(
        lambda f: f.has_superior,
        "This unit has no superior authority on the portal. "
        "Send the application back with an opinion.",
    ),
    "overdue": Guard(
        lambda f: f.overdue,
        "The data owner still decides this application, now in the state “%(state)s”. "
        "The superior authority may decide when the time is over.",
    ),
    "words": Guard(lambda f: f.reason, "Write something."),
    "not_internal": Guard(
        lambda f: not (f.applicant and f.internal),
        "Internal notes are for those who decide.",
    ),
    "reported": Guard(
        lambda f: f.reported,
        "File the report of use first: a renewal is tied to it.",
    ),
    "not_renewing": Guard(lambda f: not f.renewing, "A renewal was asked for already."),
}
CHOICES = ("second_consent", "no_second_consent")


PERSONAL = frozenset(
    {"person", "own", "not_who_refused", "not_who_approved", "no_part", "overdue"}
)
"""Codes of refusals that are about the person, not about the application."""
