"""What a recall says, what a recipient confirms, and whom to remind when.

Pure: no CKAN, no database. Messages are English message ids.
"""

from __future__ import annotations

import datetime
from typing import Any

REASONS = {
    "personal": "Personal data, or persons can be recognised",
    "mistake": "Mistakes in the data",
    "misuse": "The data were misused or leaked",
    "law": "A law or an authority demands it",
    "other": "Another reason",
}
STATES = {
    "open": "Waits for confirmations",
    "complete": "Complete: everybody confirmed",
    "lifted": "Lifted",
}
DERIVED = {
    "none": "There were none",
    "deleted": "They are deleted too",
    "kept": "Something is kept",
}
MISSING = "Missing value"
CHOOSE = "Choose one of the list."
NO_DATE = "Give a date as year-month-day."
FUTURE = "This day has not come yet. Confirm when the data are deleted."
PAST = "This date is past."


def confirmation(
    given: dict[str, Any], today: datetime.date
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a recipient confirms, and what is wrong with it by field."""
    words = {
        name: str(given.get(name) or "").replace("\x00", "").strip()
        for name in ("what", "derived", "derived_words", "deleted_on")
    }
    form: dict[str, Any] = dict(words)
    wrong = {
        name: MISSING for name in ("what", "derived", "deleted_on") if not words[name]
    }
    if words["derived"] and words["derived"] not in DERIVED:
        wrong["derived"] = CHOOSE
    if words["derived"] == "kept" and not words["derived_words"]:
        wrong["derived_words"] = MISSING
    if words["deleted_on"]:
        form["deleted_on"] = day = date(words["deleted_on"])
        if day is None:
            wrong["deleted_on"] = NO_DATE
        elif day > today:
            wrong["deleted_on"] = FUTURE
    return form, wrong


def date(given: str) -> datetime.date | None:
    """A date (ISO 8601), None where it is none."""
    try:
        return datetime.date.fromisoformat(given)
    except ValueError:
        return None


def to_chase(
    due: datetime.date,
    today: datetime.date,
    every: int,
    last: datetime.date | None,
) -> bool:
    """Whether somebody who has not confirmed is to be reminded today."""
    if today <= due:
        return False
    return last is None or today >= last + datetime.timedelta(days=max(1, every))
