"""Giving and ending roles (Art. 38), and what CKAN's memberships follow from."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.identity import sessions
from ckanext.edudata.units import membership, naming, people, schema, tree, who_may
from ckanext.edudata.units.model import RoleAssignment


@validate(schema.role_give)
def edudata_role_give(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give a person a role for a unit and all below it.

    :param user_id: id or name of the person
    :param unit_id: id or name of the unit
    :param role: one of `who_may.ROLES`
    :param until: last moment, ISO 8601 (optional; a date lasts to its end)
    :returns: `{id, user_id, unit_id, role, given_at, until}`
    :raises ValidationError: the role does not go with one already held (三员)
    """
    tk.check_access("edudata_role_give", context, data_dict)
    user = model.User.get(data_dict["user_id"])
    unit = model.Group.get(data_dict["unit_id"])
    if (
        user is None
        or unit is None
        or not unit.is_organization
        or unit.state != "active"
    ):
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    # A unit that is being ended takes no one in any more.
    model.Session.execute(
        sa.select(model.Group.id)
        .where(model.Group.id == unit.id)
        .with_for_update(read=True)
    )
    # One person's roles change one after the other, or two conflicting ones pass.
    people.lock_roles(user.id)
    held = list(
        model.Session.scalars(
            sa.select(RoleAssignment).where(
                RoleAssignment.user_id == user.id, RoleAssignment.in_force()
            )
        )
    )
    # Of all accounts of the person: the three administrators are three people.
    beside = model.Session.scalars(
        sa.select(RoleAssignment.role).where(
            RoleAssignment.user_id.in_(people.accounts_of(user.id)),
            RoleAssignment.in_force(),
        )
    )
    opposed = who_may.conflict(set(beside), data_dict["role"])
    if opposed:
        raise tk.ValidationError(
            {
                "role": [
                    tk._("One person may not hold this role beside: {role}").format(
                        role=tk._(who_may.ROLES[opposed].label)
                    )
                ]
            }
        )
    for row in held:
        if (row.unit_id, row.role) == (unit.id, data_dict["role"]):
            row.until = data_dict.get("until")
            break
    else:
        row = RoleAssignment(
            user_id=user.id,
            unit_id=unit.id,
            role=data_dict["role"],
            given_by=people.actor_id(context),
            until=data_dict.get("until"),
        )
        model.Session.add(row)
    model.Session.flush()
    membership.follow(user.id, unit.id)
    sessions.end_all(user.id)
    trail.record(
        "role_give",
        actor_id=people.actor_id(context),
        object_type="user",
        object_id=user.id,
        unit_id=unit.id,
        detail={"role": row.role, "assignment": row.id},
    )
    model.Session.commit()
    return _dictize(row)


@validate(schema.role_end)
def edudata_role_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End a role now. The assignment stays on record.

    :param id: id of the assignment
    :returns: the assignment
    """
    row = model.Session.get(RoleAssignment, data_dict["id"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such role assignment"))
    asked = {"unit_id": row.unit_id, "role": row.role}
    tk.check_access("edudata_role_end", context, asked)
    if row.ended_at is None:
        row.ended_at = datetime.datetime.now(datetime.timezone.utc)
        row.ended_by = people.actor_id(context)
        model.Session.flush()
        membership.follow(row.user_id, row.unit_id)
        sessions.end_all(row.user_id)
        trail.record(
            "role_end",
            actor_id=row.ended_by,
            object_type="user",
            object_id=row.user_id,
            unit_id=row.unit_id,
            detail={"role": row.role, "assignment": row.id},
        )
        model.Session.commit()
    return _dictize(row)


@tk.side_effect_free
@validate(schema.role_list)
def edudata_role_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Who holds which role.

    :param unit_id: of this unit and those whose roles reach it (optional)
    :param below: of this unit and all below it instead (optional)
    :param user_id: of this person (optional); without either, one's own
    :param ended: also roles that ended (optional)
    :param role: only this role (optional)
    :param names: with `person`, `account`, `unit`, `given_by_name`, `ended_by_name`
        (optional)
    :returns: `[{id, user_id, unit_id, role, given_by, given_at, until, ended_by,
        ended_at}]`
    """
    if not data_dict.get("unit_id") and not data_dict.get("user_id"):
        data_dict["user_id"] = people.actor_id(context) or ""
    tk.check_access("edudata_role_list", context, data_dict)
    query = sa.select(RoleAssignment).order_by(RoleAssignment.given_at)
    if data_dict.get("unit_id"):
        unit = model.Group.get(data_dict["unit_id"])
        if unit is None:
            raise tk.ObjectNotFound(tk._("There is no such unit"))
        units = tree.with_subordinates if data_dict.get("below") else tree.reached_from
        query = query.where(RoleAssignment.unit_id.in_(units(unit.id)))
    if data_dict.get("user_id"):
        user = model.User.get(data_dict["user_id"])
        query = query.where(RoleAssignment.user_id == (user.id if user else ""))
    if data_dict.get("role"):
        query = query.where(RoleAssignment.role == data_dict["role"])
    if not data_dict.get("ended"):
        query = query.where(RoleAssignment.in_force())
    found = [_dictize(row) for row in model.Session.scalars(query)]
    return naming.named(found) if data_dict.get("names") else found


@tk.side_effect_free
def edudata_unit_tree(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """All units with their place in the tree (public).

    :returns: `[{id, name, title, kind, district, superior, depth}]`, each unit after
        the one above it
    """
    tk.check_access("edudata_unit_tree", context, data_dict)
    return tree.walk()


def _dictize(row: RoleAssignment) -> dict[str, Any]:
    return {
        "id": row.id,
        "user_id": row.user_id,
        "unit_id": row.unit_id,
        "role": row.role,
        "given_by": row.given_by,
        "given_at": row.given_at.isoformat() if row.given_at else None,
        "until": row.until.isoformat() if row.until else None,
        "ended_by": row.ended_by,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }
