"""Keeping extracts: asked for, made, handed to their owner, and gone again."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import shutil
from collections.abc import Iterable
from typing import IO, Any

import ckan.plugins.toolkit as tk
import file_keeper as fk
import sqlalchemy as sa
from ckan import model
from ckan.lib import files

from ckanext.edudata import settings, transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.delivery import extract_files, grants, reading
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_extracts import Extract

log = logging.getLogger(__name__)

SILENT = datetime.timedelta(minutes=5)
"""A job that has not been heard of for so long was killed."""

TRIES = 3
WISH = grants.Wish(copy=True)

STATES = {
    "queued": "Waits to be made",
    "running": "Being made",
    "ready": "Ready",
    "failed": "Could not be made",
    "expired": "Removed: its time was over",
    "withdrawn": "Removed: the grant does not hold any more",
    "removed": "Removed by its recipient",
}

FAILURES = {
    "rows": "The data have more rows than a sheet of a workbook. Choose CSV.",
    "cell": "A cell is too long for a workbook. Choose CSV.",
    "count": "The rows did not add up. The operator of the portal was told.",
    "crashed": "It was begun several times and not finished. Ask for it again.",
}


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def get(extract_id: str) -> Extract:
    """An extract as it stands in the database.

    :raises ObjectNotFound: there is none
    """
    row = model.Session.get(Extract, extract_id, populate_existing=True)
    if row is None:
        raise not_found()
    return row


def not_found() -> tk.ObjectNotFound:
    return tk.ObjectNotFound(tk._("There is no such extract"))


def judge(grant_id: str, user_id: str) -> grants.Allowed:
    """What this person may have in a copy at this moment.

    :raises NotAuthorized: nothing, or no copy
    """
    return reading.judged_again(grant_id, WISH, user_id)


def ask(grant: Grant, user_id: str, kind: str, lang: str) -> Extract:
    """Note an extract that is to be made, in the open transaction.

    :raises NotAuthorized: the grant gives no copy
    :raises ValidationError: one is being made; too many rows for the form or the quota
    """
    allowed = judge(grant.id, user_id)
    transactions.one_at_a_time(f"edudata_extract:{grant.id}:{user_id}")
    at_work = sa.select(Extract.id).where(
        Extract.grant_id == grant.id,
        Extract.user_id == user_id,
        Extract.state.in_(["queued", "running"]),
    )
    if model.Session.scalar(at_work):
        raise _wrong(
            "format", tk._("An extract is being made. Wait until it is there.")
        )
    row = Extract(
        grant_id=grant.id,
        request_id=grant.request_id,
        user_id=user_id,
        unit_id=grant.unit_id,
        format=kind,
        lang=lang,
        rows=counted(grant, allowed),
        beat_at=now(),
    )
    if kind == "xlsx" and row.rows >= extract_files.SHEET_ROWS:
        raise _wrong("format", tk._(FAILURES["rows"]))
    if grant.quota_rows is not None and row.rows > grant.quota_rows:
        words = tk._(
            "The extract would have {rows} rows, and your grant allows {quota} a day. "
            "Read the data through the interface, or apply for more."
        )
        raise _wrong("format", words.format(rows=row.rows, quota=grant.quota_rows))
    for old in _kept(grant.id, user_id):
        remove(old, "removed")
    model.Session.add(row)
    model.Session.flush()
    record("extract_create", user_id, row, {"format": kind, "rows": row.rows})
    return row


def _wrong(name: str, words: str) -> tk.ValidationError:
    return tk.ValidationError({name: [words]})


def _kept(grant_id: str, user_id: str) -> list[Extract]:
    return list(
        model.Session.scalars(
            sa.select(Extract).where(
                Extract.grant_id == grant_id,
                Extract.user_id == user_id,
                Extract.state == "ready",
            )
        )
    )


def counted(grant: Grant, allowed: grants.Allowed) -> int:
    """Rows that the grant shows, counted by the way that all readers go."""
    return int(reading.fetch(grant, allowed, {"limit": 0})["total"])


def record(
    name: str, actor_id: str | None, row: Extract, detail: dict[str, Any]
) -> None:
    """Put what was done to an extract on the trail, in the open transaction."""
    trail.record(
        name,
        actor_id=actor_id,
        object_type="extract",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"grant": row.grant_id, "request": row.request_id, **detail},
    )


def queue(extract_id: str) -> None:
    """Hand it to a worker; without Redis it waits for the clock."""
    from ckanext.edudata.delivery import jobs

    try:
        tk.enqueue_job(
            jobs.run_extract,
            [extract_id],
            title=f"edudata extract {extract_id}",
            queue=tk.config["ckanext.edudata.check.queue"],
            rq_kwargs={"timeout": tk.config["ckanext.edudata.extracts.seconds"]},
        )
    except Exception:  # noqa: BLE001 - it is noted, and waits
        log.warning("The job queue is unreachable; extract %s waits", extract_id)


def lifetime(grant: Grant) -> datetime.datetime:
    """When an extract made now is removed: in hours, and never after its grant."""
    hours = tk.config["ckanext.edudata.extracts.hours"]
    return min(now() + datetime.timedelta(hours=hours), grant.until)


def remove(row: Extract, state: str) -> None:
    """Remove the bytes, in the open transaction. What fails is tried by the clock."""
    row.state = state
    try:
        for number in range(1, row.tries + 1):
            discard(row.id, number)
    except OSError:
        log.warning("The bytes of extract %s wait to be removed", row.id)
        return
    row.removed_at = now()


def withdraw(moved: Iterable[Grant]) -> None:
    """Take back the extracts of grants that do not hold now, in the open transaction.

    Bytes go before the transaction ends: if it fails, a copy must be made once more,
    and nobody keeps one too long.
    """
    ids = [grant.id for grant in moved if grant.state != "active"]
    rows = model.Session.scalars(
        sa.select(Extract)
        .where(
            Extract.grant_id.in_(ids),
            Extract.state.in_(["queued", "running", "ready"]),
        )
        .with_for_update()
    ).all()
    for row in rows:
        remove(row, "withdrawn")
        record("extract_remove", None, row, {"state": row.state})


def place(extract_id: str, number: int) -> fk.FileData:
    """Where the bytes of one try are kept; the name is made of ids only."""
    return files.FileData(
        files.Location(f"extracts/{extract_id[:2]}/{extract_id}.{number}")
    )


def keep(row: Extract, number: int, source: IO[bytes], size: int) -> None:
    """Put what was made into the private storage."""
    ending = extract_files.ENDINGS[row.format]
    upload = fk.Upload(source, row.id, size, extract_files.TYPES[ending])
    data = place(row.id, number)
    files.get_storage(settings.PRIVATE).upload(data.location, upload)


def discard(extract_id: str, number: int) -> None:
    with contextlib.suppress(files.exc.MissingFileError):
        files.get_storage(settings.PRIVATE).remove(place(extract_id, number))


def workplace(extract_id: str = "") -> str:
    """Folder that a job writes in, below the storage path; its name tells whose."""
    root = tk.config.get("ckan.storage_path") or ""
    return os.path.join(root, "edudata", "extracts_at_work", extract_id)


def clear_up() -> int:
    """Remove what killed jobs left in their folders; how many there were."""
    root, gone = workplace(), 0
    for name in os.listdir(root) if os.path.isdir(root) else []:
        row = model.Session.get(Extract, name, populate_existing=True)
        if row is None or row.state != "running" or silent(row):
            shutil.rmtree(os.path.join(root, name), ignore_errors=True)
            gone += 1
    return gone


def silent(row: Extract) -> bool:
    return row.beat_at is None or now() - row.beat_at > SILENT


def shown(row: Extract) -> dict[str, Any]:
    """An extract as its actions return it."""
    ready = row.state == "ready" and bool(row.expires_at) and now() < row.expires_at
    state = "expired" if row.state == "ready" and not ready else row.state
    return {
        **{
            name: getattr(row, name)
            for name in (
                *("id", "grant_id", "request_id", "user_id", "format", "failure"),
                *("rows", "rows_done", "size", "sha256"),
            )
        },
        "state": state,
        "queued_at": row.queued_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "url": tk.h.url_for(
            "edudata_extracts.download", id=row.id, _external=True, locale="default"
        )
        if ready
        else None,
    }
