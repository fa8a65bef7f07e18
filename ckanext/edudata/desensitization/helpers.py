"""What the pages of the check show, in the reader's language."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.desensitization import plain, verdict


def edudata_verdict(check: dict[str, Any]) -> dict[str, str]:
    """`{label, tone, permits}` of a check that is done, in plain words."""
    found = check["verdict"] or "unreadable"
    return {
        "label": tk._(plain.VERDICTS[found]),
        "tone": plain.TONES[found],
        "permits": tk._(plain.PERMITS[check["permits"] or "not_open"]),
    }


def edudata_progress(check: dict[str, Any]) -> dict[str, Any]:
    """How far a check is, see `plain.progress`; the time left also in words."""
    now = datetime.datetime.now(datetime.timezone.utc)
    found = plain.progress(check, now)
    left = found["seconds_left"]
    if left is None:
        words = ""
    elif left < 90:
        words = tk.ungettext("about {n} second left", "about {n} seconds left", left)
        words = words.format(n=left)
    else:
        minutes = round(left / 60)
        words = tk.ungettext("about {n} minute left", "about {n} minutes left", minutes)
        words = words.format(n=minutes)
    return {**found, "words": words}


def edudata_findings(check: dict[str, Any]) -> list[dict[str, Any]]:
    """Findings of a check grouped by column, with the words of each translated."""
    return [
        {
            **group,
            "place": tk._(plain.PLACES.get(group["where"], "Cells")),
            "findings": [
                {
                    **finding,
                    "label": tk._(finding["label"]),
                    "clause": tk._(finding["clause"]),
                    "advice": tk._(finding["advice"]),
                    "ranges": plain.ranges(finding["rows"]),
                }
                for finding in group["findings"]
            ],
        }
        for group in plain.by_column(check["findings"])
    ]


def edudata_grounds(check: dict[str, Any]) -> list[str]:
    """Why the verdict is as it is, beside the finding of personal data itself."""
    return [
        tk._(verdict.GROUNDS[code])
        for code in check.get("grounds", [])
        if code != "personal"
    ]


def edudata_unreadable(check: dict[str, Any]) -> str:
    """Why a file could not be read, and the way out."""
    reason = check.get("reason")
    if not reason:
        return ""
    text = tk._(reason["msgid"])
    try:
        return text.format(**reason.get("values", {}))
    except (KeyError, IndexError):
        return text


def edudata_step_choices(column: dict[str, Any]) -> list[dict[str, str]]:
    """What may be done with a column: `[{value, text}]`."""
    return [
        {"value": value, "text": tk._(plain.CHOICES[value])}
        for value in plain.offered(column)
    ]


def edudata_step_choice(step: dict[str, Any]) -> str:
    """The form's value of a step."""
    return plain.choice_of(step)


def edudata_step_words(step: dict[str, Any]) -> str:
    """What was done with a column, in words."""
    return tk._(plain.CHOICES.get(plain.choice_of(step), ""))


def edudata_entity_label(entity: str) -> str:
    """Name of a kind of personal data."""
    from ckanext.edudata.desensitization.entities import ENTITIES

    return tk._(ENTITIES[entity].label) if entity in ENTITIES else ""
