"""The whole tree in memory, as of the transaction that asks.

Most pages ask for it, and with thousands of units reading it costs more than the rest
of the page. So each process keeps the last one it read, under a stamp that PostgreSQL
makes of the versions of all rows: whoever changes a unit, by whatever way, changes the
stamp, for others when it is committed and for the changing transaction at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model

_STAMP = sa.text(
    """
    SELECT current_database(), count(*),
           sum(xmin::text::bigint), sum(hashtid(ctid))
    FROM "group" WHERE is_organization
    """
)

KEYS = ("kind", "district", "superior", "code")


@dataclass(frozen=True)
class Forest:
    """Active units by id, each after the one above it; ids below each; not to be
    changed by those who read it."""

    units: dict[str, dict[str, Any]]
    below: dict[str, list[str]]
    all_below: dict[str, int] = field(default_factory=dict)


_kept: tuple[Any, Forest] | None = None


def planted() -> Forest:
    """The tree; read anew only after a unit was changed."""
    global _kept  # noqa: PLW0603 - one for each process
    stamp = tuple(model.Session.execute(_STAMP).one())
    kept = _kept
    if kept is None or kept[0] != stamp:
        kept = (stamp, grown(_rows()))
        _kept = kept
    return kept[1]


def _rows() -> list[dict[str, Any]]:
    group: Any = model.Group
    table = group.__table__
    query = sa.select(
        table.c.id,
        table.c.name,
        table.c.title,
        *(sa.func.coalesce(table.c.extras[key].astext, "").label(key) for key in KEYS),
    ).where(table.c.is_organization.is_(True), table.c.state == "active")
    rows = [dict(row) for row in model.Session.execute(query).mappings()]
    return sorted(rows, key=_place)


def _place(unit: dict[str, Any]) -> tuple[list[tuple[int, str]], str]:
    """By name, numbers in it as numbers: 第2小学 before 第10小学."""
    parts = re.findall(r"\d+|\D+", unit["title"] or "")
    return [(int(p), "") if p.isdecimal() else (0, p) for p in parts], unit["name"]


def grown(rows: list[dict[str, Any]]) -> Forest:
    """Put units in the order of the tree. A unit whose superior is not among them
    stands at the top.

    :param rows: `[{id, superior, …}]`
    """
    known = {row["id"]: row for row in rows}
    below: dict[str, list[str]] = {}
    for row in rows:
        above = row["superior"]
        below.setdefault(above if above in known else "", []).append(row["id"])
    units: dict[str, dict[str, Any]] = {}
    todo = [(unit_id, 0) for unit_id in reversed(below.get("", []))]
    while todo:
        unit_id, depth = todo.pop()
        units[unit_id] = {**known[unit_id], "depth": depth}
        todo.extend((low, depth + 1) for low in reversed(below.get(unit_id, [])))
    counted: dict[str, int] = {}
    for unit_id in reversed(units):
        low = below.get(unit_id, [])
        counted[unit_id] = len(low) + sum(counted[each] for each in low)
    return Forest(units=units, below=below, all_below=counted)


def path(units: dict[str, dict[str, Any]], unit_id: str) -> list[dict[str, Any]]:
    """The unit and those above it, the top first; empty where there is no such unit."""
    found: list[dict[str, Any]] = []
    unit = units.get(unit_id)
    while unit is not None:
        found.append(unit)
        unit = units.get(unit["superior"])
    return found[::-1]


def matching(grown: Forest, at: str, q: str, kind: str = "") -> list[str]:
    """Ids of the units below *at* whose name or code holds all words of *q*."""
    words = q.lower().split()
    found = []
    inside = None
    for unit in grown.units.values():
        if at:
            # Units stand in the order of the tree: those below follow their superior.
            if unit["id"] == at:
                inside = unit["depth"]
                continue
            if inside is None:
                continue
            if unit["depth"] <= inside:
                break
        text = f"{unit['title']} {unit['code']} {unit['name']}".lower()
        if all(word in text for word in words) and kind in ("", unit["kind"]):
            found.append(unit["id"])
    return found
