"""The one way to write the audit trail. Every room may use it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import Insert

from ckanext.edudata.audit import content
from ckanext.edudata.audit.model import AuditRecord


def record(
    action: str,
    *,
    actor_id: str | None,
    object_type: str,
    object_id: str,
    unit_id: str | None = None,
    detail: dict[str, Any] | None = None,
    outcome: str = "done",
) -> AuditRecord:
    """Add a record to the caller's transaction: both are kept, or neither.

    :raises ValueError: *detail* holds more than ids, codes and numbers
    """
    row = AuditRecord(
        action=action,
        actor_id=actor_id,
        object_type=object_type,
        object_id=object_id,
        unit_id=unit_id,
        outcome=outcome,
        detail=content.checked(detail or {}),
    )
    model.Session.add(row)
    model.Session.flush()
    return row


def record_apart(action: str, **values: Any) -> None:
    """Add a record in a transaction of its own, kept whatever the caller's does.

    For what must be on record before it happens (a delivery), and for denials,
    whose own transaction is rolled back.
    """
    with model.ensure_engine().begin() as connection:
        record_on(connection, action, **values)


def record_on(connection: Connection, action: str, **values: Any) -> None:
    """Add a record to the transaction of a connection of one's own."""
    values.setdefault("outcome", "done")
    values["detail"] = content.checked(values.get("detail") or {})
    connection.execute(AuditRecord.__table__.insert().values(action=action, **values))


def record_with(
    connection: Connection, row: Insert, key: str, action: str, **values: Any
) -> int:
    """Insert a row and the record of it in one statement, for what happens often.

    :param row: the insert of a row with an `id` that the database gives
    :param key: under which the detail of the record names this id
    :returns: the id
    """
    values.setdefault("outcome", "done")
    detail = content.checked(values.pop("detail", None) or {})
    added = row.returning(row.table.c.id).cte("added")
    named = sa.func.jsonb_build_object(key, added.c.id)
    columns: dict[str, Any] = {
        name: sa.literal(value, sa.Text) for name, value in values.items()
    }
    columns["action"] = sa.literal(action, sa.Text)
    columns["detail"] = sa.literal(detail, JSONB).op("||", return_type=JSONB)(named)
    table = AuditRecord.__table__
    record = table.insert().from_select(list(columns), sa.select(*columns.values()))
    return connection.execute(
        record.add_cte(added).returning(table.c.detail[key].as_integer())
    ).scalar_one()
