"""CKAN's memberships follow the roles, and nobody gets round them.

Organization capacities are what CKAN's own pages look at. They are written from the
roles in force; `member_create` and its relatives are refused for everybody else.
"""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.units import who_may
from ckanext.edudata.units.model import RoleAssignment


def follow(user_id: str, unit_id: str) -> None:
    """Bring the person's membership of the unit in step, in the same transaction."""
    roles = set(
        model.Session.scalars(
            sa.select(RoleAssignment.role).where(
                RoleAssignment.user_id == user_id,
                RoleAssignment.unit_id == unit_id,
                RoleAssignment.in_force(),
            )
        )
    )
    capacities = {who_may.ROLES[role].capacity for role in roles}
    members = list(
        model.Session.scalars(
            sa.select(model.Member).where(
                model.Member.table_name == "user",
                model.Member.table_id == user_id,
                model.Member.group_id == unit_id,
            )
        )
    )
    if not capacities:
        for member in members:
            member.state = "deleted"
        return
    capacity = "editor" if "editor" in capacities else "member"
    if not members:
        group = model.Group.get(unit_id)
        members = [model.Member(table_name="user", table_id=user_id, group=group)]
        model.Session.add(members[0])
    members[0].state = "active"
    members[0].capacity = capacity
    for member in members[1:]:
        member.state = "deleted"
