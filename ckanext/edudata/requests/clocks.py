"""Deadlines of the application, in working days.

Pure. Saturdays and Sundays are no working days, but for days that the State Council
makes up for holidays, year by year. A year that it has not announced is counted by the
festivals of the law alone, and days that such a year decides are provisional.
"""

from __future__ import annotations

import datetime
import functools
import json
import pathlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ONE = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days `off` and days of `work` that differ from the week, and the years for which
    they are announced."""

    off: frozenset[datetime.date] = frozenset()
    work: frozenset[datetime.date] = frozenset()
    years: frozenset[int] = frozenset()

    def works(self, day: datetime.date) -> bool:
        """Whether work is done on that day."""
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def after(self, start: datetime.date, days: int) -> datetime.date:
        """The last day of a wait of so many working days, the first not counted."""
        day = start
        while days > 0:
            day += ONE
            days -= self.works(day)
        return day

    def before(self, end: datetime.date, days: int) -> datetime.date:
        """The day from which so many working days are left, *end* the last of them."""
        day = end
        while days > 0:
            days -= self.works(day)
            day -= ONE
        return day

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """Working days after *start*, until *end* itself."""
        days = (end - start).days
        return sum(self.works(start + ONE * n) for n in range(1, days + 1))

    def unannounced(self, start: datetime.date, end: datetime.date) -> list[int]:
        """Years not yet announced that a wait from *start* until *end* runs into."""
        first = min(self.years, default=datetime.MINYEAR)
        years = range(max(start.year, first), end.year + 1)
        return [year for year in years if year not in self.years]

    def with_year(
        self, year: int, off: Iterable[datetime.date], work: Iterable[datetime.date]
    ) -> Calendar:
        """The same, but for a year as announced."""
        return Calendar(
            frozenset(d for d in self.off if d.year != year) | frozenset(off),
            frozenset(d for d in self.work if d.year != year) | frozenset(work),
            self.years | {year},
        )


@functools.cache
def shipped() -> Calendar:
    """The years announced when this version was made."""
    path = pathlib.Path(__file__).with_name("workdays_clocks.json")
    known = json.loads(path.read_text(encoding="utf-8"))
    day = datetime.date.fromisoformat
    found = Calendar(frozenset(day(d) for ds in known["by_law"].values() for d in ds))
    for year, days in known["announced"].items():
        off, work = map(day, days["off"]), map(day, days["work"])
        found = found.with_year(int(year), off, work)
    return found


@functools.cache
def sources() -> dict[int, str]:
    """What the years of `shipped` rest on."""
    path = pathlib.Path(__file__).with_name("workdays_clocks.json")
    known = json.loads(path.read_text(encoding="utf-8"))["announced"]
    return {int(year): days["source"] for year, days in known.items()}


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

OF_APPLICANT = ("returned", "refused")
"""States in which the authority's clock stands: the applicant has it."""


def after(
    start: datetime.date, days: int, calendar: Calendar | None = None
) -> datetime.date:
    """The last day of a wait of so many working days; the first day does not count."""
    return (calendar or shipped()).after(start, days)


def due(
    state: str,
    since: datetime.date,
    days: Days,
    calendar: Calendar | None = None,
    stays: Sequence[Sequence[str]] = (),
) -> datetime.date | None:
    """Day by which somebody should act, None where no clock runs.

    :param stays: earlier stays in review, `[ISO day from, ISO day until]`. They have
        used up part of the time to decide: a return stops the clock, no more.
    """
    wait = WAITS.get(state)
    if wait is None:
        return None
    found = calendar or shipped()
    left = getattr(days, wait)
    if state == "in_review":
        left = max(0, left - used(stays, found))
    return found.after(since, left)


def used(stays: Sequence[Sequence[str]], calendar: Calendar) -> int:
    """Working days that stays in review have taken."""
    day = datetime.date.fromisoformat
    return sum(calendar.between(day(first), day(last)) for first, last in stays)


def stays_after(
    stays: Sequence[Sequence[str]],
    source: str,
    target: str,
    since: datetime.date,
    today: datetime.date,
) -> list[list[str]]:
    """Stays that still count once a step is done: those that a return broke off."""
    kept = [list(stay) for stay in stays]
    if (source, target) == ("in_review", "returned"):
        return [*kept, [since.isoformat(), today.isoformat()]]
    return kept if (source, target) == ("returned", "in_review") else []


def in_fact(
    state: str,
    since: datetime.date,
    today: datetime.date,
    days: Days,
    until: datetime.datetime | None = None,
    now: datetime.datetime | None = None,
    calendar: Calendar | None = None,
) -> str:
    """The state as it is today: time alone makes `lapsed` and `expired`."""
    if state == "returned":
        last = due(state, since, days, calendar)
        return "lapsed" if last and today > last else state
    if state in ("active", "frozen") and until and now and now >= until:
        return "expired"
    return state


@dataclass(frozen=True)
class Ahead:
    """When people are told, in working days (settings `…requests.remind_*`)."""

    before: int = 2
    superior: int = 5


def stage(
    state: str,
    since: datetime.date,
    last: datetime.date,
    today: datetime.date,
    ahead: Ahead,
    calendar: Calendar | None = None,
) -> str | None:
    """What is to be told of a wait today: `before`, `overdue`, `superior` or None.

    The applicant's own waits end by themselves and are never overdue.
    """
    found = calendar or shipped()
    if today <= last:
        # A wait shorter than the reminder is not reminded of on its first day.
        near = today > since and today > found.before(last, ahead.before)
        return "before" if near else None
    if state in OF_APPLICANT:
        return None
    return "superior" if found.between(last, today) > ahead.superior else "overdue"
