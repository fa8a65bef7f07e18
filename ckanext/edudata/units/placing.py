"""Where a unit stands, and whether it may stand elsewhere."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.edudata.units import people, tree

DEEPEST = tree.DEEPEST - 2

DESIGNATED = ("coordinating_department", "technical_department", "acting_office")
"""Fields of a unit that name a department whose people act for it."""


def extra_of(unit_id: str, key: str) -> str:
    """A field of the unit as the database has it now, the row held until the end."""
    found = model.Session.scalar(
        sa.text('SELECT extras ->> :key FROM "group" WHERE id = :unit FOR UPDATE'),
        {"unit": unit_id, "key": key},
    )
    return found or ""


def where(unit_id: str) -> str:
    """Id of the unit above, without holding anything; empty at the top."""
    group: Any = model.Group
    found = model.Session.scalar(
        sa.select(group.extras["superior"].astext).where(model.Group.id == unit_id)
    )
    return found or ""


def superior_of(unit_id: str) -> str:
    """Id of the unit above, as the database has it now; empty at the top."""
    return extra_of(unit_id, "superior")


def named(words: str) -> list[str]:
    """Ids of the active units that have this id, identifier, code or name."""
    text = words.strip()
    group: Any = model.Group
    query = sa.select(group.id).where(
        group.is_organization.is_(True), group.state == "active"
    )
    for match in (
        sa.or_(group.id == text, group.name == text),
        group.extras["code"].astext == text.upper(),
        group.title == text,
    ):
        found = list(model.Session.scalars(query.where(match).limit(3)))
        if found:
            return found
    return []


def permitted(context: Context, permission: str, unit_id: str | None) -> bool:
    """Whether the actor carries the permission; what the portal itself does, passes."""
    if context.get("ignore_auth"):
        return True
    return bool(people.may(context, permission, unit_id)["success"])


def may_place(context: Context, unit_id: str, superior: str) -> bool:
    """Whether the actor may take the unit from where it stands and put it there.

    Both places must be theirs: with a unit, its data come under other people.
    """
    before = superior_of(unit_id) or unit_id
    tops = [before] if superior else [tree.with_superiors(unit_id)[-1]]
    return all(
        permitted(context, "unit_edit", place) for place in (*tops, superior or before)
    )


def check_move(context: Context, unit_id: str, superior: str) -> None:
    """Refuse a move that is not allowed or would make a circle. Locks the tree.

    :raises ValidationError: with the key `superior`
    """
    tree.lock()
    if not may_place(context, unit_id, superior):
        raise _refused(
            tk._("You may move a unit only between units for which you edit units")
        )
    if not superior:
        return
    line = tree.with_superiors(superior)
    if unit_id in line:
        raise _refused(tk._("A unit cannot stand above itself"))
    if len(line) + _height(unit_id) > DEEPEST:
        raise _refused(tk._("The tree would become too deep"))


def check_end(unit_id: str) -> None:
    """Hold the tree and the unit, so that nothing comes to it while it is ended."""
    tree.lock()
    model.Session.execute(
        sa.select(model.Group.id)
        .where(model.Group.id == unit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _height(unit_id: str) -> int:
    """How many levels the unit and those below it have."""
    return (
        model.Session.scalar(
            sa.text(
                """
                WITH RECURSIVE down(id, depth) AS (
                    SELECT CAST(:unit AS text), 1
                    UNION ALL
                    SELECT g.id, down.depth + 1
                    FROM down JOIN "group" g ON g.extras ->> 'superior' = down.id
                    WHERE down.depth < 40
                )
                SELECT max(depth) FROM down
                """
            ),
            {"unit": unit_id},
        )
        or 1
    )


def designation_problem(
    context: Context, field: str, office: str, unit_id: str | None, superior: Any
) -> str | None:
    """Why the department may not act for the unit; None if it may, or none is named.

    Coordinating and technical department stand directly below the unit; the office
    that acts for a school stands directly below a unit above it.

    :param unit_id: the unit; None while it is made
    :param superior: id of the unit above it
    """
    above = str(superior or "")
    place = unit_id or above or None
    if not permitted(context, "unit_designate", place):
        return tk._(
            "Only a leader or data coordinator of the unit, or of one above, may "
            "name a department that acts for it"
        )
    if not office:
        return None
    under = superior_of(office)
    if field == "acting_office":
        line = tree.with_superiors(above) if above else []
        if office == unit_id or under not in line:
            return tk._("The office must stand directly below a unit above this one")
    elif under != unit_id:
        return tk._("The department must stand directly below this unit")
    return None


def _refused(message: str) -> tk.ValidationError:
    return tk.ValidationError({"superior": [message]})
