"""How long an applicant's own data are needed (PIPL Art. 19, 47). Pure.

They are needed to decide, and as long as data are held that were had under them; after
that for a while, because whoever received data must be found if they are recalled.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import NamedTuple

HELD = frozenset({"active", "frozen"})
WITH_AUTHORITY = frozenset(
    {
        *("submitted", "in_review", "awaiting_consent", "approved"),
        *("mediation", "superior_review"),
    }
)
"""States in which somebody decides about the applicant."""

LIVE = WITH_AUTHORITY | HELD
RUNNING = LIVE | {"draft", "returned"}
HAD_DATA = frozenset({"revoked", "expired", "ended"})


class Part(NamedTuple):
    """Of one part of an application: its state, since when, and until when a refusal
    may still be put to review."""

    state: str
    since: datetime.datetime
    appeal_until: datetime.date | None = None


FOREVER = datetime.date.max


def needed_until(parts: Iterable[Part], keep_days: int) -> datetime.date | None:
    """Last day on which the applicant's data are needed; None if nothing needs them.

    `FOREVER` while an application runs.
    """
    last: datetime.date | None = None
    for part in parts:
        if part.state in RUNNING:
            return FOREVER
        until = None
        if part.state in HAD_DATA:
            until = part.since.date() + datetime.timedelta(days=keep_days)
        elif part.state == "refused":
            until = part.appeal_until
        if until is not None and (last is None or until > last):
            last = until
    return last
