"""The tree of units: an organization's `superior` is the id of the one above it.

Two questions are kept apart. Where a unit stands: `with_superiors` and
`with_subordinates`. Whose roles count for it: `reached_from` and `reach`, which add the
district's office (归口科室) that acts for a school without people of its own (Art. 9).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.units import forest

DEEPEST = 32

INDEXED = "vocab_edudata_units"
"""Field of the search index: the unit of a package and all units above it."""

_UP = """
    WITH RECURSIVE up(id, depth) AS (
        SELECT CAST(:unit AS text), 0
        UNION ALL
        SELECT g.extras ->> 'superior', up.depth + 1
        FROM up JOIN "group" g ON g.id = up.id
        WHERE g.extras ->> 'superior' <> '' AND up.depth < 32
    )
"""

_SUPERIORS = sa.text(f"{_UP} SELECT id FROM up ORDER BY depth")  # noqa: S608

# An office counts only while it stands directly below a unit above: wherever one of
# the two is moved to, no power goes with it out of the line.
_REACHED_FROM = sa.text(
    """
    WITH RECURSIVE up(id, superior, office, depth) AS (
        SELECT id, extras ->> 'superior', extras ->> 'acting_office', 0
        FROM "group" WHERE id = :unit
        UNION ALL
        SELECT g.id, g.extras ->> 'superior', g.extras ->> 'acting_office', depth + 1
        FROM up JOIN "group" g ON g.id = up.superior
        WHERE depth < 32
    )
    SELECT id FROM (
        SELECT id, depth * 2 AS place FROM up
        UNION ALL
        SELECT o.id, up.depth * 2 + 1
        FROM up
        JOIN "group" o ON o.id = up.office AND o.state = 'active'
        JOIN up above ON above.id = o.extras ->> 'superior' AND above.depth > up.depth
    ) line ORDER BY place
    """
)

_ACTED_FOR = sa.text(
    """
    SELECT g.id FROM "group" g WHERE g.extras ->> 'acting_office' = :unit
    """
)


_remembered: ContextVar[dict[str, list[str]] | None] = ContextVar(
    "edudata_superiors", default=None
)


@contextmanager
def remembered() -> Iterator[None]:
    """Ask once for each unit in here, where many things of few units are worked on."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def with_superiors(unit_id: str) -> list[str]:
    """The unit's id, then those above it, nearest first."""
    known = _remembered.get()
    if known is not None and unit_id in known:
        return list(known[unit_id])
    found = list(model.Session.scalars(_SUPERIORS, {"unit": unit_id}))
    if known is not None:
        known[unit_id] = found
    return list(found)


def with_subordinates(unit_id: str) -> list[str]:
    """The unit's id, then all active units below it, level by level."""
    below = forest.planted().below if unit_id else {}
    found = [unit_id]
    for each in found:
        found.extend(below.get(each, []))
    return found


def reached_from(unit_id: str) -> list[str]:
    """Ids of the units whose roles reach this one, nearest first.

    The unit itself, the office that acts for it, the unit above, and so on.
    """
    return list(dict.fromkeys(model.Session.scalars(_REACHED_FROM, {"unit": unit_id})))


def reach(unit_id: str) -> list[str]:
    """Ids of the units that a role for this one reaches, itself first.

    All below it; for an office also the units that it acts for, with all below them.
    """
    found = dict.fromkeys(with_subordinates(unit_id))
    for other in model.Session.scalars(_ACTED_FOR, {"unit": unit_id}):
        if other not in found and unit_id in reached_from(other):
            found.update(dict.fromkeys(with_subordinates(other)))
    return list(found)


def lock() -> None:
    """Let nobody else change the shape of the tree until this transaction ends.

    Of two moves that would make a circle together, the second sees the first.
    """
    transactions.one_at_a_time("edudata_unit_tree")


def walk() -> list[dict[str, Any]]:
    """All active units, each after the one above it, with their depth from 0.

    :returns: `[{id, name, title, kind, district, superior, code, depth}]`
    """
    return [dict(unit) for unit in forest.planted().units.values()]
