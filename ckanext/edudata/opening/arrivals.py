"""What comes into the tables of entries that release by themselves.

A write is noted before it is made and checked after it: the DataStore is another
database, so that neither can be part of the other's transaction. What the check reads
is the table, never the note; a note that was left behind costs one look at the table.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.opening import classes, standing
from ckanext.edudata.opening.model_by_itself import Batch

WRITES = frozenset(
    {
        "datastore_create",
        "datastore_upsert",
        "datastore_delete",
        "datastore_records_delete",
        "datastore_run_triggers",
    }
)

REASONS = {
    "personal": "Personal data were found in the table with the new rows.",
    "class": "The table with the new rows allows only a closer opening class.",
    "unread": "The table could not be read to its last cell, or has other columns.",
    "columns": "The new file has other columns or types than the version that is open.",
    "changed": "More than rows was changed in this entry.",
    "off": "The entry no longer releases by itself.",
    "security": "Data of this grade need a security review of each version before it "
    "is released.",
    "refused": "What the release needs beside the rows is not there: the check of the "
    "description, an exception or a rule.",
}
"""Why a batch is held, as English message ids."""

_OPEN = ("waiting", "held", "cleared")
#: A write that takes longer than this was killed.
_WRITING = datetime.timedelta(minutes=10)


def write(
    call: Callable[[], Any], name: str, data_dict: dict[str, Any], actor_id: str | None
) -> Any:
    """Carry out a write of the DataStore; one into such an entry is checked after it.

    :raises ValidationError: a file that will take the table's place is being checked
    """
    entry_id, resource_id = _into(data_dict)
    if not entry_id or data_dict.get("dry_run") or standing.of_entry(entry_id) is None:
        return call()
    _no_file_comes(entry_id, resource_id)
    records = data_dict.get("records")
    told = Batch.__table__
    batch_id = str(uuid.uuid4())
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.insert(told).values(
                id=batch_id,
                entry_id=entry_id,
                resource_id=resource_id,
                kind=name,
                rows=len(records) if isinstance(records, list) else None,
                written_by=actor_id,
                state="writing",
            )
        )
    try:
        result = call()
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound):
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.delete(told).where(told.c.id == batch_id))
        raise
    except Exception:
        # It may have been written all the same: the table says.
        model.Session.rollback()
        written(batch_id)
        raise
    written(batch_id)
    return result


def written(batch_id: str) -> None:
    """Have the table of a batch checked."""
    row = model.Session.get(Batch, batch_id)
    if row is None or row.state != "writing":
        return
    check_id = tk.get_action("edudata_rows_check")(
        {"ignore_auth": True}, {"resource_id": row.resource_id}
    )
    row.state, row.check_id = "waiting", check_id
    if row.written_by:
        tk.get_action("edudata_entry_touched")(
            {"ignore_auth": True}, {"id": row.entry_id, "user_id": row.written_by}
        )
    model.Session.commit()
    if check_id:
        tk.get_action("edudata_rows_check_queue")(
            {"ignore_auth": True}, {"check_id": check_id}
        )


def left() -> list[str]:
    """Batches whose writer was killed."""
    before = datetime.datetime.now(datetime.timezone.utc) - _WRITING
    return list(
        model.Session.scalars(
            sa.select(Batch.id).where(
                Batch.state == "writing", Batch.written_at < before
            )
        )
    )


def checked(told: dict[str, Any]) -> None:
    """Note what a check says of the batches it has seen, in its transaction.

    :param told: see `edudata_arrival_checked`
    """
    if not told["check_ids"]:
        return
    seen = list(
        model.Session.scalars(
            sa.select(Batch)
            .where(
                Batch.resource_id == told["resource_id"],
                Batch.check_id.in_(told["check_ids"]),
                Batch.state.in_(_OPEN),
            )
            .with_for_update()
        )
    )
    approval = standing.of_entry(told["entry_id"])
    clear = approval is not None and classes.allowed(
        approval.opening_class, told["permits"]
    )
    if told["subject"] == "file":
        for row in seen:
            row.state = "replaced"
        if clear:
            model.Session.add(
                Batch(
                    entry_id=told["entry_id"],
                    resource_id=told["resource_id"],
                    kind="file",
                    state="cleared",
                    check_id=told["check_id"],
                    sha256=told["sha256"],
                )
            )
        return
    for row in seen:
        row.check_id, row.sha256 = told["check_id"], told["sha256"]
        row.state, row.reason = "cleared", None
    if seen and not clear:
        hold(seen, _why(approval is not None, told["verdict"]))


def _why(on: bool, verdict: str) -> str:
    if not on:
        return "off"
    return {"blocked": "personal", "restricted": "class"}.get(verdict, "unread")


def cleared(entry_id: str) -> list[Batch]:
    """Batches of an entry that wait for their release."""
    return list(
        model.Session.scalars(
            sa.select(Batch)
            .where(Batch.entry_id == entry_id, Batch.state == "cleared")
            .order_by(Batch.number)
            .execution_options(populate_existing=True)
        )
    )


def hold(batches: list[Batch], reason: str) -> None:
    """Hold batches inside and tell their unit, in the caller's transaction."""
    for row in batches:
        row.state, row.reason = "held", reason
        row.settled_at = datetime.datetime.now(datetime.timezone.utc)
    package = model.Package.get(batches[0].entry_id)
    for resource_id in sorted({row.resource_id for row in batches}):
        tk.get_action("edudata_notify")(
            {"ignore_auth": True, "defer_commit": True},
            {
                "kind": "rows_held",
                "unit_id": package.owner_org if package else None,
                "permission": "finding_read",
                "object_type": "resource",
                "object_id": resource_id,
                "detail": {"entry": batches[0].entry_id, "reason": reason},
            },
        )


def _into(data_dict: dict[str, Any]) -> tuple[str, str]:
    reference = data_dict.get("resource_id") or data_dict.get("id")
    found = None
    if isinstance(reference, str):
        found = model.Session.get(model.Resource, reference)
    return (found.package_id or "", found.id) if found else ("", "")


def _no_file_comes(entry_id: str, resource_id: str) -> None:
    checks = tk.get_action("edudata_check_list")(
        {"ignore_auth": True}, {"id": entry_id}
    )
    for check in checks:
        same = check["resource_id"] == resource_id and check["subject"] == "file"
        if same and check["state"] != "done":
            raise tk.ValidationError(
                {
                    "resource_id": [
                        tk._(
                            "A new file is being checked that takes the place of this "
                            "table. Write the rows when that has finished."
                        )
                    ]
                }
            )
