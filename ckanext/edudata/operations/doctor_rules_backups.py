"""Rules of the doctor about backups: they ask the database for the newest."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.operations import backup_sealing, cli_nightly
from ckanext.edudata.operations.doctor import Config, Rule
from ckanext.edudata.operations.model_backups import Backup

OLDEST = datetime.timedelta(hours=25)
"""A day, and the time that the nightly one takes."""


def _missing(config: Config) -> str | None:
    wanted = (cli_nightly.FOLDER, backup_sealing.SETTING)
    empty = [name for name in wanted if not str(config.get(name) or "").strip()]
    if not empty:
        return None
    return tk._("No backups are made at night; not set: {names}.").format(
        names=", ".join(empty)
    )


def _old(config: Config) -> str | None:
    if _missing(config):
        return None
    table = Backup.__table__.c
    query = sa.select(sa.func.max(sa.func.coalesce(table.moment, table.began_at)))
    asked = query.where(table.kind == "backup", table.outcome == "done")
    with model.ensure_engine().connect() as connection:
        newest = connection.scalar(asked)
    if newest is None:
        return tk._("No backup was ever made.")
    age = datetime.datetime.now(datetime.timezone.utc) - newest
    if age <= OLDEST:
        return None
    said = tk._("The newest backup is {hours} hours old.")
    return said.format(hours=int(age.total_seconds() // 3600))


RULES = [
    Rule(
        "backups",
        "weak",
        _missing,
        "Set both; docs/operations/recovery.md says how keys are made.",
    ),
    Rule(
        "backup-age",
        "weak",
        _old,
        "Run ckan edudata nightly, see what it says, and have it run each night.",
    ),
]
