"""Words for people about a check: progress, findings by column, plans as forms. Pure.

Labels are English message ids.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .generalise import GENERALISE
from .suppress import HOW

VERDICTS = {
    "clear": "No personal data found",
    "restricted": "Nobody is named, but people could be singled out",
    "blocked": "Personal data found",
    "unreadable": "Could not be read",
}
#: Headlines of what is clear because a rule or an exception lets findings pass.
CLEAR_BY = {
    frozenset({"institutions"}): "Holds only what institutions publish, by the "
    "standing rule",
    frozenset({"exception"}): "Holds personal data that may be published by an "
    "approved exception",
    frozenset({"institutions", "exception"}): "Holds personal data that may be "
    "published by the standing rule and an approved exception",
}
TONES = {
    "clear": "success",
    "restricted": "warning",
    "blocked": "danger",
    "unreadable": "danger",
}
PERMITS = {
    "unconditional": "May be opened unconditionally",
    "conditional": "May be opened conditionally at most",
    "not_open": "May be opened in no class",
}
#: What is not open because nobody knows yet what is in it.
UNREAD = {"unreadable": "Is not opened until it can be read"}
PLACES = {
    "cell": "Cells",
    "note": "Title, group and foot rows",
    "header": "Column name",
    "comment": "Comments",
    "sheet_name": "Name of the sheet",
    "property": "Document properties",
    "part": "Hidden parts of the file",
    "defined_name": "Defined names of the workbook",
    "filename": "Name of the file",
    "metadata": "Description of the entry",
}
#: What to do about a place that is no cell; there the advice on columns does not help.
ADVICE = {
    "note": "Take it out of the title, group or foot row, then upload the file again.",
    "header": "Give the column a name without personal data; where the table has no "
    "header, add one. Then upload the file again.",
    "comment": "Delete the comment in the file, then upload the file again.",
    "sheet_name": "Rename the sheet, then upload the file again.",
    "property": "Clear the properties of the document, such as its author, then upload "
    "the file again.",
    "part": "Take the hidden part out of the file, or save the table as CSV (UTF-8), "
    "then upload that.",
    "defined_name": "Delete the defined name in the workbook, then upload the file "
    "again.",
    "filename": "Rename the file, then upload it again.",
    "metadata": "Take it out of the description of the entry.",
}
METADATA_FIELDS = {
    "title": "Title",
    "notes": "Description",
    "keywords": "Keywords",
    "opening_condition": "Conditions of opening",
    "opening_basis": "Basis of not opening",
    "open_list_reason": "Reason shown to the public",
    "spatial_coverage": "Spatial range",
    "contact_office": "Office to contact",
    "contact_phone": "Office telephone",
    "contact_email": "Office e-mail",
    "related_resources": "Related resources",
    "name": "Name",
    "description": "Description",
    "original_name": "Name of the file",
}
PASSED = {
    "institutions": "passes under the standing rule for institutions",
    "exception": "passes by an exception that was approved",
    "quasi": "names nobody by itself, and counts as what tells persons apart",
    "author": "passes as the name of who made the document",
    "": "passes under a rule",
}
CHOICES = {
    "keep": "Keep as it is",
    "drop": "Leave the column out",
    "mask": "Mask the middle of each value",
    "pseudonymise": "Replace by a code (the same person, the same code)",
    "redact": "Replace persons in the text by what they are",
    "generalise:year": "Year only",
    "generalise:age_band": "Age band",
    "generalise:grade_band": "Stage of schooling only",
    "generalise:district": "District only",
    "generalise:band": "Bands of numbers",
    "generalise:prefix": "First characters only",
}
#: A worker that has not begun by then is busy, or stands still.
LONG_WAIT = datetime.timedelta(minutes=2)
SIZED = ("generalise:band", "generalise:prefix", "generalise:age_band")


def progress(check: Mapping[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """How far a running check is: `{percent, cells, rows, seconds_left, waits_long}`,
    None where it cannot be told."""
    told = check.get("progress") or {}
    waits = False
    if check.get("state") == "queued" and check.get("queued_at"):
        since = now - datetime.datetime.fromisoformat(check["queued_at"])
        waits = since > LONG_WAIT
    done, total = told.get("done") or 0, told.get("total") or 0
    percent = min(99, int(done * 100 / total)) if total else None
    left = None
    if percent and check.get("started_at"):
        begun = datetime.datetime.fromisoformat(check["started_at"])
        passed = (now - begun).total_seconds()
        left = max(1, round(passed * (total - done) / done)) if done else None
    return {
        "percent": percent,
        "cells": told.get("cells"),
        "rows": told.get("rows"),
        "seconds_left": left,
        "waits_long": waits,
    }


def headline(report: Mapping[str, Any]) -> str:
    """The msgid of a verdict; where findings pass by a rule or an exception, of that.

    :param report: `{verdict, findings: [{passed}]}`; where findings are missing, as in
        a list of checks, it is not said whether any pass
    """
    verdict = report["verdict"] or "unreadable"
    if verdict == "clear" and "findings" not in report:
        return "Passes the check"
    found = report.get("findings") or []
    ways = {f.get("passed", "") for f in found} & {"institutions", "exception"}
    if verdict == "clear" and ways:
        return CLEAR_BY[frozenset(ways)]
    return VERDICTS[verdict]


def permits(verdict: str, opening_class: str) -> str:
    """The msgid that says how far a content may be opened."""
    return UNREAD.get(verdict) or PERMITS[opening_class]


def advice(finding: Mapping[str, Any]) -> str:
    """The msgid that says what to do about a finding, where it stands."""
    general: str = finding["advice"]
    if finding["entity"] == "CLASSIFIED":
        return general
    return ADVICE.get(finding["where"]) or general


def filled(reason: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    """Why a file could not be read and the way out, in a language."""
    text = translate(reason["msgid"])
    try:
        return text.format(**reason.get("values") or {})
    except (KeyError, IndexError, ValueError):
        return text


def by_column(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings grouped by where they are: `[{sheet, column, where, findings}]`."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for finding in findings:
        key = (finding["sheet"], finding["column"], finding["where"])
        groups.setdefault(key, []).append(finding)
    return [
        {"sheet": sheet, "column": column, "where": where, "findings": found}
        for (sheet, column, where), found in groups.items()
    ]


def ranges(rows: Sequence[int]) -> str:
    """Row numbers shortened: `3–5, 9`."""
    found: list[list[int]] = []
    for row in sorted(set(rows)):
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return ", ".join(
        str(first) if first == last else f"{first}–{last}" for first, last in found
    )


def choice_of(step: Mapping[str, Any]) -> str:
    """The form's value for a step of a plan."""
    if step.get("action") == "generalise":
        return f"generalise:{step.get('kind')}"
    return str(step.get("action") or "keep")


def plan_of(
    columns: Sequence[Mapping[str, Any]], form: Mapping[str, str]
) -> dict[str, Any]:
    """The plan that a form asks for: fields `step-<n>` and `size-<n>` by position,
    `k`, `how` and `small`.

    :raises ValueError: a choice that is none, or a size that is no number from 1 on
    """
    steps = {}
    for place, column in enumerate(columns):
        choice = form.get(f"step-{place}", "drop")
        if choice not in CHOICES:
            raise ValueError(choice)
        action, _, kind = choice.partition(":")
        step: dict[str, Any] = {"action": action, "entity": column.get("entity") or ""}
        if kind in GENERALISE:
            step["kind"] = kind
        if choice in SIZED:
            step["size"] = _size(form.get(f"size-{place}", ""))
        steps[column["name"]] = step
    how = form.get("how") or "rows"
    if how not in HOW:
        raise ValueError(how)
    return {
        "columns": steps,
        "k": _limit(form.get("k", "")),
        "how": how,
        "small": _limit(form.get("small", "")),
    }


def _size(text: str) -> int:
    size = int(text.strip() or "10")
    if not 1 <= size <= 1_000_000:
        raise ValueError(text)
    return size


def _limit(text: str) -> int:
    limit = int(text.strip() or "0")
    if not 0 <= limit <= 1_000_000:
        raise ValueError(text)
    return limit


def offered(column: Mapping[str, Any]) -> list[str]:
    """Choices that make sense for a column, by its type and what was found in it."""
    codes = ["drop", "pseudonymise", "mask"]
    times = ["generalise:year", "generalise:age_band"]
    if column.get("type") in ("integer", "numeric"):
        more = ["generalise:band", *times, "generalise:district", "generalise:prefix"]
    elif column.get("type") == "date":
        more = [*times, "generalise:prefix"]
    else:
        more = [
            "redact",
            *times,
            "generalise:district",
            "generalise:grade_band",
            "generalise:prefix",
            "generalise:band",
        ]
    return ["keep", *codes, *more]
