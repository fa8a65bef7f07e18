"""Information items of a file that came anew: what stays, what changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.edudata.catalog import items

#: The owner's: a column that keeps its name keeps them, whatever the new file says.
CORRECTED = ("label", "description", "unit", "codes", "personal", "element")


def merge(
    owned: Sequence[Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]],
    now: Sequence[items.Item],
    former: Sequence[Mapping[str, Any]] = (),
) -> list[items.Item]:
    """Items of a new table: what was corrected stays, what was only read is read anew.

    :param owned: the items as they are
    :param before: what was read off the last table
    :param now: what is read off the new one
    :param former: items of columns that were there once
    """
    known = {item["name"]: item for item in (*former, *owned)}
    read = {item["name"]: item for item in before}
    return [
        _merged(known.get(item["name"]), read.get(item["name"]), item) for item in now
    ]


def _merged(
    owned: Mapping[str, Any] | None, before: Mapping[str, Any] | None, now: items.Item
) -> items.Item:
    if owned is None:
        return dict(now)
    found: items.Item = {}
    for part in items.PARTS:
        kept = owned.get(part)
        corrected = (
            kept != before.get(part)
            if before is not None
            else part in CORRECTED and bool(kept)
        )
        value = kept if corrected else now.get(part)
        if value or part in items.ALWAYS:
            found[part] = value or ""
    return found


def changed(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> dict[str, list[Any]]:
    """How one table's columns differ from another's, in their order.

    :returns: `{added: [name], removed: [name], types: [[name, old, new]]}`
    """
    old = {item["name"]: item for item in before}
    new = {item["name"]: item for item in now}
    return {
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "types": [
            [name, old[name].get("type"), new[name].get("type")]
            for name in new
            if name in old and old[name].get("type") != new[name].get("type")
        ],
    }


def state(value: Any) -> dict[str, Any]:
    """What was kept of a file's columns, without what is not of its form.

    :returns: `{guess: [item], former: [item], change: {added, removed, types}}`
    """
    told = value if isinstance(value, Mapping) else {}
    found: dict[str, Any] = {
        key: [
            item
            for item in _list(told.get(key))
            if isinstance(item, Mapping) and isinstance(item.get("name"), str)
        ]
        for key in ("guess", "former")
    }
    change = told.get("change")
    change = change if isinstance(change, Mapping) else {}
    found["change"] = {
        "added": [name for name in _list(change.get("added")) if isinstance(name, str)],
        "removed": [n for n in _list(change.get("removed")) if isinstance(n, str)],
        "types": [
            list(one)
            for one in _list(change.get("types"))
            if isinstance(one, (list, tuple))
            and len(one) == 3
            and all(isinstance(part, str) for part in one)
        ],
    }
    return found


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
