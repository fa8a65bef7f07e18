"""Rows that hang on a thing, in whatever table of the portal: found by their column.

A table that comes later is found too; of tables that the database keeps from changing
nothing is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from ckan import model

_NAMED = sa.text(
    """
    SELECT c.table_name FROM information_schema.columns c
    WHERE c.table_schema = 'public' AND c.table_name LIKE 'edudata\\_%'
    AND c.column_name = :column AND NOT EXISTS (
        SELECT 1 FROM pg_trigger t
        WHERE t.tgrelid = c.table_name::regclass AND NOT t.tgisinternal
        AND t.tgname LIKE 'edudata\\_%'
    )
    ORDER BY c.table_name
    """
)


def named(column: str) -> list[str]:
    """Tables of the portal with this column, without those that refuse changes."""
    return list(model.Session.scalars(_NAMED, {"column": column}))


def remove(column: str, ids: Sequence[str], but: Sequence[str] = ()) -> int:
    """Remove rows whose *column* is one of *ids*; how many, in the open transaction."""
    tables = [table for table in named(column) if table not in but]
    return sum(remove_from(table, column, ids) for table in tables)


def remove_from(table: str, column: str, ids: Sequence[str]) -> int:
    """The same of one table; nothing where there is none."""
    if not ids or not model.Session.scalar(sa.select(sa.func.to_regclass(table))):
        return 0
    place = sa.table(table, sa.column(column))
    found = model.Session.execute(
        sa.delete(place).where(place.c[column].in_(list(ids)))
    )
    return found.rowcount  # type: ignore[attr-defined]
