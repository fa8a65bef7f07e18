"""What changed between two versions of an open list. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.edudata.opening.open_list import FIELDS

Lines = Iterable[Mapping[str, Any]]


def diff(old: Lines, new: Lines) -> dict[str, Any]:
    """Changes by line, each line known by its key.

    A line whose words were withdrawn in one of the two is named without words.

    :param old: lines `{key, kind, title, fields}`, with `withdrawn` (optional)
    :returns: `{added: [line], removed: [line], withdrawn: [key], same: int,
        changed: [{key, title, line, fields: [{field, old, new}]}]}`
    """
    before = {line["key"]: line for line in old}
    after = {line["key"]: line for line in new}
    found: dict[str, Any] = {
        "added": [line for key, line in after.items() if key not in before],
        "removed": [line for key, line in before.items() if key not in after],
        "changed": [],
        "withdrawn": [],
        "same": 0,
    }
    for key, line in after.items():
        if key not in before:
            continue
        if before[key].get("withdrawn") or line.get("withdrawn"):
            found["withdrawn"].append(key)
        elif fields := changes(before[key], line):
            found["changed"].append(
                {"key": key, "title": line["title"], "line": line, "fields": fields}
            )
        else:
            found["same"] += 1
    return found


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Fields in which two lines differ: `[{field, old, new}]`."""
    return [
        {"field": name, "old": then, "new": now}
        for name in ("title", "kind", *FIELDS)
        if (then := _value(old, name)) != (now := _value(new, name))
    ]


def _value(line: Mapping[str, Any], name: str) -> Any:
    if name in ("title", "kind"):
        return line[name]
    return line["fields"].get(name)


def waiting(published: Lines, draft: Lines) -> int:
    """How many lines a new version would add, take away or change."""
    now = list(draft)
    keys = {line["key"] for line in now}
    found = diff(published, now)
    again = [key for key in found["withdrawn"] if key in keys]
    return sum(map(len, (found["added"], found["removed"], found["changed"], again)))
