"""Does this person hold such a role here? Asked by the auth functions of all rooms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.edudata.units import tree, who_may
from ckanext.edudata.units.model import RoleAssignment


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


def holds(user_id: str | None, roles: Iterable[str], unit_id: str | None) -> bool:
    """Whether the person holds one of *roles* for the unit or one above it.

    Without a unit: whether they hold one of them for any unit at all.
    """
    if not user_id:
        return False
    query = sa.select(RoleAssignment.id).where(
        RoleAssignment.user_id == user_id,
        RoleAssignment.role.in_(list(roles)),
        RoleAssignment.in_force(),
    )
    if unit_id is not None:
        query = query.where(RoleAssignment.unit_id.in_(tree.with_superiors(unit_id)))
    return model.Session.scalar(query.limit(1)) is not None


def units_where(user_id: str | None, roles: Iterable[str]) -> list[str]:
    """Ids of the units for which the person holds one of *roles*, not those below."""
    if not user_id:
        return []
    query = (
        sa.select(RoleAssignment.unit_id)
        .where(
            RoleAssignment.user_id == user_id,
            RoleAssignment.role.in_(list(roles)),
            RoleAssignment.in_force(),
        )
        .distinct()
    )
    return list(model.Session.scalars(query))


def all_units_where(user_id: str | None, roles: Iterable[str]) -> list[str]:
    """Ids of the units for which the person holds one of *roles*, and all below."""
    found: dict[str, None] = {}
    for unit_id in units_where(user_id, roles):
        found.update(dict.fromkeys(tree.with_subordinates(unit_id)))
    return list(found)


def may(context: Context, permission: str, unit_id: str | None) -> AuthResult:
    """Answer of an auth function: does the person carry *permission* for the unit?"""
    if holds(actor_id(context), who_may.roles_for(permission), unit_id):
        return {"success": True}
    return {
        "success": False,
        "msg": tk._("Your role does not allow this for this unit."),
    }
