"""What the pages of the check show, in the reader's language."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.desensitization import plain, plain_plans, verdict
from ckanext.edudata.desensitization.renderings import Words, view


def edudata_verdict(check: dict[str, Any]) -> dict[str, str]:
    """`{label, tone, permits}` of a check that is done, in plain words."""
    found = check["verdict"] or "unreadable"
    return {
        "label": tk._(plain.headline(check)),
        "tone": plain.TONES[found],
        "permits": tk._(plain.permits(found, check["permits"] or "not_open")),
    }


def edudata_progress(check: dict[str, Any]) -> dict[str, Any]:
    """How far a check is, see `plain.progress`; the same in `words`."""
    now = datetime.datetime.now(datetime.timezone.utc)
    found = plain.progress(check, now)
    parts = []
    if found["percent"] is not None:
        parts.append(f"{found['percent']}%")
    if found["rows"]:
        n = found["rows"]
        told = tk.ungettext("{n} row read", "{n} rows read", n)
        parts.append(told.format(n=f"{n:,}"))
    if found["seconds_left"]:
        parts.append(_time_left(found["seconds_left"]))
    if check["state"] == "queued" and not parts:
        soon = tk._("The check begins in a moment.")
        later = tk._("It waits for its turn; nothing is lost.")
        parts.append(later if found["waits_long"] else soon)
    stop = "，" if report_words().lang == "zh" else ", "
    return {**found, "words": stop.join(parts)}


def _time_left(left: int) -> str:
    if left < 90:
        words = tk.ungettext("about {n} second left", "about {n} seconds left", left)
        return words.format(n=left)
    left = round(left / 60)
    words = tk.ungettext("about {n} minute left", "about {n} minutes left", left)
    return words.format(n=left)


def report_words() -> Words:
    """Words of the reader's language for the report of a check."""
    lang = "zh" if str(tk.h.lang()).startswith("zh") else "en"
    return Words(tk._, tk.ungettext, lang)


def edudata_findings(check: dict[str, Any]) -> list[dict[str, Any]]:
    """Findings of a check by place: `[{sheet, column, where, findings}]`.

    `sheet` and `column` are keys, `heading` is what may be shown of them; `open` tells
    whether something in it stops. Findings have `at`, which cells and rows, and `rule`,
    which lets them pass.
    """
    words = report_words()
    names = view.Names(check, words)
    groups = []
    for group in plain.by_column(check["findings"]):
        sheet, column, where = group["sheet"], group["column"], group["where"]
        shown = {
            "where": where,
            "sheet": names.sheet(sheet),
            "column": names.column(sheet, column, where),
            "column_number": names.number(sheet, column),
        }
        findings = [
            {
                **finding,
                "label": tk._(finding["label"]),
                "clause": tk._(finding["clause"]),
                "advice": tk._(plain.advice(finding)),
                "at": view.at(finding, words),
                "rule": view.passed(finding, words),
            }
            for finding in group["findings"]
        ]
        stops = not all(finding["passed"] for finding in findings)
        heading = view.heading(shown, words)
        groups.append(
            {**group, "heading": heading, "open": stops, "findings": findings}
        )
    return sorted(groups, key=lambda group: not group["open"])


def edudata_tables(check: dict[str, Any]) -> list[dict[str, Any]]:
    """Tables of a check with the names of their columns as they may be shown."""
    return view.describe("", check, report_words())["tables"]


def edudata_grounds(check: dict[str, Any]) -> list[dict[str, Any]]:
    """Why the verdict is as it is, beside the finding of personal data itself:
    `[{code, text, details}]`, details say in which columns and rows."""
    item = view.describe("", check, report_words())
    return [ground for ground in item["grounds"] if ground["code"] != "personal"]


def edudata_unreadable(check: dict[str, Any]) -> str:
    """Why a file could not be read, and the way out."""
    reason = check.get("reason")
    return plain.filled(reason, tk._) if reason else ""


def edudata_step_choices(
    column: dict[str, Any], chosen: str = ""
) -> list[dict[str, str]]:
    """What may be done with a column, the choice made among it: `[{value, text}]`."""
    values = plain.offered(column)
    if chosen in plain.CHOICES and chosen not in values:
        values.append(chosen)
    return [{"value": value, "text": tk._(plain.CHOICES[value])} for value in values]


def edudata_step_choice(step: dict[str, Any]) -> str:
    """The form's value of a step."""
    return plain.choice_of(step)


def edudata_step_words(step: dict[str, Any]) -> str:
    """What was done with a column, in words."""
    return tk._(plain.CHOICES.get(plain.choice_of(step), ""))


def edudata_made_words(result: dict[str, Any]) -> list[str]:
    """How desensitized data were made, a sentence each."""
    words = report_words()
    found = [*plain_plans.made_of(result, words), plain_plans.lost(result, words)]
    return [text for text in found if text]


def edudata_risk_words(risk: dict[str, Any]) -> dict[str, str]:
    """`{text, help}` of a ground that is left."""
    words = report_words()
    stop = "、" if words.lang == "zh" else ", "
    text = tk._(verdict.GROUNDS[risk["code"]])
    if risk["columns"]:
        columns = stop.join(f"“{name}”" for name in risk["columns"])
        text += " " + tk._("Columns: {columns}.").format(columns=columns)
    return {"text": text, "help": tk._(risk["help"]) if risk["help"] else ""}


def edudata_making_words(made: dict[str, Any]) -> str:
    """How far the making of desensitized data is."""
    progress = made.get("progress") or {}
    done, total = progress.get("done"), progress.get("total")
    if not total or done is None:
        return tk._("It waits for its turn; nothing is lost.")
    percent = min(99, int(done * 100 / total))
    told = tk._("{percent}% done, {n} rows")
    return told.format(percent=percent, n=f"{progress['rows']:,}")


def edudata_makings(resource_id: str) -> list[dict[str, Any]]:
    """What is being made of a file, or could not be made, for its line on the page of
    the entry: `[{state, progress, refused, sheet}]`."""
    from ckanext.edudata.desensitization import makings

    return [
        {
            "state": row.state,
            "progress": row.progress,
            "refused": tk._(plain_plans.refused(row.refused)) if row.refused else "",
            "sheet": row.sheet,
        }
        for row in makings.latest(resource_id)
        if row.state != "done"
    ]


def edudata_entity_label(entity: str) -> str:
    """Name of a kind of personal data."""
    from ckanext.edudata.desensitization.entities import ENTITIES

    return tk._(ENTITIES[entity].label) if entity in ENTITIES else ""
