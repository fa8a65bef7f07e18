"""Does this person hold such a role here? Asked by the auth functions of all rooms."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
import sqlalchemy.orm
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.edudata.units import tree, who_may
from ckanext.edudata.units.model import RoleAssignment

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def actor_id(context: Context) -> str | None:
    """Id of the person who acts, None for the anonymous."""
    user = model.User.get(context.get("user") or "")
    return user.id if user and user.is_active else None


def system_context(**more: Any) -> Any:
    """Context of what the portal itself writes: CKAN's site user, past auth."""
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": name, **more}


def is_system(context: Context) -> bool:
    """Whether the portal itself acts."""
    return context.get("user") == tk.config["ckan.site_id"]


def _held(roles: Iterable[str]) -> Any:
    """Roles in force, and for which unit each counts.

    A level designates its coordinating and its technical department, which stand
    directly below it (Art. 8, 9): whoever coordinates there coordinates for the level.

    :returns: a subquery of `id, user_id, role, unit_id`
    """
    wanted = list(roles)
    row = RoleAssignment
    parts = [
        sa.select(row.id, row.user_id, row.role, row.unit_id).where(
            row.role.in_(wanted), row.in_force()
        )
    ]
    for role, key in who_may.DESIGNATIONS.items():
        if role not in wanted:
            continue
        level, office = sa.orm.aliased(model.Group), sa.orm.aliased(model.Group)
        parts.append(
            sa.select(row.id, row.user_id, row.role, level.id)
            .join(level, level.extras[key].astext == row.unit_id)
            .join(office, office.id == row.unit_id)
            .where(
                row.role == role,
                row.in_force(),
                level.state == "active",
                office.extras["superior"].astext == level.id,
            )
        )
    return sa.union_all(*parts).subquery()


def holds(user_id: str | None, roles: Iterable[str], unit_id: str | None) -> bool:
    """Whether the person holds one of *roles* for the unit: there, at the office that
    acts for it, or above.

    Without a unit: whether they hold one of them for any unit at all.
    """
    if not user_id:
        return False
    held = _held(roles)
    query = sa.select(held.c.id).where(held.c.user_id == user_id)
    if unit_id is not None:
        query = query.where(held.c.unit_id.in_(tree.reached_from(unit_id)))
    return model.Session.scalar(query.limit(1)) is not None


def units_where(user_id: str | None, roles: Iterable[str]) -> list[str]:
    """Ids of the units for which the person holds one of *roles*, not those below."""
    if not user_id:
        return []
    held = _held(roles)
    query = sa.select(held.c.unit_id).where(held.c.user_id == user_id).distinct()
    return list(model.Session.scalars(query))


def all_units_where(user_id: str | None, roles: Iterable[str]) -> list[str]:
    """Ids of the units for which the person holds one of *roles*, and all that a role
    there reaches."""
    found: dict[str, None] = {}
    for unit_id in units_where(user_id, roles):
        if unit_id not in found:
            found.update(dict.fromkeys(tree.reach(unit_id)))
    return list(found)


def responsible(
    unit_id: str, roles: Iterable[str], apart: Iterable[str] = ()
) -> list[str]:
    """Ids of the people with one of *roles* nearest to the unit: there, at the office
    that acts for it, or at the first unit above that has any.

    :param apart: ids of people who do not count, having had a part in it
    """
    held = _held(roles)
    for level in tree.reached_from(unit_id):
        query = (
            sa.select(held.c.user_id)
            .join(model.User, model.User.id == held.c.user_id)
            .where(held.c.unit_id == level, model.User.state == "active")
            .where(held.c.user_id.not_in(list(apart)))
            .distinct()
        )
        found = list(model.Session.scalars(query))
        if found:
            return found
    return []


def place_of(user_id: str, role: str, unit_id: str) -> str:
    """Id of the nearest unit at which the person holds the role that counts here."""
    held = _held([role])
    places = set(
        model.Session.scalars(
            sa.select(held.c.unit_id).where(held.c.user_id == user_id)
        )
    )
    line = tree.reached_from(unit_id)
    return next((level for level in line if level in places), "")


def lock_roles(user_id: str) -> None:
    """Let nobody else change the person's roles until this transaction ends."""
    model.Session.execute(
        sa.text("SELECT pg_advisory_xact_lock_shared(hashtext('edudata_roles'))")
    )
    model.Session.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtext(:key))"),
        {"key": f"edudata_role:{user_id}"},
    )


def lock_all_roles() -> None:
    """Let nobody else change roles until this transaction ends: many are given."""
    model.Session.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtext('edudata_roles'))")
    )


def may(context: Context, permission: str, unit_id: str | None) -> AuthResult:
    """Answer of an auth function: does the person carry *permission* for the unit?"""
    if holds(actor_id(context), who_may.roles_for(permission), unit_id):
        return {"success": True}
    return {
        "success": False,
        "msg": tk._("Your role does not allow this for this unit."),
    }
