"""The round of who watches: services, queues, alarms to be told, what is old."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

import ckan.plugins.toolkit as tk
import redis
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.feedback import telling
from ckanext.edudata.operations import event_kinds, events, queues, services
from ckanext.edudata.operations.model import Event
from ckanext.edudata.units import people

TOLD = "event_alarm"
_HALF = 24 * 3600
_LAST = (
    sa.select(Event.kind)
    .where(
        Event.kind.in_(["service_down", "service_up"]),
        Event.detail["service"].as_string() == sa.bindparam("service"),
    )
    .order_by(Event.last_at.desc(), Event.id.desc())
    .limit(1)
)
_HOLDERS = sa.text(
    'SELECT DISTINCT a.user_id FROM edudata_role_assignment a JOIN "user" u '
    "ON u.id = a.user_id WHERE a.role = ANY(:roles) AND u.state = 'active' "
    "AND a.ended_at IS NULL AND (a.until IS NULL OR a.until > now())"
)


def round_() -> dict[str, Any]:
    """Look at everything once: `{services, told, removed}`."""
    state = services.state(fresh=True)
    for name, word in state.items():
        _service(name, word)
    with contextlib.suppress(redis.RedisError):
        late = tk.config["ckanext.edudata.health.queue_seconds"]
        for queue in queues.look():
            if queue.oldest > late:
                events.raise_("queue_late", detail={"queue": queue.name})
    told = tell()
    _purge()
    return {"services": state, "told": told, "removed": left_behind()}


def _service(name: str, word: str) -> None:
    if word == services.DOWN:
        events.raise_("service_down", detail={"service": name})
    elif word == services.LOW:
        events.raise_("storage_low", detail={"service": name})
    elif model.Session.scalar(_LAST, {"service": name}) == "service_down":
        events.raise_("service_up", detail={"service": name})
    model.Session.rollback()


def tell() -> int:
    """Make notices of alarms that nobody was told of yet; their mails wait if mail is
    away. How many alarms."""
    with transactions.whole():
        alarms = model.Session.scalars(
            sa.select(Event)
            .where(Event.told_at.is_(None), Event.severity == "alarm")
            .order_by(Event.id)
            .limit(200)
            .with_for_update(skip_locked=True)
        ).all()
        ids = []
        for alarm in alarms:
            ids += _notices(alarm)
            alarm.told_at = sa.func.clock_timestamp()
    telling.queue(ids)
    return len(alarms)


def _notices(alarm: Event) -> list[str]:
    roles = list(event_kinds.roles(alarm.kind))
    made = []
    for user_id in model.Session.scalars(_HOLDERS, {"roles": roles}).all():
        made += telling.note(
            TOLD,
            [user_id],
            unit_id=next(iter(people.units_where(user_id, roles)), ""),
            object_type="event",
            object_id=alarm.kind,
            detail={"event": alarm.kind},
        )
    return made


def _purge() -> None:
    days = tk.config["ckanext.edudata.events.keep_days"]
    with transactions.whole():
        model.Session.execute(
            sa.delete(Event).where(
                Event.last_at
                < sa.func.clock_timestamp() - sa.func.make_interval(0, 0, 0, days)
            )
        )


def left_behind() -> int:
    """Remove what CKAN writes under `…~` before a file has its name, and leaves where
    the disk was full: not touched for a day. How many files."""
    removed = 0
    for folder in ("resources", "storage"):
        root = os.path.join(tk.config["ckan.storage_path"], folder)
        for place, _, names in os.walk(root):
            for name in names:
                path = os.path.join(place, name)
                if name.endswith("~") and _old(path):
                    with contextlib.suppress(OSError):
                        os.unlink(path)
                        removed += 1
    return removed


def _old(path: str) -> bool:
    try:
        return time.time() - os.lstat(path).st_mtime > _HALF
    except OSError:
        return False
