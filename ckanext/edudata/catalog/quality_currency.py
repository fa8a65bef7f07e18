"""When data are due, from their update cycle and the day they last came. Pure.

Art. 12 (现时性), 18. Cycles are those of the 2017 catalogue guide (更新周期).
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Cycle:
    """How long data of a cycle are current.

    `remind` and `grace` are days before and after the due day, at most; `confirmable`
    tells whether people can say for them that they are still current: what changes
    daily is current by coming, not by word.
    """

    months: int = 0
    days: int = 0
    remind: int = 0
    grace: int = 1
    confirmable: bool = True


CYCLES = {
    "realtime": Cycle(days=1, confirmable=False),
    "daily": Cycle(days=1, confirmable=False),
    "weekly": Cycle(days=7, remind=2, grace=2),
    "monthly": Cycle(months=1, remind=7, grace=5),
    "quarterly": Cycle(months=3, remind=14, grace=10),
    "semiannual": Cycle(months=6, remind=30, grace=15),
    "annual": Cycle(months=12, remind=30, grace=30),
}
"""Cycles with a due day; irregular data and those not updated have none."""

CURRENT, DUE_SOON, OVERDUE, NO_DATE = "current", "due_soon", "overdue", "none"


@dataclass(frozen=True)
class Due:
    """`on`: the day by which data are due; `remind`: from this day on their owner is
    reminded; `overdue`: from this day on they are late."""

    on: datetime.date
    remind: datetime.date
    overdue: datetime.date

    def state(self, today: datetime.date) -> str:
        """`current`, `due_soon` or `overdue`."""
        if today >= self.overdue:
            return OVERDUE
        return DUE_SOON if today >= self.remind else CURRENT


def due(
    cycle: str | None, base: datetime.date | None, *, remind_days: int, grace_days: int
) -> Due | None:
    """When data of this cycle are due that came, or were confirmed, on a day.

    :param remind_days: most days before that the owner is reminded
    :param grace_days: most days of grace
    :returns: None where the cycle promises nothing, or nothing has come yet
    """
    rule = CYCLES.get(cycle or "")
    if rule is None or base is None:
        return None
    on = _later(base, rule.months) + datetime.timedelta(days=rule.days)
    remind = on - datetime.timedelta(days=min(rule.remind, max(0, remind_days)))
    grace = datetime.timedelta(days=min(rule.grace, max(0, grace_days)))
    return Due(on, remind, on + grace + datetime.timedelta(days=1))


def _later(day: datetime.date, months: int) -> datetime.date:
    """So many months later; of a shorter month its last day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def stage(
    found: Due, today: datetime.date, *, told: datetime.date | None, again_days: int
) -> str | None:
    """Which reminder is due: `before`, `after`, `escalated` or none.

    :param told: when the owner was told that the data are overdue, if so; nobody's
        superior is told before the owner had time to act
    """
    if today < found.remind:
        return None
    if today < found.overdue:
        return "before"
    if told is None:
        return "after"
    wait = datetime.timedelta(days=max(1, again_days))
    return "escalated" if today >= told + wait else None


def refusal(cycle: str | None, found: Due | None, today: datetime.date) -> str | None:
    """Why data cannot be said to be still current, as an English message id."""
    rule = CYCLES.get(cycle or "")
    if rule is None:
        return (
            "Data of this update cycle have no due date; there is nothing to confirm."
        )
    if not rule.confirmable:
        return (
            "Data that change daily or in real time are current by coming; they "
            "cannot be confirmed. Release new data, or correct the update cycle."
        )
    if found is None:
        return "Nothing was released or approved yet; there is nothing to confirm."
    if found.state(today) == CURRENT:
        return "These data are current; confirm them when they are due."
    return None
