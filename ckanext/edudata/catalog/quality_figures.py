"""Figures of many entries, from what is kept of each: one query, nothing computed."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

LOW = 60
"""Below this completeness a description is among what waits to be mended."""

_STATE = """
    CASE WHEN q.due_on IS NULL THEN 'none'
         WHEN :today >= q.overdue_on THEN 'overdue'
         WHEN :today >= q.remind_on THEN 'due_soon'
         ELSE 'current' END
"""

_LIST = """
    SELECT p.id, p.title, p.owner_org AS unit_id, q.completeness, q.validity, q.rows,
           q.bad_rows, q.problems, q.cycle, q.base_kind, q.base_on, q.due_on,
           q.overdue_on, {state} AS state
    FROM edudata_quality q
    JOIN package p ON p.id = q.entry_id AND p.type = 'entry' AND p.state = 'active'
    WHERE p.owner_org = ANY(:units) AND ({chosen})
"""
_CHOSEN = {
    "overdue": ":today >= q.overdue_on",
    "due_soon": ":today >= q.remind_on AND :today < q.overdue_on",
    "invalid": "q.validity = 'invalid'",
    "incomplete": f"q.completeness < {LOW}",
    "": "true",
    # What waits for somebody, of all kinds.
    "any": f":today >= q.remind_on OR q.validity = 'invalid' OR q.completeness < {LOW}",
}
_ORDER = """
    ORDER BY (:today >= q.overdue_on) IS TRUE DESC, (q.validity = 'invalid') DESC,
             (:today >= q.remind_on) IS TRUE DESC, q.due_on NULLS LAST,
             q.completeness, p.title, p.id
"""

_BY_UNIT = sa.text(
    """
    WITH RECURSIVE below(branch, id, depth) AS (
        SELECT id, id, 0 FROM "group" WHERE id = ANY(:branches)
        UNION ALL
        SELECT below.branch, g.id, below.depth + 1
        FROM below JOIN "group" g ON g.extras ->> 'superior' = below.id
        WHERE below.depth < 32 AND NOT g.id = ANY(:apart)
    ), covered AS (SELECT DISTINCT branch, id FROM below)
    SELECT covered.branch,
           count(p.id) AS entries,
           count(q.entry_id) AS measured,
           avg(q.completeness) AS completeness,
           count(*) FILTER (WHERE q.due_on IS NOT NULL) AS dated,
           count(*) FILTER (WHERE :today >= q.overdue_on) AS overdue,
           count(*) FILTER (WHERE :today >= q.remind_on AND :today < q.overdue_on)
               AS due_soon,
           count(*) FILTER (WHERE q.validity IN ('valid', 'invalid')) AS checked,
           count(*) FILTER (WHERE q.validity = 'invalid') AS invalid,
           sum(q.rows) AS rows, sum(q.bad_rows) AS bad_rows
    FROM covered
    JOIN package p ON p.owner_org = covered.id AND p.type = 'entry'
         AND p.state = 'active'
    LEFT JOIN edudata_quality q ON q.entry_id = p.id
    GROUP BY covered.branch
    """
)


def entries(
    units: list[str], today: datetime.date, *, chosen: str, limit: int, offset: int
) -> tuple[int, list[dict[str, Any]]]:
    """Entries of units with their figures, the most urgent first; and how many.

    :param chosen: `overdue`, `due_soon`, `invalid`, `incomplete`, `any` of them, or
        empty for all
    """
    query = _LIST.format(state=_STATE, chosen=_CHOSEN[chosen])
    values = {"units": units, "today": today}
    count = model.Session.scalar(
        sa.text(f"SELECT count(*) FROM ({query}) found"),  # noqa: S608 - constants
        values,
    )
    rows = model.Session.execute(
        sa.text(f"{query} {_ORDER} LIMIT :limit OFFSET :offset"),
        {**values, "limit": limit, "offset": offset},
    )
    return count or 0, [dict(row._mapping) for row in rows]


def by_branch(
    branches: list[str], today: datetime.date, *, apart: list[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Figures of each of these units and all below it.

    :param apart: units that are not gone down into
    """
    rows = model.Session.execute(
        _BY_UNIT, {"branches": branches, "apart": apart or [], "today": today}
    )
    return {row.branch: dict(row._mapping) for row in rows}


def rated(row: dict[str, Any] | None) -> dict[str, Any]:
    """Counts with their rates in per cent; None where there is nothing to rate.

    `current_rate`: of what has a due date, what is not overdue; `valid_rate`: of the
    rows that were checked, those without a problem.
    """
    found = {
        key: int((row or {}).get(key) or 0)
        for key in (
            "entries",
            "measured",
            "dated",
            "overdue",
            "due_soon",
            "checked",
            "invalid",
            "rows",
            "bad_rows",
        )
    }
    complete = (row or {}).get("completeness")
    return {
        **found,
        "completeness": None if complete is None else int(complete),
        "current_rate": share(found["dated"] - found["overdue"], found["dated"]),
        "valid_rate": share(found["rows"] - found["bad_rows"], found["rows"]),
    }


def share(part: int, whole: int) -> float | None:
    """Per cent with one decimal, rounded down: what is not all is not 100."""
    return None if not whole else part * 1000 // whole / 10
