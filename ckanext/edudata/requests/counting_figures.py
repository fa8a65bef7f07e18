"""Service figures: what the public is told of applications and their decisions.

Pure. No single applicant may be told of by a number, nor by the difference of two:
outcomes are published in groups of `K` decisions of an owner in the order in which they
were made, each group once and for all, in the year that completed it. Shares next to
none or all are told as bounds, and what fewer than `K` have in common is not told.
"""

from __future__ import annotations

import datetime
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

K = 5
"""Fewest decisions that are told together."""
LEAST, MOST = 10, 90
"""Shares below and above are told as bounds, in per cent."""

WITH_AUTHORITY = frozenset({"submitted", "in_review", "awaiting_consent"})
DECIDED = frozenset({"approved", "refused"})
REVIEWED = {"uphold": "upheld", "overturn": "overturned", "send_back": "sent_back"}

Between = Callable[[datetime.date, datetime.date], int]


@dataclass(frozen=True)
class Step:
    """A command given on an application, on a day in Shanghai; `order` is its place
    among all commands."""

    day: datetime.date
    command: str
    source: str
    target: str
    reason: str | None = None
    order: int = 0


@dataclass(frozen=True)
class Decision:
    """The owner's first decision: `days` are working days, without those in which the
    applicant had the application back."""

    day: datetime.date
    accepted: bool
    days: int
    reason: str | None
    order: int = 0


@dataclass(frozen=True)
class Review:
    """How the review of a refusal ended."""

    order: int
    day: datetime.date
    outcome: str


@dataclass
class Told:
    """What is told of an owner and a year. None: fewer than `K`, or not known yet."""

    applications: int | None = 0
    decisions: int = 0
    median_days: float | None = None
    acceptance: dict[str, Any] | None = None
    reasons: list[dict[str, Any]] = field(default_factory=list)
    other_reasons: bool = False
    reviews: int = 0
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Group:
    """Decisions and reviews that are told of together."""

    decisions: list[Decision] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


@dataclass
class History:
    """What happened at one owner."""

    submitted: list[datetime.date] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    def add(self, steps: Sequence[Step], between: Between) -> None:
        """Count one application, its steps in their order."""
        first = next((s.day for s in steps if s.command == "submit"), None)
        if first is None:
            return
        self.submitted.append(first)
        decision = decided(steps, between)
        if decision is not None:
            self.decisions.append(decision)
        self.reviews += [
            Review(step.order, step.day, REVIEWED[step.command])
            for step in steps
            if step.command in REVIEWED
        ]

    def told(self) -> dict[int, Told]:
        """What is told of the owner, by year."""
        found = _applications(self.submitted)
        for year, group in self.grouped().items():
            _tell(found.setdefault(year, Told()), group)
        return found

    def grouped(self) -> dict[int, Group]:
        """Decisions and reviews of full groups, by the year of each one's last."""
        found: dict[int, Group] = {}
        made = sorted(self.decisions, key=lambda decision: decision.order)
        for year, decisions in groups(made, lambda each: each.day).items():
            found.setdefault(year, Group()).decisions += decisions
        reviews = sorted(self.reviews, key=lambda review: review.order)
        for year, concluded in groups(reviews, lambda each: each.day).items():
            found.setdefault(year, Group()).reviews += concluded
        return found


def together(histories: Sequence[History]) -> dict[int, Told]:
    """What is told of all owners together, by year.

    Outcomes are those of the groups that are told of owners, no others: a total over
    more would tell, by what is left over, of owners with few.
    """
    found = _applications([day for each in histories for day in each.submitted])
    groups_of: dict[int, Group] = {}
    told_apart: dict[int, Counter[str]] = {}
    for history in histories:
        for year, group in history.grouped().items():
            whole = groups_of.setdefault(year, Group())
            whole.decisions += group.decisions
            whole.reviews += group.reviews
        for year, told in history.told().items():
            counts = {each["code"]: each["count"] for each in told.reasons}
            told_apart.setdefault(year, Counter()).update(counts)
    for year, group in groups_of.items():
        told = found.setdefault(year, Told())
        _tell(told, group, told_apart.get(year, Counter()))
    return found


def _applications(submitted: Iterable[datetime.date]) -> dict[int, Told]:
    return {
        year: Told(applications=number if number >= K else None)
        for year, number in Counter(day.year for day in submitted).items()
    }


def decided(steps: Sequence[Step], between: Between) -> Decision | None:
    """The owner's first decision, with the consent that it needed."""
    days, since = 0, None
    for step in steps:
        if since is not None and step.target not in WITH_AUTHORITY:
            days, since = days + between(since, step.day), None
        if step.source in WITH_AUTHORITY and step.target in DECIDED:
            accepted = step.target == "approved"
            return Decision(step.day, accepted, days, step.reason, step.order)
        if since is None and step.target in WITH_AUTHORITY:
            since = step.day
    return None


def groups(
    items: Sequence[Any], day: Callable[[Any], datetime.date]
) -> dict[int, list[Any]]:
    """Full groups of `K` in their order, by the year of each one's last."""
    found: dict[int, list[Any]] = {}
    for end in range(K, len(items) + 1, K):
        found.setdefault(day(items[end - 1]).year, []).extend(items[end - K : end])
    return found


def _tell(told: Told, group: Group, apart: Counter[str] | None = None) -> None:
    """Fill in what is told of outcomes.

    :param apart: counts of reasons that are told of owners
    """
    if group.decisions:
        made = group.decisions
        refused = [decision for decision in made if not decision.accepted]
        told.decisions = len(made)
        told.median_days = float(statistics.median(decision.days for decision in made))
        told.acceptance = share(len(made) - len(refused), len(made))
        _reasons(told, refused, apart or Counter())
    if group.reviews:
        outcomes = Counter(review.outcome for review in group.reviews)
        told.reviews = len(group.reviews)
        told.outcomes = {
            name: share(outcomes[name], told.reviews) for name in REVIEWED.values()
        }


def _reasons(told: Told, refused: list[Decision], apart: Counter[str]) -> None:
    found = Counter(decision.reason or "other" for decision in refused)
    # What is left beside the counts of owners would be told by subtraction.
    counts = {
        code: count if count - apart[code] >= K else apart[code]
        for code, count in found.items()
    }
    told.reasons = [
        {"code": code, "count": count}
        for code, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        if count >= K
    ]
    # How many others there are would tell of them.
    told.other_reasons = sum(counts[c] for c in counts if counts[c] >= K) < len(refused)


def share(part: int, whole: int) -> dict[str, Any]:
    """A share in per cent: `{percent, bound}`, bound `exact`, `least` or `most`."""
    percent = round(100 * part / whole)
    if percent > MOST:
        return {"percent": MOST, "bound": "least"}
    if percent < LEAST:
        return {"percent": LEAST, "bound": "most"}
    return {"percent": percent, "bound": "exact"}
