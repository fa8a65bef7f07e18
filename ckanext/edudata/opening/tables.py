"""Tables staged for a release: noted first, so that a crash leaves no orphan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata import datastore
from ckanext.edudata.opening.model import StagedTable


def stage(csv_path: str, columns: list[dict[str, Any]], table_id: str) -> None:
    """Load a clean CSV into a new table."""
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.insert(StagedTable.__table__).values(table_id=table_id))
    datastore.load(csv_path, columns, table_id)


def unstaged(table_ids: Iterable[str]) -> None:
    """Tables that belong to a release now, in the caller's transaction."""
    model.Session.execute(
        sa.delete(StagedTable).where(StagedTable.table_id.in_(list(table_ids)))
    )
