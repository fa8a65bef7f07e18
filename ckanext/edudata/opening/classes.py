"""Opening classes and their grounds (Art. 27). Pure.

No looser than the content permits, no closer than the grounds allow.
"""

from __future__ import annotations

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
