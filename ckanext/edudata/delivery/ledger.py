"""What left, to whom, written down before it leaves (Art. 30, 35)."""

from __future__ import annotations

import ipaddress
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import has_request_context, request
from sqlalchemy.engine import Connection

from ckanext.edudata.audit import trail
from ckanext.edudata.delivery.grants import Allowed
from ckanext.edudata.delivery.model import Delivery, Grant

DAY = sa.text("date_trunc('day', clock_timestamp())")


def deliver(
    grant: Grant, allowed: Allowed, rows: int, way: str, outcome: str = "done"
) -> int:
    """Put a delivery on record, committed, in a transaction of its own.

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
    with model.ensure_engine().begin() as connection:
        if grant.quota_rows is not None:
            _within_quota(connection, grant, grant.quota_rows, rows)
        delivery_id = connection.execute(
            sa.insert(Delivery)
            .values(
                grant_id=grant.id,
                user_id=grant.user_id,
                unit_id=grant.unit_id,
                resource_id=grant.resource_id,
                release_id=grant.release_id,
                content_digest=grant.content_digest,
                fields=allowed.fields,
                filter_keys=allowed.filter_keys,
                rows=rows,
                way=way,
                network=network(),
                outcome=outcome,
            )
            .returning(Delivery.id)
        ).scalar_one()
        # Inside, so that a trail that cannot be written lets nothing leave.
        trail.record_apart(
            "delivery",
            actor_id=grant.user_id,
            object_type="resource",
            object_id=grant.resource_id,
            unit_id=grant.unit_id,
            detail={**detail, "delivery": delivery_id},
        )
    return delivery_id


def _within_quota(connection: Connection, grant: Grant, quota: int, rows: int) -> None:
    connection.execute(
        sa.select(Grant.id).where(Grant.id == grant.id).with_for_update()
    )
    today = connection.execute(
        sa.select(sa.func.coalesce(sa.func.sum(Delivery.rows), 0)).where(
            Delivery.grant_id == grant.id, Delivery.at >= DAY
        )
    ).scalar_one()
    if today + rows > quota:
        deny(grant.user_id, grant.resource_id, grant.unit_id, "quota")
        raise tk.NotAuthorized(
            tk._(
                "Your grant allows {quota} rows a day, and {left} are left today. "
                "Ask for fewer with limit, or go on tomorrow."
            ).format(quota=quota, left=max(0, quota - today))
        )


def finish(delivery_id: int, outcome: str, rows: int) -> None:
    """Note how a delivery that took its time came out: `done` or `broken`."""
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(outcome=outcome, rows=rows)
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
