"""The one way to write the audit trail. Every room may use it."""

from __future__ import annotations

from typing import Any

from ckan import model
from sqlalchemy.engine import Connection

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
