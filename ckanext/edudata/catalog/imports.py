"""An import's life: uploaded, dry run, confirmed, written; all of it or nothing.

Cells are kept in the database as they were read, so that the confirmed run is over
exactly what the dry run saw. The run is one transaction, and its last statement takes
the import's own token: of two workers one finishes, the other's work is undone. What a
killed one leaves is an import that `requeue` hands out again.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.model.types import make_uuid

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import (
    bulk_imports,
    imports_plan,
    sheets_parse,
    sheets_read,
    sheets_words,
)
from ckanext.edudata.catalog.imports_plan import Planned, Planner
from ckanext.edudata.catalog.model_imports import Import, ImportRow
from ckanext.edudata.catalog.sheets_parse import ParsedRow

log = logging.getLogger(__name__)

STATES = {
    "checking": "Being looked through",
    "checked": "Looked through",
    "writing": "Being imported",
    "done": "Imported",
    "stale": "To be looked through again",
    "withdrawn": "Withdrawn",
}
"""`checked` waits for its confirmation, or for a corrected sheet where rows are wrong;
`stale`: entries were changed after the dry run."""

MAX_ROWS = 20_000
#: Sheets this small are worked on at once, larger ones by a worker.
AT_ONCE = 60
CHUNK = 200
BEAT_SECONDS = 1.0
SILENT = datetime.timedelta(seconds=60)
TIMEOUT = 6 * 3600
#: So long the validators of the dry run need not be asked again.
VALID = datetime.timedelta(hours=1)
#: So long a sheet that was looked through waits for its confirmation.
KEPT = datetime.timedelta(days=30)


class StaleError(Exception):
    """The entries are not as the dry run saw them."""


def take(stream: Any, filename: str, user: str, made_by: str) -> Import:
    """Read an uploaded workbook and note its rows, in the caller's transaction.

    :raises ValidationError: it cannot be read, with what to do
    """
    with tempfile.NamedTemporaryFile(prefix="edudata-sheet-", suffix=".xlsx") as kept:
        digest = _copy(stream, kept)
        book = sheets_read.read(kept.name)
    if book.reason:
        raise tk.ValidationError({"upload": [tk._(sheets_read.REASONS[book.reason])]})
    with sheets_words.site_language():
        planner = Planner(user)
        parsed = sheets_parse.parse(
            book.sheets, planner.columns, planner.item_columns, tk._
        )
    if parsed.error:
        raise tk.ValidationError({"upload": [parsed.error]})
    if len(parsed.rows) > MAX_ROWS:
        message = tk._("The sheet has more than {limit} rows; split it into several.")
        raise tk.ValidationError({"upload": [message.format(limit=MAX_ROWS)]})
    row = Import(
        id=make_uuid(),
        made_by=made_by,
        filename=os.path.basename(filename.replace("\\", "/"))[:200],
        sha256=digest,
        state="checking",
        sheet={
            "columns": parsed.columns,
            "unknown": parsed.unknown[:50],
            "stray": parsed.stray[:500],
            "rows": len(parsed.rows),
        },
        beat_at=_now(),
    )
    model.Session.add(row)
    model.Session.flush()
    for start in range(0, len(parsed.rows), 1000):
        model.Session.execute(
            sa.insert(ImportRow),
            [
                {
                    "import_id": row.id,
                    "number": found.number,
                    "cells": found.cells,
                    "items": found.items,
                }
                for found in parsed.rows[start : start + 1000]
            ],
        )
    return row


def _copy(stream: Any, target: Any) -> str:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(1 << 20):
        size += len(chunk)
        if size > sheets_read.MAX_BYTES:
            reason = sheets_read.REASONS["too_large"]
            raise tk.ValidationError({"upload": [tk._(reason)]})
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    return digest.hexdigest()


def go_on(import_id: str) -> None:
    """Work on it now if it is small, or hand it to a worker."""
    row = get(import_id)
    if row.sheet["rows"] <= AT_ONCE:
        run(import_id)
        return
    queue(import_id)


def queue(import_id: str) -> None:
    """Hand it to a worker; without Redis it waits for `ckan edudata sweep`."""
    try:
        tk.enqueue_job(
            run,
            [import_id],
            title=f"edudata import {import_id}",
            queue=tk.config["ckanext.edudata.check.queue"],
            rq_kwargs={"timeout": TIMEOUT},
        )
    except Exception:  # noqa: BLE001 - it is noted, and waits
        log.warning("The job queue is unreachable; import %s waits", import_id)


def requeue() -> list[str]:
    """Imports that nobody works on, or whose index did not follow."""
    _give_up()
    before = _now() - SILENT
    waiting = list(
        model.Session.scalars(
            sa.select(Import.id).where(
                Import.beat_at < before,
                sa.or_(
                    Import.state.in_(["checking", "writing"]),
                    sa.and_(Import.state == "done", Import.indexed_at.is_(None)),
                ),
            )
        )
    )
    for import_id in waiting:
        queue(import_id)
    return waiting


def run(import_id: str) -> None:
    """Do what its state asks for. Called by the worker; may be called again."""
    taken = _taken(import_id)
    if taken is None:
        return
    state, token = taken
    beat = Beat(import_id, token)
    try:
        with sheets_words.site_language():
            if state == "checking":
                _check(import_id, token, beat)
            elif state == "writing":
                _write(import_id, token, beat)
            _follow(import_id, beat)
    except Exception as error:
        # Its text may quote a cell: only the kind of it is logged.
        model.Session.rollback()
        name = type(error).__name__
        log.exception("Import %s failed: %s", import_id, name, exc_info=False)
        _fail(import_id, token)


def _taken(import_id: str) -> tuple[str, str] | None:
    """State and new token, for the one who may work on it now."""
    row = model.Session.scalar(
        sa.select(Import).where(Import.id == import_id).with_for_update()
    )
    working = ("checking", "writing")
    unsettled = row is not None and (
        row.state in working or (row.state == "done" and row.indexed_at is None)
    )
    if row is None or not unsettled or (row.token and not _silent(row)):
        model.Session.rollback()
        return None
    token = make_uuid()
    row.token, row.beat_at = token, _now()
    found = (row.state, token)
    model.Session.commit()
    return found


class Beat:
    """Says how far it is, in a transaction of its own, and holds nothing."""

    def __init__(self, import_id: str, token: str) -> None:
        self._id, self._token, self._last, self.done = import_id, token, 0.0, 0
        self.total, self.step = 0, ""

    def begin(self, step: str, total: int) -> None:
        self.step, self.total, self.done, self._last = step, total, 0, 0.0
        self(0)

    def __call__(self, more: int) -> None:
        self.done += more
        if time.monotonic() - self._last < BEAT_SECONDS:
            return
        self._last = time.monotonic()
        with model.ensure_engine().begin() as connection:
            connection.execute(
                sa.update(Import.__table__)
                .where(
                    Import.__table__.c.id == self._id,
                    Import.__table__.c.token == self._token,
                )
                .values(
                    beat_at=sa.func.clock_timestamp(),
                    progress={
                        "step": self.step,
                        "done": self.done,
                        "total": self.total,
                    },
                )
            )


def _check(import_id: str, token: str, beat: Beat) -> None:
    """The dry run: what each row would do. Nothing of the catalog is written."""
    row = get(import_id)
    planner = Planner(_user(row))
    beat.begin("check", row.sheet["rows"])
    rules = imports_plan.rules()
    counts: Counter[str] = Counter()
    for part in _rows(import_id):
        planned = planner.plan(
            [ParsedRow(r.number, dict(r.cells), list(r.items)) for r in part]
        )
        # A validator may have written: a dry run keeps nothing of it.
        model.Session.rollback()
        _note(import_id, planned)
        model.Session.commit()
        counts.update(found.outcome for found in planned)
        beat(len(part))
    row = _finish(import_id, token, "checking")
    row.counts = {**counts, "stray": len(row.sheet["stray"])}
    row.sheet = {**row.sheet, "rules": rules, "checked_at": _now().isoformat()}
    row.state, row.finished_at = "checked", _now()
    model.Session.commit()


def _note(import_id: str, planned: Iterable[Planned]) -> None:
    model.Session.execute(
        sa.update(ImportRow),
        [
            {
                "import_id": import_id,
                "number": found.number,
                "outcome": found.outcome,
                "title": found.title[:300],
                "entry_id": found.entry_id,
                "seen": found.seen,
                "data": found.data,
                "changes": found.changes,
                "errors": found.errors,
            }
            for found in planned
        ],
    )


def _write(import_id: str, token: str, beat: Beat) -> None:
    """All rows in one transaction. Raises nothing for entries changed meanwhile."""
    row = get(import_id)
    user, made_by, digest = _user(row), row.made_by, row.sha256
    counts, fresh = row.counts or {}, _fresh(row)
    beat.begin("write", counts.get("new", 0) + counts.get("changed", 0))
    try:
        _unchanged(import_id)
        for part in _rows(import_id, ["new"]):
            ids = bulk_imports.create([_data(found, fresh) for found in part], user)
            for found, entry_id in zip(part, ids, strict=True):
                found.entry_id = entry_id
            model.Session.flush()
            beat(len(part))
        for part in _rows(import_id, ["changed"]):
            for found in part:
                bulk_imports.change(found.entry_id or "", found.data or {}, user)
                beat(1)
        row = _finish(import_id, token, "writing")
        row.state, row.finished_at = "done", _now()
        trail.record(
            "entry_import",
            actor_id=made_by,
            object_type="import",
            object_id=import_id,
            detail={
                "sha256": digest,
                "new": counts.get("new", 0),
                "changed": counts.get("changed", 0),
            },
        )
        model.Session.commit()
    except (StaleError, tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound):
        # Somebody changed an entry, a role or a code list after the dry run.
        model.Session.rollback()
        row = _finish(import_id, token, "writing")
        row.state, row.token = "stale", None
        model.Session.commit()


def _fresh(row: Import) -> bool:
    """Whether what the validators said in the dry run still counts."""
    checked_at = row.sheet.get("checked_at")
    if not checked_at or row.sheet.get("rules") != imports_plan.rules():
        return False
    return _now() - datetime.datetime.fromisoformat(checked_at) < VALID


def _data(row: ImportRow, fresh: bool) -> dict[str, Any]:
    data = dict(row.data or {})
    if not fresh:
        data.pop("said", None)
    return data


def _unchanged(import_id: str) -> None:
    """Hold the entries that were looked at, and see that nobody changed them.

    :raises StaleError: somebody did
    """
    seen = dict(
        model.Session.execute(
            sa.select(ImportRow.entry_id, ImportRow.seen).where(
                ImportRow.import_id == import_id, ImportRow.outcome == "changed"
            )
        )
        .tuples()
        .all()
    )
    ids = sorted(key for key in seen if key)
    for start in range(0, len(ids), 1000):
        part = ids[start : start + 1000]
        rows = model.Session.execute(
            sa.select(model.Package.id, model.Package.metadata_modified)
            .where(model.Package.id.in_(part), model.Package.state == "active")
            .order_by(model.Package.id)
            .with_for_update()
        )
        now = {row[0]: row[1].isoformat() for row in rows}
        if any(now.get(key) != seen[key] for key in part):
            raise StaleError
    titles = model.Session.scalar(
        sa.select(sa.func.count())
        .select_from(ImportRow)
        .join(
            model.Package,
            sa.and_(
                model.Package.title == ImportRow.title,
                model.Package.owner_org == ImportRow.data["fields"]["owner_org"].astext,
            ),
        )
        .where(
            ImportRow.import_id == import_id,
            ImportRow.outcome == "new",
            model.Package.type == "entry",
            model.Package.state == "active",
        )
    )
    if titles:
        # The same sheet was imported by somebody else in the meantime.
        raise StaleError


def _follow(import_id: str, beat: Beat) -> None:
    """Index and checks of what was written; the sweep does it where a kill came."""
    row = get(import_id)
    if row.state != "done" or row.indexed_at is not None:
        return
    ids = list(
        model.Session.scalars(
            sa.select(ImportRow.entry_id)
            .where(
                ImportRow.import_id == import_id,
                ImportRow.outcome.in_(["new", "changed"]),
            )
            .order_by(ImportRow.number)
        )
    )
    beat.begin("index", len(ids))
    settle([key for key in ids if key], beat)
    row = get(import_id)
    row.indexed_at = _now()
    _forget(import_id)
    model.Session.commit()


def _forget(import_id: str) -> None:
    """Words belong to the entries now; what is purged there must not stay here."""
    model.Session.execute(
        sa.update(ImportRow)
        .where(ImportRow.import_id == import_id)
        .values(
            cells={},
            items=[],
            title=None,
            data=sa.null(),
            changes=sa.null(),
            errors=sa.null(),
        )
    )


def _give_up() -> None:
    """Sheets that nobody confirmed for long are forgotten."""
    left = list(
        model.Session.scalars(
            sa.select(Import)
            .where(
                Import.state.in_(["checked", "stale"]), Import.beat_at < _now() - KEPT
            )
            .with_for_update(skip_locked=True)
        )
    )
    for row in left:
        row.state, row.finished_at = "withdrawn", _now()
        model.Session.execute(sa.delete(ImportRow).where(ImportRow.import_id == row.id))
    model.Session.commit()


def settle(ids: list[str], beat: Any = None) -> None:
    """Start the checks of entries and feed the index, after the commit."""
    for part in bulk_imports.parts(ids, CHUNK):
        contents = bulk_imports.index(part, beat)
        tk.get_action("edudata_check_start_many")(
            {"ignore_auth": True}, {"contents": contents}
        )
    search.commit()


def _finish(import_id: str, token: str, state: str) -> Import:
    """The row, held by whoever still has the token; another one has taken over."""
    row = model.Session.scalar(
        sa.select(Import)
        .where(Import.id == import_id, Import.token == token, Import.state == state)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise RuntimeError("another worker has taken over")
    row.token = None
    return row


def _fail(import_id: str, token: str) -> None:
    row = model.Session.scalar(
        sa.select(Import)
        .where(Import.id == import_id, Import.token == token)
        .with_for_update()
    )
    if row is not None and row.state in ("checking", "writing"):
        row.refused, row.token = "crashed", None
        row.state = "stale"
    model.Session.commit()


def _rows(
    import_id: str, outcomes: list[str] | None = None
) -> Iterator[list[ImportRow]]:
    last = -1
    while True:
        query = sa.select(ImportRow).where(
            ImportRow.import_id == import_id, ImportRow.number > last
        )
        if outcomes:
            query = query.where(ImportRow.outcome.in_(outcomes))
        part = list(
            model.Session.scalars(query.order_by(ImportRow.number).limit(CHUNK))
        )
        if not part:
            return
        last = part[-1].number
        yield part


def get(import_id: str) -> Import:
    row = model.Session.get(Import, import_id, populate_existing=True)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such import"))
    return row


def _user(row: Import) -> str:
    person = model.User.get(row.made_by)
    if person is None or not person.is_active:
        raise tk.NotAuthorized
    return person.name


def _silent(row: Import) -> bool:
    return row.beat_at is None or _now() - row.beat_at > SILENT


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
