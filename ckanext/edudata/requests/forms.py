"""What an applicant tells, and what of it may be granted (Art. 4.3, 28, 30, 31).

Pure: no CKAN, no database. Messages are English message ids with their values.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

KINDS = {
    "natural": "Natural person",
    "legal": "Legal person",
    "unincorporated": "Unincorporated body",
}
WAYS = {
    "interface": "By the interface (API)",
    "copy": "By the interface, and a copy to download",
}
WORDS = {
    "purpose": 2000,
    "scenario": 2000,
    "security": 2000,
    "results": 2000,
    "fields_reason": 1000,
    "way_reason": 1000,
}
"""Fields in the applicant's own words, and their most characters."""

LABELS = {
    "applicant_kind": "Who applies",
    "purpose": "Purpose",
    "scenario": "How the data are used",
    "fields": "Fields",
    "fields_reason": "Why these fields",
    "rows": "Rows wanted",
    "until": "Until",
    "way": "Way",
    "way_reason": "Why a copy is needed",
    "security": "Security measures",
    "results": "Results expected",
    "agreed": "Terms of use",
    "agreed_name": "Your name, as a signature",
}
COMMON = ("purpose", "scenario", "security", "results", "until")
"""What all parts of an application share as long as it is a draft."""

HINTS = {
    "purpose": "What the data are for. Data may be used for this and nothing else.",
    "scenario": "Who works with them, how, and for how long.",
    "security": "Where the data are kept, who can get at them, when they are deleted.",
    "results": "Papers, reports, services: what is to come of it.",
    "fields": "Choose only what the purpose needs; each field is decided.",
}

BOUNDS = frozenset({"gt", "gte", "lt", "lte"})


class Problem(NamedTuple):
    """What is wrong with a field."""

    msgid: str
    values: dict[str, Any] = {}


def labelled(columns: list[Any], items: list[Any] | None) -> list[dict[str, Any]]:
    """Columns with the labels their owner gave them as information items."""
    labels = {item["name"]: item.get("label") for item in items or []}
    return [
        {**column, "label": labels.get(column["id"]) or column["label"]}
        for column in columns
    ]


def clean(
    given: dict[str, Any], columns: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Problem]]:
    """The part of a form that was given, and what is wrong with it.

    A form need not be complete to be saved. Wrong values are left out of the result.

    :param given: what came; keys that are no fields of the form are ignored
    :param columns: columns of the data, id → type
    """
    form: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    for name in WORDS.keys() & given.keys():
        form[name] = str(given[name] or "").replace("\x00", "").strip()
        if len(form[name]) > WORDS[name]:
            values = {"most": WORDS[name], "now": len(form[name])}
            problems[name] = Problem(TOO_LONG, values)
    if given.get("way") in WAYS:
        form["way"] = given["way"]
    elif given.get("way"):
        problems["way"] = Problem("Choose one of the list.")
    parsers = {
        "fields": _fields,
        "rows": lambda value, columns: checked_rows(value or {}, columns),
        "until": lambda value, columns: _date(value),
    }
    for name in parsers.keys() & given.keys():
        try:
            form[name] = parsers[name](given[name], columns)
        except ValueError as error:  # noqa: PERF203
            problems[name] = Problem(str(error))
    return form, problems


TOO_LONG = "Write at most %(most)s characters; these are %(now)s."


def _fields(given: Any, columns: Mapping[str, str]) -> list[str]:
    wanted = [given] if isinstance(given, str) else list(given or [])
    if any(name not in columns for name in wanted):
        raise ValueError("The data have no such field.")
    return [name for name in columns if name in wanted]


def _date(given: Any) -> str:
    try:
        return datetime.date.fromisoformat(str(given)).isoformat() if given else ""
    except ValueError:
        raise ValueError("Give a date as year-month-day.") from None


def checked_rows(rows: Any, columns: Mapping[str, str]) -> dict[str, Any]:
    """A filter of rows, in the one form that a grant can apply for certain.

    :raises ValueError: a message id
    """
    if not isinstance(rows, dict) or len(rows) > 20:
        raise ValueError("Give rows as {field: [values]}.")
    for name, wanted in rows.items():
        if name not in columns:
            raise ValueError("The data have no such field.")
        values = wanted if isinstance(wanted, list) else None
        if isinstance(wanted, dict) and wanted and BOUNDS.issuperset(wanted):
            values = list(wanted.values())
        if not values or not all(_scalar(value) for value in values):
            raise ValueError("Give rows as {field: [values]}.")
        if not all(_fits(value, columns[name]) for value in values):
            raise ValueError("The values do not fit the field.")
    return rows


def _scalar(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or (isinstance(value, str) and bool(value))


def _fits(value: Any, kind: str) -> bool:
    parse = {
        "integer": float,
        "numeric": float,
        "date": datetime.date.fromisoformat,
    }.get(kind, str)
    try:
        parse(value)
    except (TypeError, ValueError):
        return False
    return True


MISSING = Problem("Missing value")


def missing(
    form: dict[str, Any], today: datetime.date, longest: int, columns: int = 0
) -> dict[str, Problem]:
    """What a form still needs before it can be submitted.

    :param longest: most days that may be asked for
    :param columns: number of fields there are; whoever asks for all of several says why
    """
    needed = ["purpose", "scenario", "fields", "until", "security"]
    if 1 < columns <= len(form.get("fields") or []):
        needed.append("fields_reason")
    if form.get("way") == "copy":
        needed.append("way_reason")
    problems = {name: MISSING for name in needed if not form.get(name)}
    if not form.get("applicant_kind"):
        problems["applicant_kind"] = Problem("Say who you are first.")
    if form.get("until"):
        last = datetime.date.fromisoformat(form["until"])
        latest = today + datetime.timedelta(days=longest)
        if last < today:
            problems["until"] = Problem("This date is past.")
        elif last > latest:
            problems["until"] = Problem(
                "The longest period ends on %(latest)s.",
                {"latest": latest.isoformat()},
            )
    return problems


def decide(
    form: dict[str, Any], given: dict[str, Any], today: datetime.date
) -> tuple[dict[str, Any], bool, dict[str, Problem]]:
    """What is granted of what was asked; never more.

    :param given: `fields`, `rows`, `until`, `way` and quotas; absent: as asked
    :returns: `{fields, rows, until, way, quota_rows, quota_calls}`, whether it is less
        than was asked, and what is wrong with it
    """
    asked_rows = form.get("rows") or {}
    decided: dict[str, Any] = {
        "fields": form.get("fields") or [],
        "rows": asked_rows,
        "until": form.get("until") or "",
        "way": given.get("way") or form.get("way") or "interface",
        "quota_rows": given.get("quota_rows"),
        "quota_calls": given.get("quota_calls"),
    }
    problems: dict[str, Problem] = {}
    narrowed = any(decided[name] is not None for name in ("quota_rows", "quota_calls"))
    if decided["way"] != (form.get("way") or "interface"):
        narrowed = True
        if decided["way"] != "interface":
            problems["way"] = WIDER
    if given.get("fields") is not None:
        fields = [name for name in decided["fields"] if name in given["fields"]]
        if not fields or set(given["fields"]) - set(fields):
            problems["fields"] = WIDER
        narrowed = narrowed or fields != decided["fields"]
        decided["fields"] = fields
    if given.get("rows") is not None:
        rows = given["rows"]
        if any(
            not _within(rows.get(name), asked) for name, asked in asked_rows.items()
        ):
            problems["rows"] = WIDER
        narrowed = narrowed or rows != asked_rows
        decided["rows"] = rows
    if given.get("until"):
        if given["until"] > decided["until"]:
            problems["until"] = WIDER
        narrowed = narrowed or given["until"] != decided["until"]
        decided["until"] = given["until"]
    if decided["until"] < today.isoformat():
        problems.setdefault("until", Problem("This date is past."))
    return decided, narrowed, problems


WIDER = Problem("Grant what was asked for or less, and something of it.")


def _within(granted: Any, asked: Any) -> bool:
    if granted == asked:
        return True
    lists = isinstance(granted, list) and isinstance(asked, list)
    return lists and set(granted) <= set(asked)
