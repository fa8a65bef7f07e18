"""A lost second factor: who may have it taken off, and what is open.

One person asks, another consents; both know who the person is (8.1.4.1, 8.1.5). For
people of units these are their leaders, coordinators and security officers or the
security administrator, for administrators the other administrators.
"""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.identity import linked
from ckanext.edudata.identity.model_factors import FactorReset
from ckanext.edudata.units import people, who_may
from ckanext.edudata.units.model import RoleAssignment

DAYS = 3
"""Days after which a reset that nobody decided has lapsed."""

_OF_UNITS = who_may.roles_for("factor_reset") - who_may.ADMINISTRATORS


def may(actor_id: str, user_id: str) -> bool:
    """Whether somebody may have a part in resetting a person's factor."""
    if linked.same_person(actor_id, user_id):
        return False
    held = list(
        model.Session.execute(
            sa.select(RoleAssignment.role, RoleAssignment.unit_id).where(
                RoleAssignment.user_id == user_id, RoleAssignment.in_force()
            )
        )
    )
    of_unit = [row for row in held if row.role not in who_may.ADMINISTRATORS]
    if not of_unit or len(of_unit) < len(held):
        return people.holds(actor_id, who_may.ADMINISTRATORS, None)
    if people.holds(actor_id, ["security_admin"], None):
        return True
    return any(people.holds(actor_id, _OF_UNITS, row.unit_id) for row in of_unit)


def lapse() -> None:
    """End what waits too long, in the caller's transaction."""
    since = sa.func.now() - datetime.timedelta(days=DAYS)
    model.Session.execute(
        sa.update(FactorReset)
        .where(FactorReset.state == "asked", FactorReset.asked_at < since)
        .values(state="lapsed", decided_at=sa.func.now())
        .execution_options(synchronize_session=False)
    )


def deciders(user_id: str, asked_by: str) -> list[str]:
    """Ids of those who may consent, for telling them."""
    candidates = model.Session.scalars(
        sa.select(RoleAssignment.user_id)
        .join(model.User, model.User.id == RoleAssignment.user_id)
        .where(
            RoleAssignment.role.in_(who_may.roles_for("factor_reset")),
            RoleAssignment.in_force(),
            model.User.state == "active",
        )
        .distinct()
    )
    return [
        each
        for each in candidates
        if not linked.same_person(each, asked_by) and may(each, user_id)
    ]
