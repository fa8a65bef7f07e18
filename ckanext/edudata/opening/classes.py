"""Opening classes and their grounds (Art. 27). Pure.

No looser than the content permits, no closer than the grounds allow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

UNCONDITIONAL = "unconditional"
CONDITIONAL = "conditional"
NOT_OPEN = "not_open"

GROUNDS = {
    UNCONDITIONAL: frozenset[str](),
    CONDITIONAL: frozenset({"security_demands", "timeliness", "continuous"}),
    NOT_OPEN: frozenset({"privacy", "law"}),
}

PERMITS = {
    "clear": UNCONDITIONAL,
    "restricted": CONDITIONAL,
    "blocked": NOT_OPEN,
    "unreadable": NOT_OPEN,
}
"""The loosest class that a verdict of the personal-data check permits."""

_OPENNESS = {NOT_OPEN: 0, CONDITIONAL: 1, UNCONDITIONAL: 2}


def permits(verdict: str) -> str:
    """Loosest class for a verdict; what is not known is not open."""
    return PERMITS.get(verdict, NOT_OPEN)


def allowed(wanted: str, permitted: str) -> bool:
    """Whether *wanted* is no looser than *permitted*."""
    return _OPENNESS.get(wanted, 99) <= _OPENNESS.get(permitted, 0)


def closest(opening_classes: Iterable[str]) -> str:
    """The closest of several classes."""
    return min(opening_classes, key=lambda name: _OPENNESS.get(name, 0))


def ground_error(opening_class: object, ground: object) -> str | None:
    """Why class and ground do not go together, as a message id."""
    grounds = GROUNDS.get(str(opening_class))
    if grounds is None:
        return None
    if not grounds:
        return "Unconditional opening needs no ground; clear it" if ground else None
    if ground not in grounds:
        return (
            "Choose one of the grounds of Article 27 for this opening class; "
            "without one the data are opened unconditionally"
        )
    return None


def grade_error(opening_class: object, grade: object) -> str | None:
    """Why the grade does not allow the class, as a message id."""
    if grade in ("important", "core") and opening_class == UNCONDITIONAL:
        return "Important and core data cannot be opened unconditionally"
    return None


WHY = {
    "law": "A law or regulation forbids opening these data.",
    "privacy": "Opening these data would harm the privacy of persons.",
    "security_demands": "Using these data makes high demands on security and "
    "processing.",
    "timeliness": "These data are of use only while they are fresh.",
    "continuous": "Users need these data continuously.",
    "": "None of the grounds of Article 27 holds, so the data are opened to all.",
}
"""Why a class follows, by its ground, as message ids."""

LIMITS = {
    "check_conditional": "The check found data that may tell persons apart: the files "
    "as they are permit conditional opening at most.",
    "check_not_open": "The check found personal data or could not read a file: the "
    "files as they are cannot be opened. Make desensitized data, replace the file, or "
    "class them not open.",
    "grade": "Important and core data cannot be opened unconditionally",
    "no_personal": "The check found no personal data in the files. Say which privacy "
    "is at stake, or open them.",
}
"""What the check and the grade say against a class, as message ids."""


@dataclass(frozen=True)
class Follows:
    """The class that follows from the answers.

    `limit` is a key of `LIMITS` where check or grade speak against the class.
    """

    opening_class: str
    ground: str
    limit: str = ""


def follows(
    law: str,
    privacy: str,
    demand: str,
    *,
    permitted: str | None = None,
    grade: str | None = None,
) -> Follows | None:
    """The class that follows from the three questions of Article 27.

    :param law: whether a law or regulation forbids opening: `yes` or `no`
    :param privacy: whether opening would harm personal privacy: `yes` or `no`
    :param demand: a ground of conditional opening, or `none`
    :param permitted: loosest class that the check of the files permits; None where it
        is not known yet
    :returns: None where an answer that matters is missing
    """
    if law == "yes":
        return Follows(NOT_OPEN, "law")
    if law != "no" or privacy not in ("yes", "no"):
        return None
    if privacy == "yes":
        return _with_limit(NOT_OPEN, "privacy", permitted, grade)
    if demand in GROUNDS[CONDITIONAL]:
        return _with_limit(CONDITIONAL, demand, permitted, grade)
    if demand != "none":
        return None
    return _with_limit(UNCONDITIONAL, "", permitted, grade)


def _with_limit(
    opening_class: str, ground: str, permitted: str | None, grade: str | None
) -> Follows:
    return Follows(
        opening_class, ground, limit(opening_class, ground, permitted, grade) or ""
    )


def limit(
    opening_class: object,
    ground: object,
    permitted: str | None,
    grade: str | None = None,
) -> str | None:
    """What check and grade say against a class, in both directions (`LIMITS`).

    No looser than the check permits; and privacy is no ground where the check found
    nothing, unless somebody says which.
    """
    if permitted is not None and opening_class in _OPENNESS:
        if not allowed(str(opening_class), permitted):
            return f"check_{permitted}"
        if ground == "privacy" and permitted == UNCONDITIONAL:
            return "no_personal"
    return "grade" if grade_error(opening_class, grade) else None


def answers(opening_class: object, ground: object) -> dict[str, str]:
    """The answers that lead to a class and ground: `{law, privacy, demand}`."""
    if opening_class == NOT_OPEN and ground in GROUNDS[NOT_OPEN]:
        law = "yes" if ground == "law" else "no"
        return {"law": law, "privacy": "" if law == "yes" else "yes", "demand": ""}
    if opening_class == CONDITIONAL and ground in GROUNDS[CONDITIONAL]:
        return {"law": "no", "privacy": "no", "demand": str(ground)}
    if opening_class == UNCONDITIONAL:
        return {"law": "no", "privacy": "no", "demand": "none"}
    return {"law": "", "privacy": "", "demand": ""}
