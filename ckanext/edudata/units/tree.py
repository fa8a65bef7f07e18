"""The tree of units: an organization's `superior` is the id of the one above it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

_UP = sa.text(
    """
    WITH RECURSIVE up(id, depth) AS (
        SELECT CAST(:unit AS text), 0
        UNION ALL
        SELECT g.extras ->> 'superior', up.depth + 1
        FROM up JOIN "group" g ON g.id = up.id
        WHERE g.extras ->> 'superior' <> '' AND up.depth < 32
    )
    SELECT id FROM up ORDER BY depth
    """
)

_DOWN = sa.text(
    """
    WITH RECURSIVE down(id, depth) AS (
        SELECT CAST(:unit AS text), 0
        UNION ALL
        SELECT g.id, down.depth + 1
        FROM down JOIN "group" g ON g.extras ->> 'superior' = down.id
        WHERE down.depth < 32
    )
    SELECT id FROM down ORDER BY depth
    """
)


def with_superiors(unit_id: str) -> list[str]:
    """The unit's id, then those above it, nearest first."""
    return list(model.Session.scalars(_UP, {"unit": unit_id}))


def with_subordinates(unit_id: str) -> list[str]:
    """The unit's id, then all below it, level by level."""
    return list(model.Session.scalars(_DOWN, {"unit": unit_id}))


def _extra(unit: Any, key: str) -> str:
    return (unit.extras or {}).get(key, "")


def walk() -> list[dict[str, Any]]:
    """All active units, each after the one above it, with their depth from 0."""
    rows = model.Session.scalars(
        sa.select(model.Group)
        .where(model.Group.is_organization.is_(True), model.Group.state == "active")
        .order_by(model.Group.title)
    )
    units = {
        row.id: {
            "id": row.id,
            "name": row.name,
            "title": row.title,
            **{
                key: _extra(row, key)
                for key in ("kind", "district", "superior", "code")
            },
        }
        for row in rows
    }
    below: dict[str, list[str]] = {}
    for unit in units.values():
        above = unit["superior"]
        below.setdefault(above if above in units else "", []).append(unit["id"])
    found: list[dict[str, Any]] = []
    todo = [(unit_id, 0) for unit_id in reversed(below.get("", []))]
    while todo:
        unit_id, depth = todo.pop()
        found.append({**units[unit_id], "depth": depth})
        todo.extend((low, depth + 1) for low in reversed(below.get(unit_id, [])))
    return found
