"""What an application to hand data on must say, and when it may be consented to.

Pure: no CKAN, no database. Article 31 lets data be provided to others (对外提供) after
a written application to the owner or the superior authority, and its consent.
"""

from __future__ import annotations

import datetime
from typing import Any

LONGEST = 2000

WORDS = {
    "third_party": "Third party (name as registered)",
    "third_code": "Its unified social credit code (where it has one)",
    "purpose": "What the third party uses them for",
    "security": "How the third party protects them",
}
KINDS = {
    "body": "A legal person or another body",
    "person": "A natural person",
    "public": "The public (publication)",
}
WHAT = {
    "results": "Results worked out from the data, nothing of single rows",
    "derived": "Data derived from them",
    "data": "The granted data themselves",
}
STATES = {
    "waiting": "Waits for consent",
    "consented": "Consented to",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
    "lapsed": "Refused: not consented to in time",
}
NEEDED = ("third_party", "third_kind", "purpose", "security", "what", "until")
MISSING = "Missing value"
TOO_LONG = "Write at most %(most)s characters; these are %(now)s."
CHOOSE = "Choose one of the list."
PAST = "This date is past."
LATER = "Your grant ends on %(last)s; nothing is handed on for longer."
NO_DATE = "Give a date as year-month-day."
NO_FIELD = "Name only fields that your grant covers."
NO_FIELDS = "Choose the fields."


def clean(
    given: dict[str, Any],
    granted: list[str],
    today: datetime.date,
    last: datetime.date,
) -> tuple[dict[str, Any], dict[str, tuple[str, dict[str, Any]]]]:
    """The application that was given, and what is wrong with it by field.

    :param granted: ids of the fields of the grant; nothing beyond is handed on
    :param last: last day of the grant
    """
    names = (*WORDS, "third_kind", "what", "until")
    form: dict[str, Any] = {
        name: str(given.get(name) or "").replace("\x00", "").strip() for name in names
    }
    wrong: dict[str, tuple[str, dict[str, Any]]] = {
        name: (MISSING, {}) for name in NEEDED if not form[name]
    }
    for name in WORDS:
        if len(form[name]) > LONGEST:
            wrong[name] = (TOO_LONG, {"most": LONGEST, "now": len(form[name])})
    for name, choices in (("third_kind", KINDS), ("what", WHAT)):
        if form[name] and form[name] not in choices:
            wrong[name] = (CHOOSE, {})
    if form["until"]:
        try:
            until = datetime.date.fromisoformat(form["until"])
        except ValueError:
            wrong["until"] = (NO_DATE, {})
        else:
            if until < today:
                wrong["until"] = (PAST, {})
            elif until > last:
                wrong["until"] = (LATER, {"last": last.isoformat()})
    fields = given.get("fields") or []
    fields = [fields] if isinstance(fields, str) else list(fields)
    if any(name not in granted for name in fields):
        wrong["fields"] = (NO_FIELD, {})
    elif not fields and form["what"] in ("derived", "data"):
        wrong["fields"] = (NO_FIELDS, {})
    form["fields"] = [name for name in granted if name in fields]
    return form, wrong


def state_now(state: str, due: datetime.date, today: datetime.date) -> str:
    """The state as it is today: silence is no consent."""
    return "lapsed" if state == "waiting" and today > due else state
