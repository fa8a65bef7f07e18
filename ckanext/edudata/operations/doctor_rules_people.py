"""Rules of the doctor about accounts: they ask the database."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.operations.doctor import Config, Rule

DEMONSTRATION = "%@demo.example"
"""Mail addresses of the accounts that the demonstration makes; see `demo/cast.py`."""


def _sysadmins(config: Config) -> str | None:
    number = _count(
        model.User.sysadmin.is_(True),
        # CKAN's own account: nobody logs in with it.
        model.User.name != config.get("ckan.site_id"),
    )
    if not number:
        return None
    return tk._("{number} persons hold CKAN's sysadmin flag.").format(number=number)


def _demonstration(config: Config) -> str | None:
    number = _count(model.User.email.like(DEMONSTRATION))
    if not number:
        return None
    said = tk._("{number} accounts of the demonstration can log in.")
    return said.format(number=number)


def _count(*which: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(model.User)
    with model.ensure_engine().connect() as connection:
        asked = query.where(model.User.state == model.State.ACTIVE, *which)
        return int(connection.scalar(asked) or 0)


def _database(config: Config) -> str | None:
    with model.ensure_engine().connect() as connection:
        asked = sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not connection.scalar(asked):
            return None
    return tk._("The portal is a superuser of its database: it could alter the trail.")


RULES = [
    Rule(
        "sysadmin",
        "unsafe",
        _sysadmins,
        "See who: ckan sysadmin list. Take it away: ckan sysadmin remove NAME. The "
        "portal has roles of its own for administrators.",
    ),
    Rule(
        "demonstration-accounts",
        "unsafe",
        _demonstration,
        "Start with empty databases: the demonstration's are not for real data.",
    ),
    Rule(
        "database-superuser",
        "unsafe",
        _database,
        "Have the portal log in to PostgreSQL as the owner of its database only.",
    ),
]
