"""Releasing what came into an entry, by the standing approval of its reviewer.

The same door: approved is the content as it was checked, cleared by the clearance of
exactly that content, staged and proved again. A run that was killed leaves a batch
`cleared`; the sweep goes on with it. Older content never goes over newer: what waits is
looked at again while the entry is locked.
"""

from __future__ import annotations

import datetime
import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import datastore
from ckanext.edudata.audit import trail
from ckanext.edudata.opening import arrivals, release, standing
from ckanext.edudata.opening.model import Release, ReleasedResource
from ckanext.edudata.opening.model_by_itself import Batch, ByItself

log = logging.getLogger(__name__)


class _UnchangedError(Exception):
    """The content is the one that is open."""


class _OvertakenError(Exception):
    """Something newer came while this waited for the lock."""


def _internal() -> Any:
    return {"ignore_auth": True}


def go_on(entry_id: str) -> str | None:
    """Release what waits in an entry, if nothing stands against it.

    :returns: id of the release
    """
    waiting = arrivals.cleared(entry_id)
    if not waiting or _is_read_still(entry_id):
        model.Session.rollback()
        return None
    approval, live = standing.of_entry(entry_id), standing.live(entry_id)
    if approval is None or live is None:
        return _held(waiting, "off")
    came = {row.resource_id: row.sha256 or "" for row in waiting}
    reason = _against(came, approval, live)
    if reason:
        return _held(waiting, reason)
    done: list[str] = []
    ids, approval_id = [row.id for row in waiting], approval.id
    try:
        release.release(
            entry_id,
            actor_id=None,
            name=None,
            approved_by=lambda _: _pass(entry_id, came),
            within=lambda row: done.append(_note(row, ids, approval_id)),
        )
    except _OvertakenError:
        return None
    except _UnchangedError:
        _settle(ids, "unchanged")
        model.Session.commit()
        return None
    except tk.ValidationError as error:
        return _held(arrivals.cleared(entry_id), _why(error.error_dict))
    return done[0]


def _why(errors: dict[str, Any]) -> str:
    """Why a release without a person was refused, as a reason to hold."""
    if "security" in errors:
        return "security"
    return "changed" if "content" in errors or "state" in errors else "refused"


def _is_read_still(entry_id: str) -> bool:
    """Whether the description is being checked: a new file has a new name."""
    checks = tk.get_action("edudata_check_list")(_internal(), {"id": entry_id})
    return any(c["subject"] == "metadata" and c["state"] != "done" for c in checks)


def _held(waiting: list[Batch], reason: str) -> None:
    if waiting:
        arrivals.hold(waiting, reason)
    model.Session.commit()


def _against(came: dict[str, str], approval: ByItself, live: Release) -> str | None:
    """What stands against a release without a person, as a reason to hold."""
    if approval.opening_class != live.opening_class:
        return "changed"
    for resource_id, sha256 in came.items():
        clearance = tk.get_action("edudata_clearance_show")(
            _internal(), {"resource_id": resource_id, "sha256": sha256}
        )
        if clearance is None:
            return "refused"
        new = [_structure(table["columns"]) for table in clearance["tables"]]
        if sorted(new) != sorted(_structures(live.id, resource_id)):
            return "columns"
    return None


def _structures(release_id: str, resource_id: str) -> list[Any]:
    rows = model.Session.scalars(
        sa.select(ReleasedResource).where(
            ReleasedResource.release_id == release_id,
            ReleasedResource.kind != "sample",
            ReleasedResource.source.startswith(f"{resource_id}#", autoescape=True),
        )
    )
    return [_structure(row.columns) for row in rows]


def _structure(columns: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Names, labels and types as they are stored: whole numbers are numbers."""
    return [
        (c["id"], c["label"], datastore.TYPES.get(c["type"], "text")) for c in columns
    ]


def _pass(entry_id: str, came: dict[str, str]) -> dict[str, Any]:
    """The standing approval of exactly what was checked, under the entry's lock."""
    approved = tk.get_action("edudata_entry_pass")(
        _internal(), {"id": entry_id, "digests": came}
    )
    now = {row.resource_id: row.sha256 or "" for row in arrivals.cleared(entry_id)}
    if any(now.get(resource_id) != sha256 for resource_id, sha256 in came.items()):
        raise _OvertakenError
    # In the order in which a stop takes its locks.
    live = model.Session.scalar(
        sa.select(Release.id)
        .where(Release.entry_id == entry_id, Release.state == "live")
        .with_for_update()
    )
    approval = model.Session.scalar(
        sa.select(ByItself)
        .where(ByItself.entry_id == entry_id, ByItself.ended_at.is_(None))
        .with_for_update(read=True)
    )
    if approval is None or live is None:
        raise tk.ValidationError({"approval": [tk._(arrivals.REASONS["off"])]})
    if approved is None:
        raise _UnchangedError
    return approved


def _note(row: Release, ids: list[str], approval_id: str) -> str:
    """Batches and record, in the transaction of the release."""
    approval = model.Session.get(ByItself, approval_id)
    checks = _settle(ids, "released", row.id)
    trail.record(
        "release_by_itself",
        actor_id=None,
        object_type="dataset",
        object_id=row.dataset_id,
        unit_id=row.unit_id,
        detail={
            "entry": row.entry_id,
            "version": row.version,
            "approval": approval_id,
            "approved_by": approval.switched_by if approval else None,
            "batches": ids,
        },
    )
    for check_id in checks:
        tk.get_action("edudata_profile_only")(_internal(), {"check_id": check_id})
    return row.id


def _settle(ids: list[str], state: str, release_id: str | None = None) -> set[str]:
    rows = model.Session.scalars(
        sa.select(Batch).where(Batch.id.in_(ids), Batch.state == "cleared")
    ).all()
    for row in rows:
        row.state, row.release_id = state, release_id
        row.settled_at = datetime.datetime.now(datetime.timezone.utc)
    return {row.check_id for row in rows if row.check_id}


def settle() -> int:
    """Go on with what a crash left: writes not checked, clear ones not released."""
    for batch_id in arrivals.left():
        arrivals.written(batch_id)
    entries = model.Session.scalars(
        sa.select(Batch.entry_id).where(Batch.state == "cleared").distinct()
    ).all()
    released = 0
    for entry_id in entries:
        try:
            released += go_on(entry_id) is not None
        except Exception as error:  # noqa: BLE001, PERF203 - none holds others up
            model.Session.rollback()
            log.warning("An entry does not go on: %s", type(error).__name__)
    return released
