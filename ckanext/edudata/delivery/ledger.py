"""What left, to whom, written down before it leaves (Art. 30, 35)."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import has_request_context, request
from sqlalchemy.engine import Connection

from ckanext.edudata.audit import trail
from ckanext.edudata.delivery.grants import Allowed
from ckanext.edudata.delivery.model import Delivery, Grant
from ckanext.edudata.guard import limits

ASKED_MOST = 4000
"""Most characters of a question that are kept; of a longer one, its digest."""

# A day of Shanghai, wherever the database stands.
_TODAY = "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"
# One row for a grant and a day: it is the lock, too.
_COUNT = sa.text(
    "INSERT INTO edudata_grant_day AS d (grant_id, day, rows)"
    f" SELECT :grant, {_TODAY}, :rows WHERE CAST(:rows AS bigint) <= :quota"
    " ON CONFLICT (grant_id, day) DO UPDATE SET rows = d.rows + excluded.rows"
    " WHERE d.rows + excluded.rows <= :quota RETURNING d.rows"
)
_LEFT_OF_TODAY = sa.text(
    "SELECT extract(epoch FROM "
    "((clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date + 1)::timestamp"
    " - (clock_timestamp() AT TIME ZONE 'Asia/Shanghai'))"
)
_TAKEN = sa.text(
    "SELECT rows FROM edudata_grant_day"  # noqa: S608
    f" WHERE grant_id = :grant AND day = {_TODAY}"
)
_GIVE_BACK = sa.text(
    "WITH was AS (SELECT * FROM edudata_delivery WHERE id = :id FOR UPDATE),"
    " now AS (UPDATE edudata_delivery SET outcome = :outcome, rows = :rows"
    " WHERE id = :id)"
    " UPDATE edudata_grant_day d SET rows = d.rows - was.rows + :rows FROM was"
    " WHERE d.grant_id = was.grant_id"
    " AND d.day = (was.at AT TIME ZONE 'Asia/Shanghai')::date"
)


def deliver(
    grant: Grant,
    allowed: Allowed,
    rows: int,
    way: str,
    outcome: str = "done",
    *,
    user_id: str | None = None,
    asked: dict[str, Any] | None = None,
) -> int:
    """Put a delivery on record, committed, in a transaction of its own.

    :param user_id: who takes it, where it is not who applied
    :param asked: filter, search and page, as they were asked for
    :returns: id of the record
    :raises NotAuthorized: it would be more than the rows a day that are granted
    """
    detail = {
        "grant": grant.id,
        "release": grant.release_id,
        "digest": grant.content_digest,
        "rows": rows,
        "columns": len(allowed.fields),
        "way": way,
    }
    user_id = user_id or grant.user_id
    with model.ensure_engine().begin() as connection:
        if grant.quota_rows is not None:
            _within_quota(connection, grant, grant.quota_rows, rows, user_id)
        row = sa.insert(Delivery.__table__).values(
            grant_id=grant.id,
            user_id=user_id,
            unit_id=grant.unit_id,
            resource_id=grant.resource_id,
            release_id=grant.release_id,
            content_digest=grant.content_digest,
            fields=allowed.fields,
            filter_keys=allowed.filter_keys,
            asked=_bounded(asked),
            rows=rows,
            way=way,
            network=network(),
            outcome=outcome,
        )
        # In one statement: what cannot be written there lets nothing leave.
        return trail.record_with(
            connection,
            row,
            "delivery",
            "delivery",
            actor_id=user_id,
            object_type="resource",
            object_id=grant.resource_id,
            unit_id=grant.unit_id,
            detail=detail,
        )


def _within_quota(
    connection: Connection, grant: Grant, quota: int, rows: int, user_id: str
) -> None:
    """Count rows of today, of all persons of the grant together.

    :raises NotAuthorized: they are more than are left
    """
    counted = connection.execute(
        _COUNT, {"grant": grant.id, "rows": rows, "quota": quota}
    ).first()
    if counted or not rows:
        return
    taken = connection.execute(_TAKEN, {"grant": grant.id}).scalar() or 0
    deny(user_id, grant.resource_id, grant.unit_id, "quota")
    left = connection.execute(_LEFT_OF_TODAY).scalar() or 0
    limits.over(float(left))
    raise tk.NotAuthorized(
        tk._(
            "Your grant allows {quota} rows a day, and {left} are left today. "
            "Ask for fewer with limit, or go on tomorrow."
        ).format(quota=quota, left=max(0, quota - taken))
    )


def _bounded(asked: dict[str, Any] | None) -> dict[str, Any] | None:
    if not asked:
        return None
    words = json.dumps(asked, ensure_ascii=False, sort_keys=True, default=str)
    if len(words) <= ASKED_MOST and "\\u0000" not in words:
        return asked
    return {"sha256": hashlib.sha256(words.encode(errors="replace")).hexdigest()}


def finish(delivery_id: int, outcome: str, rows: int) -> None:
    """Note how a delivery that took its time came out: `done` or `broken`.

    Rows that did not leave are not counted to the day.
    """
    with model.ensure_engine().begin() as connection:
        connection.execute(
            _GIVE_BACK, {"id": delivery_id, "rows": rows, "outcome": outcome}
        )


def deny(user_id: str | None, resource_id: str, unit_id: str, code: str) -> None:
    """Put a refused read on record; the anonymous leave no name to record."""
    if user_id:
        trail.record_apart(
            "delivery",
            actor_id=user_id,
            object_type="resource",
            object_id=resource_id,
            unit_id=unit_id,
            detail={"code": code},
            outcome="denied",
        )


def network() -> str | None:
    """Network of the caller, /24 or /48: enough to notice, too little to locate."""
    if not has_request_context() or not request.remote_addr:
        return None
    try:
        address: Any = ipaddress.ip_address(request.remote_addr)
    except ValueError:
        return None
    length = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, length), strict=False))
