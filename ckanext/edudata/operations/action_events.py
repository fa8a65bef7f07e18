"""Events as those who watch over the portal see them (8.1.4.4)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import telling
from ckanext.edudata.operations import schema_events, services, watch
from ckanext.edudata.operations.model import Event
from ckanext.edudata.units import people

_BIGGEST = (1 << 63) - 1


@tk.side_effect_free
@validate(schema_events.event_list)
def edudata_event_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Events, newest first.

    :param severity: notice, warning or alarm (optional)
    :param kind: only of this kind (optional)
    :param open: only those that nobody has looked at (default: False)
    :param before: only events with a smaller number (optional)
    :param limit: at most so many, up to 1000 (default: 50)
    :returns: `{count, open, events: [{id, at, last_at, times, kind, severity, detail,
        seen_at, seen_by}], services}`; `open`: how many nobody has looked at;
        `services` as `/readyz` names them
    """
    tk.check_access("edudata_event_list", context, data_dict)
    query = sa.select(Event)
    for key in ("severity", "kind"):
        if data_dict.get(key):
            query = query.where(getattr(Event, key) == data_dict[key])
    if data_dict["open"]:
        query = query.where(Event.seen_at.is_(None))
    count = sa.select(sa.func.count()).select_from(query.subquery())
    if data_dict.get("before") is not None:
        query = query.where(Event.id < min(max(data_dict["before"], 0), _BIGGEST))
    rows = model.Session.scalars(
        query.order_by(Event.id.desc()).limit(data_dict["limit"])
    ).all()
    unseen = sa.select(sa.func.count()).where(Event.seen_at.is_(None))
    return {
        "count": model.Session.scalar(count),
        "open": model.Session.scalar(unseen),
        "events": [
            {
                "id": row.id,
                "at": row.at.isoformat(),
                "last_at": row.last_at.isoformat(),
                "times": row.times,
                "kind": row.kind,
                "severity": row.severity,
                "detail": row.detail,
                "seen_at": row.seen_at.isoformat() if row.seen_at else None,
                "seen_by": row.seen_by,
            }
            for row in rows
        ],
        "services": services.state(),
    }


@validate(schema_events.event_see)
def edudata_event_see(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that all events up to a number have been looked at; on record.

    :param until: the highest number that was looked at
    :returns: `{"seen": int}`: how many were new to somebody
    """
    tk.check_access("edudata_event_see", context, data_dict)
    actor_id, until = people.actor_id(context), min(data_dict["until"], _BIGGEST)
    with transactions.whole():
        done: Any = model.Session.execute(
            sa.update(Event)
            .where(Event.id <= until, Event.seen_at.is_(None))
            .values(seen_at=sa.func.clock_timestamp(), seen_by=actor_id)
            .execution_options(synchronize_session=False)
        )
        seen = done.rowcount
        if seen:
            trail.record(
                "event_see",
                actor_id=actor_id,
                object_type="event",
                object_id=str(until),
                detail={"seen": seen},
            )
            for kind in model.Session.scalars(sa.select(Event.kind).distinct()).all():
                left = sa.select(Event.id).where(
                    Event.kind == kind, Event.seen_at.is_(None)
                )
                if model.Session.scalar(left.limit(1)) is None:
                    telling.done("event", kind)
    return {"seen": seen}


def edudata_health_watch(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Look at services and queues, tell of alarms (internal, for the sweep).

    :returns: `{services, told, removed}`
    """
    tk.check_access("edudata_health_watch", context, data_dict)
    return watch.round_()
