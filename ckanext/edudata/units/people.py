"""Does this person hold such a role here? Asked by the auth functions of all rooms."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.edudata import transactions
from ckanext.edudata.units import tree, who_may
from ckanext.edudata.units.who_may import DESIGNATIONS

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


_IN_FORCE = "a.ended_at IS NULL AND (a.until IS NULL OR a.until > now())"

# Where each role counts. A level designates its coordinating and its technical
# department, which stand directly below it (Art. 8, 9): whoever coordinates there
# coordinates for the level.
_HELD = f"""
    SELECT a.user_id, a.role, a.unit_id FROM edudata_role_assignment a
    WHERE {{where}} AND a.role = ANY(:roles) AND {_IN_FORCE}
    UNION ALL
    SELECT a.user_id, a.role, level.id
    FROM edudata_role_assignment a
    JOIN "group" office ON office.id = a.unit_id AND office.state = 'active'
    JOIN "group" level ON level.id = office.extras ->> 'superior'
    WHERE {{office}} AND a.role = ANY(:roles) AND {_IN_FORCE}
    AND level.state = 'active'
    AND level.extras ->> CASE a.role {
    " ".join(f"WHEN '{role}' THEN '{key}'" for role, key in DESIGNATIONS.items())
} END = a.unit_id
"""  # noqa: S608 - constants only
_OF_PERSON = _HELD.format(where="a.user_id = :user", office="a.user_id = :user")
_UNITS = sa.text(f"SELECT DISTINCT unit_id FROM ({_OF_PERSON}) held")  # noqa: S608
_OF_UNIT = _HELD.format(where="a.unit_id = :unit", office="level.id = :unit")
_AT_UNIT = sa.text(
    f"""
    SELECT DISTINCT held.user_id FROM ({_OF_UNIT}) held
    JOIN "user" ON "user".id = held.user_id
    WHERE "user".state = 'active' AND held.user_id <> ALL(:apart)
    """  # noqa: S608
)


def holds(user_id: str | None, roles: Iterable[str], unit_id: str | None) -> bool:
    """Whether the person holds one of *roles* for the unit: there, at the office that
    acts for it, or above.

    Without a unit: whether they hold one of them for any unit at all.
    """
    places = units_where(user_id, roles)
    if unit_id is None or not places:
        return bool(places)
    return not set(places).isdisjoint(tree.reached_from(unit_id))


def units_where(user_id: str | None, roles: Iterable[str]) -> list[str]:
    """Ids of the units for which the person holds one of *roles*, not those below."""
    if not user_id:
        return []
    asked = {"user": user_id, "roles": list(roles)}
    return list(model.Session.scalars(_UNITS, asked))


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
    asked = {"roles": list(roles), "apart": list(apart)}
    for level in tree.reached_from(unit_id):
        found = list(model.Session.scalars(_AT_UNIT, {"unit": level, **asked}))
        if found:
            return found
    return []


def place_of(user_id: str, role: str, unit_id: str) -> str:
    """Id of the nearest unit at which the person holds the role that counts here."""
    places = set(units_where(user_id, [role]))
    line = tree.reached_from(unit_id)
    return next((level for level in line if level in places), "")


# An account at an institution that two accounts here had shows whose they are; links
# that ended count, and the accounts' state does not: one that sleeps is somebody's too.
_ACCOUNTS = sa.text(
    """
    WITH RECURSIVE mine(user_id) AS (
        SELECT CAST(:user AS text)
        UNION
        SELECT there.user_id FROM mine
        JOIN edudata_institution_account here ON here.user_id = mine.user_id
        JOIN edudata_institution_account there
            ON there.issuer = here.issuer AND there.subject = here.subject
    ) SELECT user_id FROM mine
    """
)
_SEVERAL = sa.text(
    """
    SELECT DISTINCT here.user_id FROM edudata_institution_account here
    JOIN edudata_institution_account there
        ON there.issuer = here.issuer AND there.subject = here.subject
        AND there.user_id <> here.user_id
    """
)


def accounts_of(user_id: str) -> list[str]:
    """Ids of all accounts of the person whose account it is, that one with them."""
    return sorted(model.Session.scalars(_ACCOUNTS, {"user": user_id}))


def accounts_beside() -> dict[str, list[str]]:
    """For each account of somebody who has several: the others."""
    several = list(model.Session.scalars(_SEVERAL))
    return {
        user_id: [other for other in accounts_of(user_id) if other != user_id]
        for user_id in several
    }


def lock_roles(user_id: str) -> None:
    """Let nobody else change the person's roles until this transaction ends."""
    transactions.one_at_a_time("edudata_roles", shared=True)
    transactions.one_at_a_time(f"edudata_role:{user_id}")


def lock_all_roles() -> None:
    """Let nobody else change roles until this transaction ends: many are given."""
    transactions.one_at_a_time("edudata_roles")


def may(context: Context, permission: str, unit_id: str | None) -> AuthResult:
    """Answer of an auth function: does the person carry *permission* for the unit?"""
    if holds(actor_id(context), who_may.roles_for(permission), unit_id):
        return {"success": True}
    return {
        "success": False,
        "msg": tk._("Your role does not allow this for this unit."),
    }
