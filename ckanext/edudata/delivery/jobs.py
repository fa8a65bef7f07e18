"""Making an extract. Killed at any point, it begins anew or leaves nothing behind."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.delivery import (
    extract_files,
    extract_rows,
    extract_terms,
    extracts,
    grants,
)
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_extracts import Extract

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0


class GoneError(Exception):
    """The extract was taken back, or another worker makes it."""


def run_extract(extract_id: str) -> None:
    """Make one. Called by the worker; may be called again for a killed one."""
    row = model.Session.scalar(
        sa.select(Extract).where(Extract.id == extract_id).with_for_update()
    )
    at_work = row is not None and row.state == "running" and not extracts.silent(row)
    if row is None or row.state not in ("queued", "running") or at_work:
        model.Session.rollback()
        return
    if row.tries >= extracts.TRIES:
        _give_up(row, "crashed")
        return
    for number in range(1, row.tries + 1):
        extracts.discard(row.id, number)
    row.state, row.rows_done, row.beat_at = "running", 0, extracts.now()
    row.tries += 1
    number, lang = row.tries, row.lang
    model.Session.commit()
    folder = extracts.workplace(extract_id)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, mode=0o700)
    try:
        with extract_terms.language(lang):
            _make(extract_id, number, folder)
    except GoneError:
        model.Session.rollback()
        extracts.discard(extract_id, number)
    except tk.NotAuthorized:
        _failed(extract_id, number, "withdrawn", None)
    except extract_files.TooLongError:
        _failed(extract_id, number, "failed", "cell")
    except Exception as error:
        # Its text may quote a cell: only the kind of it is logged.
        name = type(error).__name__
        log.exception("Extract %s failed: %s", extract_id, name, exc_info=False)
        _failed(extract_id, number, "failed", "crashed")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(extract_id: str, number: int, folder: str) -> None:
    row = extracts.get(extract_id)
    grant = model.Session.get(Grant, row.grant_id, populate_existing=True)
    if grant is None:
        raise GoneError
    allowed = extracts.judge(grant.id, row.user_id)
    row.rows = extracts.counted(grant, allowed)
    if row.format == "xlsx" and row.rows >= extract_files.SHEET_ROWS:
        _failed(extract_id, number, "failed", "rows")
        return
    # What is read below are copies: reading lasts longer than a transaction should.
    table_id, until = grant.table_id, extracts.lifetime(grant)
    terms = extract_terms.terms(row, grant, allowed)
    stem, heads = extract_terms.stem(grant), extract_terms.heads(grant, allowed)
    words = {"title": extract_terms.title(grant), "sheet": tk._("Data")}
    wanted, kind, whose = row.rows, row.format, (grant.id, row.user_id)
    model.Session.commit()
    source = _judged(table_id, allowed, whose)
    beat = _beats(extract_id, number)
    path = os.path.join(folder, "made")
    with open(path, "wb") as target:
        if kind == "xlsx":
            made = extract_files.write_xlsx(
                target, heads, source, terms, folder=folder, beat=beat, **words
            )
        else:
            mark = kind == "csv"
            made = extract_files.write_zip(
                target, stem, heads, source, terms, mark=mark, beat=beat
            )
    if made != wanted:
        log.error("Extract %s has %s rows, not %s", extract_id, made, wanted)
        _failed(extract_id, number, "failed", "count")
        return
    _keep(extract_id, number, path, until)


def _judged(
    table_id: str, allowed: grants.Allowed, whose: tuple[str, str]
) -> Iterator[tuple[Any, ...]]:
    """Rows, the grant judged anew every few seconds: a revocation ends the making."""
    last = time.monotonic()
    for row in extract_rows.read(table_id, allowed, extract_rows.types(table_id)):
        if time.monotonic() - last > BEAT_SECONDS:
            last = time.monotonic()
            now = extracts.judge(*whose)
            model.Session.rollback()
            if now != allowed:
                raise GoneError
        yield row


def _beats(extract_id: str, number: int) -> Any:
    last = [time.monotonic()]

    def beat(rows: int) -> None:
        if rows % 256 or time.monotonic() - last[0] < BEAT_SECONDS:
            return
        last[0] = time.monotonic()
        with model.ensure_engine().begin() as connection:
            mine = connection.execute(
                sa.update(Extract)
                .where(
                    Extract.id == extract_id,
                    Extract.state == "running",
                    Extract.tries == number,
                )
                .values(beat_at=sa.func.clock_timestamp(), rows_done=rows)
                .returning(Extract.id)
            ).first()
        if mine is None:
            raise GoneError

    return beat


def _keep(extract_id: str, number: int, path: str, until: Any) -> None:
    """Store it and hand it over, if its grant still holds at that moment."""
    digest = hashlib.sha256()
    with open(path, "rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
        size = source.tell()
        source.seek(0)
        extracts.keep(extracts.get(extract_id), number, source, size)
    row = _mine(extract_id, number)
    # Whoever ends the grant waits for this row, and then takes the bytes back.
    extracts.judge(row.grant_id, row.user_id)
    row.state, row.expires_at, row.finished_at = "ready", until, extracts.now()
    row.size, row.sha256, row.rows_done = size, digest.hexdigest(), row.rows
    extracts.record("extract_make", None, row, {"rows": row.rows, "sha256": row.sha256})
    model.Session.commit()


def _mine(extract_id: str, number: int) -> Extract:
    row = model.Session.scalar(
        sa.select(Extract)
        .where(Extract.id == extract_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or (row.state, row.tries) != ("running", number):
        raise GoneError
    return row


def _failed(extract_id: str, number: int, state: str, failure: str | None) -> None:
    model.Session.rollback()
    try:
        row = _mine(extract_id, number)
    except GoneError:
        model.Session.rollback()
        extracts.discard(extract_id, number)
        return
    _give_up(row, failure, state)


def _give_up(row: Extract, failure: str | None, state: str = "failed") -> None:
    extracts.remove(row, state)
    row.failure, row.finished_at = failure, extracts.now()
    extracts.record("extract_make", None, row, {"state": state, "code": failure})
    model.Session.commit()
