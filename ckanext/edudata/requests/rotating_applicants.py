"""Sealing everything under the newest key, while the portal runs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.requests import sealed
from ckanext.edudata.requests.model_agreements import Acceptance
from ckanext.edudata.requests.model_applicants import SEALED

TABLES: tuple[Any, ...] = (*SEALED, Acceptance)
"""Every table with a column `sealed`; `place` says what a row's is bound to."""

AT_ONCE = 200


def rotate() -> dict[str, int]:
    """Seal every row under the first key of the setting, some at a time.

    May be broken off and run again: what is done stays done. A row that no key opens
    is left as it is.

    :returns: `{"resealed", "lost"}`
    :raises SealError: there is no key
    """
    name = sealed.ring()[0].name
    counted = {"resealed": 0, "lost": 0}
    for table in TABLES:
        after = ""
        while True:
            with transactions.whole():
                rows = _rows(table, name, after)
                for row in rows:
                    after = sa.inspect(row).identity[0]
                    counted[_reseal(row)] += 1
            if not rows:
                break
    return counted


def standing() -> dict[str, int]:
    """How many rows are sealed under each key, by its name."""
    found: dict[str, int] = {}
    for table in TABLES:
        key = sa.func.split_part(table.sealed, ".", 2)
        query = sa.select(key, sa.func.count()).where(table.sealed != "").group_by(key)
        for name, number in model.Session.execute(query):
            found[name] = found.get(name, 0) + number
    return found


def _rows(table: Any, name: str, after: str) -> list[Any]:
    key = sa.inspect(table).primary_key[0]
    query = (
        sa.select(table)
        .where(key > after, table.sealed != "", ~table.sealed.like(f"s1.{name}.%"))
        .order_by(key)
        .limit(AT_ONCE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(model.Session.scalars(query))


def _reseal(row: Any) -> str:
    try:
        row.sealed = sealed.resealed(row.sealed, row.place) or row.sealed
    except sealed.SealError:
        return "lost"
    return "resealed"
