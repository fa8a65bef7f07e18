"""Names of people and units for many ids at once, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model


def persons(ids: Iterable[str | None]) -> dict[str, tuple[str, str, str]]:
    """Id → (name, account, state of the account)."""
    user = model.User
    rows = model.Session.execute(
        sa.select(user.id, user.name, user.fullname, user.state).where(
            user.id.in_({each for each in ids if each})
        )
    )
    return {row.id: (row.fullname or row.name, row.name, row.state) for row in rows}


def titles(ids: Iterable[str | None]) -> dict[str, str]:
    """Id → name of the unit, of ended ones too."""
    group = model.Group
    rows = model.Session.execute(
        sa.select(group.id, group.title).where(
            group.id.in_({each for each in ids if each})
        )
    )
    return {row.id: row.title for row in rows}


def named(roles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Roles with the names of all who have to do with them."""
    ids = [role[key] for role in roles for key in ("user_id", "given_by", "ended_by")]
    people, units = persons(ids), titles(role["unit_id"] for role in roles)
    portal = tk.config["ckan.site_id"]

    def giver(user_id: str | None) -> str:
        name, account, _ = people.get(user_id or "", ("", "", ""))
        return tk._("The operator") if account in ("", portal) else name

    for role in roles:
        name, account, state = people.get(role["user_id"], ("", "", "deleted"))
        gone = state == "deleted"
        role["person"] = tk._("Account deleted") if gone else name
        role["account"] = "" if gone else account
        role["pending"] = state == "pending"
        role["unit"] = units.get(role["unit_id"], "")
        role["given_by_name"] = giver(role["given_by"])
        role["ended_by_name"] = giver(role["ended_by"]) if role["ended_at"] else ""
    return roles
