"""The report for a terminal: plain lines, read from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import plain
from .view import as_read, groups, passed, totals
from .words import Words
from .words import plain as one_line

_COLOURS = {"clear": 32, "restricted": 33, "blocked": 31, "unreadable": 31}


def render(items: Sequence[Mapping[str, Any]], words: Words) -> str:
    parts = [render_one(item, words) for item in items]
    return "\n".join([*parts, summary(items, words)])


def render_one(
    item: Mapping[str, Any],
    words: Words,
    colour: bool = False,
    raw: Mapping[int, Sequence[str]] | None = None,
) -> str:
    """One file. ``raw`` gives lines to show below the finding of that index."""
    _ = words.gettext
    verdict = f"[{_(plain.headline(item))}]"
    if words.lang == "zh":
        verdict = f"【{verdict[1:-1]}】"
    if colour:
        verdict = f"\x1b[1;{_COLOURS[item['verdict']]}m{verdict}\x1b[0m"
    lines = [f"{one_line(item['file'])}  {verdict}"]
    lines.append(f"  {_(plain.permits(item['verdict'], item['permits']))}")
    if item["reason"]:
        lines.append(f"  {item['reason']['text']}")
    for ground in item["grounds"]:
        if ground["code"] != "personal":
            lines.append(f"  {ground['text']}")
            lines += [f"    {detail}" for detail in ground["details"]]
    for group in groups(item, words):
        lines += ["", f"  {group['heading']}"]
        for finding in group["findings"]:
            shown = (raw or {}).get(finding["index"], ())
            lines += _finding(finding, words, shown)
    if item["cells"]:
        lines += ["", "  " + as_read(item, words)]
    return "\n".join(lines) + "\n"


def _finding(finding: Mapping[str, Any], words: Words, raw: Sequence[str]) -> list[str]:
    _ = words.gettext
    colon = _(": ")
    lines = [f"    {finding['label']}{colon}{finding['at']}"]
    if finding["passed"]:
        return [f"{lines[0]}  ({passed(finding, words)})"]
    if raw:
        lines += [f"      {line}" for line in raw]
    elif finding["masked"]:
        shown = "  ".join(finding["masked"])
        lines.append(f"      {_('For example (masked)')}{colon}{shown}")
    lines.append(f"      {_('Rule')}{colon}{finding['clause']}")
    lines.append(f"      {_('What to do')}{colon}{finding['advice']}")
    return lines


def summary(items: Sequence[Mapping[str, Any]], words: Words) -> str:
    """How many files came out how, and under which rules."""
    _ = words.gettext
    lines = []
    if len(items) > 1:
        found = ", ".join(
            f"{_(plain.VERDICTS[name])} {n}" for name, n in totals(items).items()
        )
        if words.lang == "zh":
            found = found.replace(", ", "，")
        told = words.ngettext("{n} file", "{n} files", len(items))
        lines.append(told + _(": ") + found)
    lines += [
        _("Rule set {ruleset}").format(ruleset=ruleset)
        for ruleset in dict.fromkeys(item["ruleset"] for item in items)
    ]
    return "\n".join(lines) + "\n"
