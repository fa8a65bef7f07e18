"""Rows of two clean tables compared: at once where they are few, else by a job.

The clean tables of every version that was checked are kept by their digest in the
private storage, so that any two versions can be compared, also after years.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import files
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata import settings, storage
from ckanext.edudata.catalog import review_jobs, row_diff, row_files
from ckanext.edudata.catalog.model_review import RowComparison

PREVIEW = 20
_HEAD = 256 * 1024
_CELL = 120
#: A job that was not heard of for so many seconds was killed with its worker.
SILENT = 120
_TABLE: Any = RowComparison.__table__

Table = Mapping[str, Any]


def rows(
    entry_id: str,
    old: Table,
    new: Table,
    columns: Mapping[str, str],
    *,
    show: bool,
) -> dict[str, Any]:
    """What differs between the rows of two tables.

    :param old, new: as `edudata_clean_table_list` gives them
    :param columns: id in the old table → id in the new one, of those in both
    :param show: whether the first rows of each kind come along
    :returns: `{state, old_rows, new_rows, ...}`; `state`: same, done (then as
        `row_diff.compare`, with `shown`), waiting, failed, too_large or gone
    """
    found: dict[str, Any] = {"old_rows": old["row_count"], "new_rows": new["row_count"]}
    if old["digest"] == new["digest"]:
        return {**found, "state": "same"}
    total = old["row_count"] + new["row_count"]
    if total > tk.config["ckanext.edudata.compare.rows_max"]:
        return {**found, "state": "too_large"}
    if not all(storage.kept(table["key"], settings.PRIVATE) for table in (old, new)):
        return {**found, "state": "gone"}
    if total > tk.config["ckanext.edudata.compare.rows_at_once"]:
        told = _by_job(entry_id, old, new, columns)
        if "result" not in told:
            return {**found, **told}
        result = told["result"]
        if not show or not any(result["samples"].values()):
            return {**found, **result, "state": "done", "shown": None}
        with tempfile.TemporaryDirectory(prefix="edudata-compare-") as folder:
            paths = _fetch(folder, old["key"], new["key"])
            shown = _shown(result, paths, old, new, columns)
            return {**found, **result, "state": "done", "shown": shown}
    with tempfile.TemporaryDirectory(prefix="edudata-compare-") as folder:
        paths = _fetch(folder, old["key"], new["key"])
        result = row_diff.compare(*paths, columns)
        shown = _shown(result, paths, old, new, columns) if show else None
        return {**found, **result, "state": "done", "shown": shown}


def preview(table: Table) -> list[list[str]]:
    """The first rows of a clean table; none where it is not kept."""
    if not storage.kept(table["key"], settings.PRIVATE):
        return []
    place = files.FileData(storage.location(table["key"]))
    with tempfile.TemporaryDirectory(prefix="edudata-preview-") as folder:
        path = Path(folder, "head.csv")
        size = 0
        with path.open("wb") as target:
            for chunk in files.get_storage(settings.PRIVATE).stream(place):
                target.write(chunk)
                size += len(chunk)
                if size > _HEAD:
                    break
        head = list(islice(row_files.records(path), 1, PREVIEW + 2))
    # The last one may be cut off.
    whole = head if size <= _HEAD else head[:-1]
    return [_cut(cells) for _, cells in whole[:PREVIEW]]


def work(comparison_id: str) -> None:
    """Do one comparison. Called by the worker; may be called again for a killed one."""
    with model.ensure_engine().begin() as connection:
        taken = connection.execute(
            sa.update(_TABLE)
            .where(_TABLE.c.id == comparison_id, _free())
            .values(state="running", beat_at=sa.func.clock_timestamp())
            .returning(_TABLE.c.request)
        ).first()
    if taken is None:
        return
    asked = taken.request

    def beat(_: int) -> None:
        _write(comparison_id, beat_at=sa.func.clock_timestamp())

    try:
        with tempfile.TemporaryDirectory(prefix="edudata-compare-") as folder:
            paths = _fetch(folder, asked["old"], asked["new"])
            found = row_diff.compare(*paths, asked["columns"], beat=beat)
    except Exception:  # noqa: BLE001 - said without its text
        _write(comparison_id, state="failed")
        # The text of an error may quote a cell.
        raise RuntimeError("A comparison of rows failed") from None
    _write(comparison_id, state="done", result=found)


def ahead(entry_id: str, old: Table, new: Table, columns: Mapping[str, str]) -> None:
    """Have large tables compared before anybody asks."""
    total = old["row_count"] + new["row_count"]
    at_once = tk.config["ckanext.edudata.compare.rows_at_once"]
    most = tk.config["ckanext.edudata.compare.rows_max"]
    if old["digest"] != new["digest"] and at_once < total <= most:
        _by_job(entry_id, old, new, columns)


def _free() -> Any:
    silent = sa.func.now() - sa.text(f"interval '{SILENT} seconds'")
    return sa.or_(
        _TABLE.c.state == "queued",
        sa.and_(_TABLE.c.state == "running", _TABLE.c.beat_at < silent),
    )


def _by_job(
    entry_id: str, old: Table, new: Table, columns: Mapping[str, str]
) -> dict[str, Any]:
    request = {"old": old["key"], "new": new["key"], "columns": dict(columns)}
    text = json.dumps(request, sort_keys=True)
    signature = hashlib.sha256(f"{entry_id} {text}".encode()).hexdigest()
    silent = sa.func.now() - sa.text(f"interval '{SILENT} seconds'")
    with model.ensure_engine().begin() as connection:
        made = connection.scalar(
            insert(_TABLE)
            .values(
                id=make_uuid(),
                entry_id=entry_id,
                signature=signature,
                request=request,
                state="queued",
            )
            .on_conflict_do_nothing()
            .returning(_TABLE.c.id)
        )
        row = connection.execute(
            sa.select(_TABLE).where(_TABLE.c.signature == signature)
        ).one()
        left = made is None and connection.scalar(
            sa.update(_TABLE)
            .where(
                _TABLE.c.id == row.id,
                sa.or_(
                    sa.and_(_TABLE.c.state == "queued", _TABLE.c.queued_at < silent),
                    sa.and_(_TABLE.c.state == "running", _TABLE.c.beat_at < silent),
                ),
            )
            .values(state="queued", queued_at=sa.func.clock_timestamp())
            .returning(_TABLE.c.id)
        )
    if made or left:
        review_jobs.queue(work, [row.id], "edudata comparison")
    if row.state == "done":
        return {"result": row.result}
    return {"state": "failed" if row.state == "failed" else "waiting"}


def _write(comparison_id: str, **values: Any) -> None:
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.update(_TABLE).where(_TABLE.c.id == comparison_id).values(**values)
        )


def _fetch(folder: str, old: str, new: str) -> tuple[Path, Path]:
    paths = Path(folder, "old.csv"), Path(folder, "new.csv")
    for key, path in zip((old, new), paths, strict=True):
        storage.fetch(key, settings.PRIVATE, os.fspath(path))
    return paths


def _shown(
    result: Mapping[str, Any],
    paths: tuple[Path, Path],
    old: Table,
    new: Table,
    columns: Mapping[str, str],
) -> dict[str, Any]:
    """The first rows of each kind, with the labels of their columns."""
    samples = result["samples"]
    before = {c["id"]: place for place, c in enumerate(old["columns"])}
    after = {c["id"]: place for place, c in enumerate(new["columns"])}
    changed = []
    was = row_files.rows_at(paths[0], [pair[0] for pair in samples["changed"]])
    now = row_files.rows_at(paths[1], [pair[1] for pair in samples["changed"]])
    key = after.get(result["key"])
    for one, other in zip(was, now, strict=True):
        cells = [
            {
                "label": _label(new["columns"][after[name]]),
                "old": _cut([one[before[known]]])[0],
                "new": _cut([other[after[name]]])[0],
            }
            for known, name in columns.items()
            if known in before
            and name in after
            and one[before[known]] != other[after[name]]
        ]
        changed.append(
            {"key": _cut([other[key]])[0] if key is not None else "", "cells": cells}
        )
    return {
        "key": _label(new["columns"][key]) if key is not None else None,
        "columns": {
            _label(new["columns"][after[name]]): number
            for name, number in result["columns"].items()
        },
        "added": {
            "labels": [_label(c) for c in new["columns"]],
            "rows": [_cut(r) for r in row_files.rows_at(paths[1], samples["added"])],
        },
        "removed": {
            "labels": [_label(c) for c in old["columns"]],
            "rows": [_cut(r) for r in row_files.rows_at(paths[0], samples["removed"])],
        },
        "changed": changed,
    }


def _label(column: Mapping[str, Any]) -> str:
    return str(column.get("label") or column["id"])


def _cut(cells: Sequence[str]) -> list[str]:
    return [cell if len(cell) <= _CELL else f"{cell[:_CELL]}…" for cell in cells]
