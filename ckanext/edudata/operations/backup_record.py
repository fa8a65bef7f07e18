"""Backups, restores and drills on record: in their table, on the trail, as events."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.operations import events
from ckanext.edudata.operations.model_backups import Backup

_ACTIONS = {
    "backup": "backup_make",
    "restore": "backup_restore",
    "drill": "backup_drill",
}
_EVENTS = {"backup": "backup_{}", "drill": "drill_{}"}


def keep(
    kind: str,
    began_at: datetime.datetime,
    *,
    done: bool,
    detail: dict[str, Any],
    name: str | None = None,
    digest: str | None = None,
    moment: datetime.datetime | None = None,
) -> None:
    """Put what was done on record.

    :param kind: backup, restore or drill
    :param detail: codes and numbers
    """
    outcome = "done" if done else "failed"
    with transactions.whole():
        model.Session.add(
            Backup(
                kind=kind,
                outcome=outcome,
                name=name,
                digest=digest,
                moment=moment,
                began_at=began_at,
                ended_at=datetime.datetime.now(datetime.timezone.utc),
                detail=detail,
            )
        )
        trail.record(
            _ACTIONS[kind],
            actor_id=None,
            object_type="portal",
            object_id=tk.config["ckan.site_id"],
            outcome=outcome,
            detail={"name": name, "digest": digest, **detail},
        )
    event = _EVENTS.get(kind)
    if event:
        events.raise_(event.format("made" if done else "failed"), detail=detail)


def newest(kind: str, outcome: str = "done") -> Backup | None:
    """The newest of a kind."""
    query = sa.select(Backup).where(Backup.kind == kind, Backup.outcome == outcome)
    return model.Session.scalar(query.order_by(Backup.began_at.desc()).limit(1))
