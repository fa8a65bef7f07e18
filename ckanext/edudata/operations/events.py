"""Alarms as events that a site routes to those who watch (GB/T 22239-2019 8.1.4.4).

An event goes to the log always, to a file and a system log where they are set, into the
table, and from there, if it is an alarm, to the people whose roles must know. Raising
one never fails its caller and never waits for another service than the database.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import content
from ckanext.edudata.operations import event_kinds, event_routes
from ckanext.edudata.operations.model import Event

log = logging.getLogger(__name__)

_LEVELS = {"notice": logging.INFO, "warning": logging.WARNING, "alarm": logging.ERROR}

_AGAIN = sa.text(
    """
    UPDATE edudata_event SET times = times + 1, last_at = clock_timestamp()
    WHERE id = (
        SELECT id FROM edudata_event
        WHERE digest = :digest AND seen_at IS NULL
        AND last_at > clock_timestamp() - interval '10 minutes'
        ORDER BY last_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id
    """
)
_PATIENCE = sa.text("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '3s'")


def raise_(
    kind: str, severity: str | None = None, detail: dict[str, Any] | None = None
) -> int | None:
    """Tell those who watch; in a transaction of its own, whatever the caller's does.

    The same again within ten minutes is counted on the one before.

    :param kind: one of `event_kinds.KINDS`
    :param severity: notice, warning or alarm (optional: the kind's)
    :param detail: ids, codes and numbers only (optional)
    :returns: number of the event, None where the database did not take it
    """
    try:
        level = event_kinds.severity(kind, severity)
        kept = _kept(kind, detail)
        log.log(_LEVELS[level], "Event %s (%s) %s", kind, level, json.dumps(kept))
        event_routes.out(kind, level, kept)
        return _written(kind, level, kept)
    except Exception as error:  # noqa: BLE001 - whoever raises has other work to do
        log.warning("An event was not kept: %s, %s", kind, type(error).__name__)
        return None


def _kept(kind: str, detail: dict[str, Any] | None) -> dict[str, Any]:
    try:
        return content.checked(detail or {})
    except ValueError as error:
        log.warning("Event %s: %s", kind, error)
        return {"unfit": True}


def _written(kind: str, severity: str, detail: dict[str, Any]) -> int:
    text = json.dumps([kind, severity, detail], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with model.ensure_engine().begin() as connection:
        connection.execute(_PATIENCE)
        again = connection.scalar(_AGAIN, {"digest": digest})
        if again is not None:
            return again
        row = sa.insert(Event.__table__).values(
            kind=kind, severity=severity, detail=detail, digest=digest
        )
        return connection.execute(row.returning(Event.__table__.c.id)).scalar_one()
