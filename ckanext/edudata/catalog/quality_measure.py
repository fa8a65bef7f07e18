"""Measuring the quality of entries and keeping the figures. May be repeated.

Nothing has to call this when something changes: `quality_facts.changed` compares what
was seen of an entry with what there is to be seen, so a crash or an absent queue costs
a minute and nothing else.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.catalog import (
    items,
    quality_child,
    quality_completeness,
    quality_currency,
    quality_facts,
    quality_items,
)
from ckanext.edudata.catalog.model_quality import Quality, QualityTable

log = logging.getLogger(__name__)

BATCH = 200
SECONDS = 1200
"""A job ends after so long; the sweep begins another."""
_LOCK = "edudata_quality"


def setting(name: str) -> int:
    return int(tk.config[f"ckanext.edudata.quality.{name}"])


def known_fields() -> set[str]:
    """Fields that the form of an entry has."""
    schema = tk.h.scheming_get_dataset_schema("entry") or {"dataset_fields": []}
    return {field["field_name"] for field in schema["dataset_fields"]}


def rules() -> str:
    """Id of what figures follow from beside the entry: rules, settings, form."""
    parts = (
        quality_completeness.WISHES,
        quality_currency.CYCLES,
        quality_items.VERSION,
        [setting(name) for name in ("remind_days", "grace_days", "rows_max")],
        sorted(known_fields()),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def today() -> datetime.date:
    """The day by the portal's clock."""
    return datetime.datetime.now(tk.h.get_display_timezone()).date()


def day(moment: datetime.datetime | None) -> datetime.date | None:
    """The day of a moment by the portal's clock."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.astimezone(tk.h.get_display_timezone()).date()


def all_changed() -> int:
    """Measure what changed; one process at a time. How many entries were measured."""
    with _alone() as mine:
        if not mine:
            return 0
        count, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            found = quality_facts.changed(rules(), BATCH)
            if not found:
                break
            done = _batch(found)
            count += done
            if not done:
                break
        return count


def one(entry_id: str) -> None:
    """Measure an entry now, without reading tables: for what a person just did."""
    found = quality_facts.seen(rules(), [entry_id])
    if found:
        _batch(found, read=False)


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    with model.ensure_engine().connect() as connection:
        lock = sa.select(sa.func.pg_try_advisory_lock(sa.func.hashtext(_LOCK)))
        mine = bool(connection.scalar(lock))
        try:
            yield mine
        finally:
            if mine:
                connection.scalar(
                    sa.select(sa.func.pg_advisory_unlock(sa.func.hashtext(_LOCK)))
                )


def _batch(seen: dict[str, str], *, read: bool = True) -> int:
    found = quality_facts.entries(list(seen))
    known = known_fields()
    for entry_id, facts in found.items():
        try:
            row, whole = figures(facts, known, read=read)
        except Exception as error:  # noqa: BLE001 - one entry holds up no other
            model.Session.rollback()
            log.warning("An entry was not measured: %s", type(error).__name__)
            row, whole = dict(_NOT_MEASURED), True
        # Until its rows are read the entry counts as changed.
        _keep(entry_id, seen[entry_id] if whole else "", row)
    model.Session.commit()
    return len(found)


_NOT_MEASURED = {"completeness": 0, "gaps": [], "tables": [], "validity": "failed"}


def figures(
    facts: dict[str, Any], known: set[str], *, read: bool
) -> tuple[dict[str, Any], bool]:
    """Columns of `Quality` for an entry, and whether all its rows have been read.

    :param facts: as `quality_facts.entries` gives them
    :param read: read now what was not read yet
    """
    tables = tables_of(facts)
    results = results_of(tables, read=read)
    files = [file for file in facts["files"] if not file["inside"]]
    complete, gaps = quality_completeness.assess(facts["fields"], files, known)
    own = [table for table in tables if not table["released"]]
    rows = [results.get((table["digest"], table["asked"])) for table in own]
    found = {
        "completeness": complete,
        "gaps": [gap.as_dict() for gap in gaps],
        "tables": [
            {key: table[key] for key in ("resource_id", "place", "digest", "asked")}
            for table in own
        ],
        **_validity(files, rows),
        **_currency(facts["came"]),
    }
    return found, len(results) >= len({(t["digest"], t["asked"]) for t in tables})


def code_values() -> dict[str, list[str]]:
    """Values of the code lists that information items may name."""
    return {name: known["values"] for name, known in items.value_lists().items()}


def tables_of(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Tables whose rows are looked at: of the files, and those that are released."""
    rows_max, lists = setting("rows_max"), code_values()
    found = []
    for file in facts["files"]:
        if file["inside"] or file["state"] != "done":
            continue
        for place, table in enumerate(file["tables"]):
            names = [column["name"] for column in table["columns"]]
            asked = quality_items.fields(names, file["items"], lists)
            if table.get("csv_path"):
                found.append(
                    {
                        "resource_id": file["id"],
                        "place": place,
                        "released": False,
                        "digest": table["digest"],
                        "key": table["csv_path"],
                        "fields": asked,
                        "asked": quality_items.digest(asked, rows_max),
                    }
                )
    for table in facts["released"]:
        described = {item["id"]: item for item in table["described"] or []}
        told = described.get(table["resource_id"], {}).get("information_items")
        asked = released_fields(table["columns"], told)
        keys = {item["digest"]: item["key"] for item in table["tables"] or []}
        key = keys.get(table["content_digest"])
        if key:
            found.append(
                {
                    "resource_id": table["resource_id"],
                    "place": 0,
                    "released": True,
                    "digest": table["content_digest"],
                    "key": key,
                    "fields": asked,
                    "asked": quality_items.digest(asked, rows_max),
                }
            )
    return found


def released_fields(columns: list[dict[str, Any]], told: Any) -> list[dict[str, Any]]:
    """What the published information items ask of a released table."""
    names = [column["id"] for column in columns]
    known = told if isinstance(told, list) else []
    return quality_items.fields(names, known, code_values())


def results_of(
    tables: list[dict[str, Any]], *, read: bool
) -> dict[tuple[str, str], QualityTable]:
    """Results by digest and what was asked, old ones and those computed now."""
    keys = [(table["digest"], table["asked"]) for table in tables]
    rows = model.Session.scalars(
        sa.select(QualityTable).where(
            sa.tuple_(QualityTable.digest, QualityTable.asked).in_(keys)
        )
    )
    found = {(row.digest, row.asked): row for row in rows}
    for table, key in zip(tables, keys, strict=True):
        if read and key not in found:
            found[key] = _read(table)
    return found


def _read(table: dict[str, Any]) -> QualityTable:
    row = QualityTable(digest=table["digest"], asked=table["asked"], state="done")
    row.result = {}
    with tempfile.TemporaryDirectory(prefix="edudata-quality-") as folder:
        path = str(Path(folder) / "table.csv")
        try:
            tk.get_action("edudata_table_copy")(
                {"ignore_auth": True}, {"key": table["key"], "path": path}
            )
            found = quality_child.check(
                path,
                table["fields"],
                rows_max=setting("rows_max"),
                seconds=setting("seconds"),
                memory_mb=tk.config["ckanext.edudata.check.memory_mb"],
            )
        except quality_child.NotCheckedError as error:
            row.state = error.code
        except Exception as error:  # noqa: BLE001 - an error may quote a cell
            log.warning("Rows were not checked: %s", type(error).__name__)
            row.state = "gone"
        else:
            # Names of columns stay with the check, which a purge empties.
            row.result = {
                **found,
                "columns": [
                    {"filled": column["filled"], "problems": column["problems"]}
                    for column in found["columns"]
                ],
            }
            row.rows, row.bad_rows = found["rows"], found["bad_rows"]
    row = model.Session.merge(row)
    model.Session.commit()
    return row


def _validity(
    files: list[dict[str, Any]], rows: list[QualityTable | None]
) -> dict[str, Any]:
    done = [row for row in rows if row is not None and row.state == "done"]
    problems = sum(
        len(column["problems"]) for row in done for column in row.result["columns"]
    )
    bad = sum(row.bad_rows or 0 for row in done)
    if any(file["state"] in ("queued", "running") for file in files) or None in rows:
        state = "waiting"
    elif not rows:
        state = "none"
    elif problems:
        state = "invalid"
    else:
        state = "valid" if len(done) == len(rows) else "failed"
    return {
        "validity": state,
        "rows": sum(row.rows or 0 for row in done) if done else None,
        "bad_rows": bad if done else None,
        "problems": problems,
    }


def due_of(came: dict[str, Any]) -> tuple[quality_currency.Due | None, str | None]:
    """When an entry is due, and its cycle as it was last reviewed.

    :param came: as `quality_facts.entries` gives it
    """
    cycle, _, base = _base(came)
    return due_from(cycle, base), cycle


def due_from(
    cycle: str | None, base: datetime.date | None
) -> quality_currency.Due | None:
    """When data of this cycle are due, under the site's settings."""
    return quality_currency.due(
        cycle,
        base,
        remind_days=setting("remind_days"),
        grace_days=setting("grace_days"),
    )


def _base(
    came: dict[str, Any],
) -> tuple[str | None, str | None, datetime.date | None]:
    """Cycle, and what the days are counted from: a draft's words move no date."""
    cycle, kind, base = None, None, None
    if came["released"]:
        cycle = came["released_cycle"]
        if came["released"] != "stopped":
            kind, base = "release", day(came["released_at"])
    elif came["decided_at"]:
        cycle, kind = came["approved_cycle"], "approval"
        base = day(came["decided_at"])
    confirmed = day(came["confirmed_at"])
    if base and confirmed and confirmed > base:
        return cycle, "confirmation", confirmed
    return cycle, kind, base


def _currency(came: dict[str, Any]) -> dict[str, Any]:
    cycle, kind, base = _base(came)
    due = due_from(cycle, base)
    return {
        "cycle": cycle,
        "base_kind": kind,
        "base_on": base,
        "due_on": due.on if due else None,
        "remind_on": due.remind if due else None,
        "overdue_on": due.overdue if due else None,
    }


def _keep(entry_id: str, seen: str, figures: dict[str, Any]) -> None:
    now = datetime.datetime.now(datetime.timezone.utc)
    values = {"seen": seen, "measured_at": now, **figures}
    model.Session.execute(
        insert(Quality)
        .values(entry_id=entry_id, **values)
        .on_conflict_do_update(index_elements=["entry_id"], set_=values)
    )
