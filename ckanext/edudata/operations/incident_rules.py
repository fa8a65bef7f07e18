"""What an incident is, how grave, what is noted of it, when it may be closed. Pure.

Categories and levels follow GB/T 20986-2023, duties Art. 35 of the Measures and Art. 57
of the Personal Information Protection Law. Labels are English message ids.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

KINDS = {
    "leak": "Data leaked",
    "tampering": "Data altered",
    "loss": "Data lost or destroyed",
    "misuse": "Data used against the rules",
    "attack": "Network attack",
    "malware": "Malicious program",
    "fault": "Fault of equipment or software",
    "other": "Something else",
}
LEVELS = {
    "general": "General (level 4)",
    "considerable": "Considerable (level 3)",
    "major": "Major (level 2)",
    "extraordinary": "Extraordinary (level 1)",
}
REPORTED = ("considerable", "major", "extraordinary")
"""Levels that are reported to the authority within hours."""

STATES = {"open": "Being handled", "contained": "Contained", "closed": "Closed"}

NOTED = {
    "finding": "Found",
    "measure": "Measure taken",
    "report_authority": "Reported to the competent authority",
    "report_cyberspace": "Reported to the cyberspace administration",
    "report_police": "Reported to the police",
    "report_superior": "Reported to the superior unit",
    "no_report": "No report is obliged, because",
    "persons_told": "People concerned were told",
    "persons_not_told": "People concerned need not be told, because",
    "cause": "Cause and who answers for it",
    "lesson": "Lessons",
    "comment": "Note",
}
"""What people note; the first of all is the sign."""

STEPS = {
    "sign": "First sign",
    **NOTED,
    "classify": "Classified anew",
    "freeze": "Releases and grants of a dataset frozen",
    "lift": "Freeze of a dataset lifted",
    "contain": "Contained",
    "close": "Closed",
    "reopen": "Taken up again",
    "export": "Taken out for the authority",
}
REPORTS = tuple(name for name in NOTED if name.startswith("report_"))

MOVES = {
    "contain": (("open",), "contained"),
    "close": (("contained",), "closed"),
    "reopen": (("closed", "contained"), "open"),
}
"""Command: from which states, to which."""

WRONG_MOVE = "The incident is in the state “%(state)s”; this is not possible."
MISSING = {
    "report": "Note the report to the authority, or why none is obliged.",
    "persons": "Note that the people concerned were told, or why they need not be "
    "(Personal Information Protection Law, Article 57).",
    "measure": "Note at least one measure.",
    "cause": "Note the cause and who answers for it.",
    "lesson": "Note the lessons.",
    "frozen": "A dataset is still frozen for this incident. Have the freeze lifted or "
    "ended as stopped.",
}
TOLD = (
    "what kinds of data are concerned, why it happened and what harm may come; what is "
    "done about it and what they can do themselves; whom they can ask"
)
"""What people concerned are told (Personal Information Protection Law, Art. 57)."""


def report_due(
    level: str, found_at: datetime.datetime, hours: int
) -> datetime.datetime | None:
    """By when the authority is told; None where nothing obliges."""
    return found_at + datetime.timedelta(hours=hours) if level in REPORTED else None


def missing(
    level: str, facts: dict[str, Any], noted: Collection[str], frozen: bool
) -> list[str]:
    """What is still to be noted before an incident is closed: keys of `MISSING`."""
    found = []
    reported = any(kind in noted for kind in REPORTS)
    if not reported and (level in REPORTED or "no_report" not in noted):
        found.append("report")
    told = {"persons_told", "persons_not_told"} & set(noted)
    if facts.get("personal") and not told:
        found.append("persons")
    found += [kind for kind in ("measure", "cause", "lesson") if kind not in noted]
    if frozen:
        found.append("frozen")
    return found


def moved(state: str, command: str) -> str | None:
    """The state that a command leads to; None where it is not possible."""
    sources, target = MOVES[command]
    return target if state in sources else None


def drill_due(
    last: datetime.date | None, months: int, today: datetime.date
) -> datetime.date:
    """By when the next drill is due: the same day so many months on."""
    if last is None:
        return today
    whole = last.year * 12 + last.month - 1 + months
    year, month = divmod(whole, 12)
    first = datetime.date(year, month + 1, 1)
    following = (first + datetime.timedelta(days=32)).replace(day=1)
    end = (following - datetime.timedelta(days=1)).day
    return first.replace(day=min(last.day, end))
