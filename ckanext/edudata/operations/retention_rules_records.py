"""Notices, checks, events and CKAN's activities that nobody needs any more."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from ckan import model

from ckanext.edudata import settings, storage
from ckanext.edudata.desensitization.model import Check
from ckanext.edudata.operations import retention_tables as tables
from ckanext.edudata.operations.retention import Rule

_BATCH = 1000

# A day of Shanghai at a time: as many records on the trail as days, not as rows.
_DAYS = {
    "notices": (
        "edudata_notice",
        "created_at",
        "(read_at IS NOT NULL OR done_at IS NOT NULL OR hidden)",
    ),
    "events": ("edudata_event", "last_at", "true"),
    "activities": ("activity", "timestamp", "true"),
}
_CHECKS = sa.text(
    """
    SELECT c.id FROM edudata_check c
    WHERE c.state = 'done' AND c.finished_at < :before
    AND EXISTS (SELECT 1 FROM edudata_check n
        WHERE n.resource_id = c.resource_id AND n.subject = c.subject
        AND n.number > c.number AND n.state = 'done')
    AND (CAST(:only AS text) IS NULL OR c.id = :only)
    ORDER BY c.number
    """
)


def _day_rule(name: str, label: str) -> Rule:
    table, column, also = _DAYS[name]

    def due(before: datetime.datetime) -> Sequence[str]:
        if not model.Session.scalar(sa.select(sa.func.to_regclass(table))):
            return []
        query = sa.text(
            f"SELECT DISTINCT CAST({column} AS date) AS day FROM {table} "  # noqa: S608
            f"WHERE {column} < :before AND {also} ORDER BY day"
        )
        found = model.Session.scalars(query, {"before": before.replace(tzinfo=None)})
        return [day.isoformat() for day in found]

    def remove(
        day: str, before: datetime.datetime
    ) -> tuple[int, Callable[[], None] | None]:
        query = sa.text(
            f"DELETE FROM {table} WHERE {column} < :before AND {also} "  # noqa: S608
            f"AND CAST({column} AS date) = CAST(:day AS date)"
        )
        values = {"before": before.replace(tzinfo=None), "day": day}
        found = model.Session.execute(query, values)
        return found.rowcount, None  # type: ignore[attr-defined]

    return Rule(name, label, due, remove)


def _checks(before: datetime.datetime, only: str | None = None) -> list[str]:
    """Runs that a later one has replaced, and that nothing refers to."""
    found = list(model.Session.scalars(_CHECKS, {"before": before, "only": only}))
    for table in tables.named("check_id"):
        if not found:
            break
        place = sa.table(table, sa.column("check_id"))
        query = sa.select(place.c.check_id).where(place.c.check_id.in_(found))
        used = set(model.Session.scalars(query))
        found = [each for each in found if each not in used]
    return found


def _remove_check(
    check_id: str, before: datetime.datetime
) -> tuple[int, Callable[[], None] | None] | None:
    row = model.Session.get(Check, check_id, with_for_update=True)
    if row is None or not _checks(before, check_id):
        return None
    named = (row.report or {}).get("tables", [])
    keys = [table["csv_path"] for table in named if table.get("csv_path")]
    model.Session.delete(row)
    model.Session.flush()

    def clear() -> None:
        for key in keys:
            if not _kept(key):
                storage.remove(key, settings.PRIVATE)
        model.Session.rollback()

    return 1, clear


_KEPT = sa.text(
    """
    SELECT 1 WHERE EXISTS (SELECT 1 FROM edudata_check c
        WHERE CAST(c.report -> 'tables' AS text) LIKE '%' || :key || '%')
    OR EXISTS (SELECT 1 FROM edudata_clearance c
        WHERE CAST(c.tables AS text) LIKE '%' || :key || '%')
    """
)


def _kept(key: str) -> bool:
    """Whether a check or a clearance still needs a clean table."""
    return model.Session.scalar(_KEPT, {"key": key}) is not None


RULES = [
    _day_rule("notices", "Notices that were read or settled"),
    _day_rule("events", "Events"),
    _day_rule("activities", "Activities that CKAN notes"),
    Rule("checks", "Checks that a later one replaced", _checks, _remove_check),
]
