"""The announcement of a year's holidays, as an operator types it.

Pure. One line for a day or a span of days and what they are:

    2027-02-05 2027-02-11 休
    2027-02-20 班
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

KINDS = {"休": "off", "off": "off", "班": "work", "work": "work"}
MOST_OFF, MOST_WORK = 45, 20
LONGEST = 20_000
_LINE = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:[~～—–至到]|\s)\s*(\d{4}-\d{1,2}-\d{1,2}))?"
    r"\s*[:：,，]?\s*(休|班|off|work)",
    re.IGNORECASE,
)
_FIXED = ((1, 1), (5, 1), (10, 1))
"""Festivals whose day the law fixes: without them the text is not of this year."""


@dataclass
class Year:
    """Days off within the week and at weekends, and weekend days on which one works;
    `problems` are English message ids with their values."""

    off: set[datetime.date] = field(default_factory=set)
    work: set[datetime.date] = field(default_factory=set)
    problems: list[tuple[str, dict[str, object]]] = field(default_factory=list)


def parse(text: str, year: int) -> Year:
    """The days of the announcement for *year*."""
    found = Year()
    for number, line in enumerate(text[:LONGEST].splitlines(), 1):
        words = line.split("#")[0].strip()
        if words:
            _line(found, words, number, year)
    if not found.problems:
        _sense(found, year)
    return found


def _line(found: Year, words: str, number: int, year: int) -> None:
    match = _LINE.fullmatch(words)
    first = _day(match[1]) if match else None
    last = _day(match[2]) if match and match[2] else first
    values: dict[str, object] = {"line": number, "year": year}
    if match is None or first is None or last is None:
        said = "Line %(line)s: write a day or two days and 休 or 班."
    elif first.year != year or last.year != year:
        said = "Line %(line)s: the day is not in %(year)s."
    elif not 0 <= (last - first).days <= 15:
        said = "Line %(line)s: the second day must be the later one, within 15 days."
    else:
        span = {
            first + datetime.timedelta(days=n) for n in range((last - first).days + 1)
        }
        (found.off if KINDS[match[3].lower()] == "off" else found.work).update(span)
        return
    found.problems.append((said, values))


def _day(text: str) -> datetime.date | None:
    year, month, day = (int(part) for part in text.split("-"))
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _sense(found: Year, year: int) -> None:
    """What no announcement says."""
    for day in sorted(found.off & found.work):
        found.problems.append(
            ("%(day)s is both off and made up.", {"day": day.isoformat()})
        )
    for day in sorted(found.work):
        if day.weekday() < 5:
            found.problems.append(
                ("%(day)s is no weekend: it is not made up.", {"day": day.isoformat()})
            )
    for fixed in _FIXED:
        day = datetime.date(year, *fixed)
        if day not in found.off and day.weekday() < 5:
            said = "%(day)s is a holiday by law; the list is not complete."
            found.problems.append((said, {"day": day.isoformat()}))
    if len(found.off) > MOST_OFF or len(found.work) > MOST_WORK:
        found.problems.append(("These are more days than a year has holidays.", {}))
    if not found.off:
        found.problems.append(("No day is off.", {}))


def lines(off: list[str], work: list[str]) -> str:
    """The text that `parse` reads back, spans of days in one line."""
    made = []
    for days, word in ((off, "休"), (work, "班")):
        span: list[datetime.date] = []
        for day in sorted(map(datetime.date.fromisoformat, days)):
            if span and (day - span[-1]).days == 1 and (day - span[0]).days <= 15:
                span.append(day)
            else:
                made += _span(span, word)
                span = [day]
        made += _span(span, word)
    return "\n".join(sorted(made))


def _span(days: list[datetime.date], word: str) -> list[str]:
    if not days:
        return []
    ends = sorted({days[0].isoformat(), days[-1].isoformat()})
    return [f"{' '.join(ends)} {word}"]
