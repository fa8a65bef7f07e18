"""Words for people about desensitized data: how they were made, and what risk is left.

Pure; labels are English message ids. Nothing here holds a value of the data, nor a
column's name that may be somebody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import plain

if TYPE_CHECKING:
    from .renderings.words import Words

#: Why nothing was made, by code.
REFUSED = {
    "plan": "The plan does not fit the table, or keeps no column",
    "rows": "No row would be left: every group of people is too small. Leave out or "
    "generalise more columns, or lower the smallest group.",
    "timeout": "It took too long and was given up. Leave out columns of long texts, or "
    "divide the table.",
    "memory": "The table takes too much memory. Divide it into several files.",
    "crashed": "It could not be made. Try again; if it fails again, tell us.",
}
#: What to change, by the ground of a check over what would come out.
HELP = {
    "small_groups": "Leave out or generalise more of the columns that tell people "
    "apart, or set the smallest group below, so that the rows of smaller groups are "
    "left out.",
    "individual": "Each row is still one person with facts of theirs. This may be "
    "opened conditionally; for more, leave these columns out or count the people "
    "instead.",
    "small_cells": "Set below from which number on people are shown.",
    "complementary_cells": "Set below from which number on people are shown: others "
    "are then hidden with the small ones, so that nothing can be worked out.",
    "personal": "Leave the column out, replace it by a code, or generalise it.",
    "classified": "Do not work on this file here. Go to your unit's secrecy office.",
}


def refused(code: str) -> str:
    """The msgid of why nothing was made."""
    return REFUSED.get(code, REFUSED["crashed"])


def told(result: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """A result as it is kept with what was made: columns whose names may be somebody's
    by their place."""
    steps = plan.get("columns") or {}
    made = []
    for place, item in enumerate(result["made"], 1):
        unnamed = (steps.get(item["from"]) or {}).get("unnamed")
        made.append({**item, "from": f"列{place}"} if unnamed else dict(item))
    return {**result, "made": made}


def steps(result: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """By kind of step, in the table's order: `[{step, columns, lost}]`."""
    found: dict[str, dict[str, Any]] = {}
    for item in result.get("made") or []:
        choice = plain.choice_of(item)
        told = found.setdefault(
            choice,
            {"step": words.gettext(plain.CHOICES[choice]), "columns": [], "lost": 0},
        )
        told["columns"].append(item["from"])
        told["lost"] += item.get("lost") or 0
    return list(found.values())


def made_of(result: Mapping[str, Any], words: Words) -> list[str]:
    """How data were made, a sentence each; for the page and for everybody."""
    _ = words.gettext
    stop = "、" if words.lang == "zh" else ", "
    found = [
        _("{step}: {columns}").format(
            step=item["step"], columns=stop.join(item["columns"])
        )
        for item in steps(result, words)
    ]
    if result.get("left_out"):
        text = _("{n} rows were left out, because fewer than {k} people look like them")
        found.append(text.format(n=f"{result['left_out']:,}", k=result["limit"]))
    elif result.get("blanked"):
        text = _(
            "In {n} rows what tells people apart was emptied, because fewer than {k} "
            "people look like them"
        )
        found.append(text.format(n=f"{result['blanked']:,}", k=result["limit"]))
    small, others = result.get("numbers") or (0, 0)
    if small or others:
        text = _(
            "{n} numbers of people below {small} were hidden, and {m} others with them"
        )
        found.append(text.format(n=small, m=others, small=result["small"]))
    return found


def lost(result: Mapping[str, Any], words: Words) -> str:
    """How many cells were not understood and became empty, nothing where none did."""
    count = sum(item.get("lost") or 0 for item in result.get("made") or [])
    if not count:
        return ""
    return words.ngettext(
        "{n} cell was not understood and became empty",
        "{n} cells were not understood and became empty",
        count,
    )


def description(result: Mapping[str, Any], words: Words) -> str:
    """What the public reads of how the data were made: columns and steps, no value,
    no file."""
    stop = "；" if words.lang == "zh" else "; "
    end = "。" if words.lang == "zh" else "."
    parts = [*made_of(result, words), lost(result, words)]
    text = stop.join(filter(None, parts))
    return (
        words.gettext("Desensitized data.") + ("" if end == "。" else " ") + text + end
    )


def risks(report: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What is left by the check's own word: `[{code, columns, count, help}]`."""
    if not report:
        return []
    found = [
        {**ground, "help": HELP.get(ground["code"], "")}
        for table in report.get("tables") or []
        for ground in table.get("grounds") or []
    ]
    seen: Sequence[str] = [ground["code"] for ground in found]
    found += [
        {"code": code, "columns": [], "count": 0, "rows": [], "help": HELP[code]}
        for code in report.get("grounds") or []
        if code in HELP and code not in seen
    ]
    return found
