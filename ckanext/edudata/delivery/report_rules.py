"""When a report of use is due, and what it must say (Art. 30, 31).

Pure: no CKAN, no database. Messages are English message ids with their values.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

LONGEST = 4000

WORDS = {
    "uses": "What the data were used for",
    "results": "What came of it: papers, reports, services, with links",
    "security": "Where the data were kept, and who worked with them",
    "problems": "Mistakes in the data and what was hard (optional)",
    "third_words": "To whom, under which consent",
    "copies_words": "What is kept, where, and until when",
}
THIRD = {
    "no": "Nothing was handed on to a third party",
    "consented": "Handed on with the consent of the owner or superior authority",
    "without": "Handed on without consent",
}
COPIES = {
    "in_use": "The data are still in use; the grant goes on",
    "deleted": "The data and all copies are deleted",
    "kept": "Something is kept after the end of the grant",
}
NEEDED = ("uses", "results", "security", "third", "copies")
MISSING = "Missing value"
TOO_LONG = "Write at most %(most)s characters; these are %(now)s."
CHOOSE = "Choose one of the list."


@dataclass(frozen=True)
class Span:
    """A grant as far as its report goes; days are those of the portal.

    `ended` is the day on which it was ended or revoked before its time.
    """

    starts: datetime.date
    last: datetime.date
    ended: datetime.date | None = None


def due(span: Span, days: int) -> datetime.date:
    """Last day for the report: so many days before the end, or after an earlier one.

    Never before the grant began.
    """
    ordinary = max(span.starts, span.last - datetime.timedelta(days=days))
    if span.ended is None:
        return ordinary
    return max(ordinary, span.ended + datetime.timedelta(days=days))


def stage(due_on: datetime.date, today: datetime.date, remind: int, filed: bool) -> str:
    """What there is to say to the holder: nothing, `soon`, or `late`."""
    if filed:
        return ""
    if today > due_on:
        return "late"
    return "soon" if today >= due_on - datetime.timedelta(days=remind) else ""


def clean(
    given: dict[str, Any],
) -> tuple[dict[str, str], dict[str, tuple[str, dict[str, Any]]]]:
    """The report that was given, and what is wrong with it by field."""
    form = {
        name: str(given.get(name) or "").replace("\x00", "").strip()
        for name in (*WORDS, "third", "copies")
    }
    wrong: dict[str, tuple[str, dict[str, Any]]] = {
        name: (MISSING, {}) for name in NEEDED if not form[name]
    }
    for name in WORDS:
        if len(form[name]) > LONGEST:
            wrong[name] = (TOO_LONG, {"most": LONGEST, "now": len(form[name])})
    for name, choices in (("third", THIRD), ("copies", COPIES)):
        if form[name] and form[name] not in choices:
            wrong[name] = (CHOOSE, {})
    if form["third"] in ("consented", "without") and not form["third_words"]:
        wrong["third_words"] = (MISSING, {})
    if form["copies"] == "kept" and not form["copies_words"]:
        wrong["copies_words"] = (MISSING, {})
    return form, wrong
