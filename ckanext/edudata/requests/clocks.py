"""Deadlines of the application, in working days.

Pure. Saturdays and Sundays are no working days; `holidays` and `make_up` days come
from the caller, since the State Council announces them year by year.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Days:
    """Working days for each wait (settings `ckanext.edudata.requests.days_*`)."""

    accept: int = 5
    decide: int = 10
    answer: int = 15
    appeal: int = 15


WAITS = {
    "submitted": "accept",
    "in_review": "decide",
    "awaiting_consent": "decide",
    "mediation": "decide",
    "superior_review": "decide",
    "returned": "answer",
    "refused": "appeal",
}
"""Which wait runs in a state."""


def working_day(
    day: datetime.date,
    holidays: Collection[datetime.date] = (),
    make_up: Collection[datetime.date] = (),
) -> bool:
    """Whether work is done on that day."""
    return day in make_up or (day.weekday() < 5 and day not in holidays)


def after(
    start: datetime.date,
    days: int,
    holidays: Collection[datetime.date] = (),
    make_up: Collection[datetime.date] = (),
) -> datetime.date:
    """The last day of a wait of so many working days; the first day does not count."""
    day = start
    while days > 0:
        day += datetime.timedelta(days=1)
        if working_day(day, holidays, make_up):
            days -= 1
    return day


def due(state: str, since: datetime.date, days: Days) -> datetime.date | None:
    """Day by which somebody should act, None where no clock runs."""
    wait = WAITS.get(state)
    return after(since, getattr(days, wait)) if wait else None


def in_fact(
    state: str,
    since: datetime.date,
    today: datetime.date,
    days: Days,
    until: datetime.datetime | None = None,
    now: datetime.datetime | None = None,
) -> str:
    """The state as it is today: time alone makes `lapsed` and `expired`."""
    if state == "returned":
        last = due(state, since, days)
        return "lapsed" if last and today > last else state
    if state in ("active", "frozen") and until and now and now >= until:
        return "expired"
    return state
