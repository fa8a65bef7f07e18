"""Undertakings and training of people in sensitive posts: how they stand. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

KINDS = {
    "undertaking": "Undertaking",
    "confidentiality": "Confidentiality agreement",
    "training": "Training",
    "background_check": "Background check",
}
"""What is on record (Art. 37); labels are English message ids."""

OBLIGED = ("undertaking", "training")
"""What each person in a sensitive post must have."""

STATES = {
    "valid": "Valid",
    "due": "Ends soon",
    "expired": "Expired",
    "missing": "Not on record",
    "withdrawn": "Withdrawn",
}

DUE_DAYS = 30


def state(valid_until: datetime.date | None, today: datetime.date) -> str:
    """How a record stands: `valid`, `due` in the last 30 days, `expired`."""
    if valid_until is None:
        return "valid"
    if valid_until < today:
        return "expired"
    return "due" if (valid_until - today).days <= DUE_DAYS else "valid"


def best(states: Iterable[str]) -> str:
    """How somebody stands with several records of a kind: the best counts."""
    order = ("valid", "due", "expired", "missing")
    return min(states, key=order.index, default="missing")
