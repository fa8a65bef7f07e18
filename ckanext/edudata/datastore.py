"""Tables in the DataStore: loading, renaming, dropping. Shared by the rooms.

Past the actions on purpose: these tables belong to no resource (yet), and the door and
the checks stand before whoever calls this.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine, identifier

TYPES = {"integer": "numeric", "numeric": "numeric", "date": "date"}


class NotLoadedError(Exception):
    """A table could not be loaded. Says nothing more: the database quotes cells."""


def load(csv_path: str, columns: list[dict[str, Any]], table_id: str) -> None:
    """Load a clean UTF-8 CSV (header first) into a new table.

    A column whose values do not fit its type is kept as text: the type was a guess,
    the values are not.

    :param columns: `[{id, label, type, info}]`; `info` is CKAN's data dictionary of the
        column (optional)
    :raises NotLoadedError: not even as text
    """
    with contextlib.suppress(NotLoadedError):
        _load(csv_path, columns, table_id)
        return
    drop([table_id])
    _load(csv_path, [{**column, "type": "text"} for column in columns], table_id)


def _load(csv_path: str, columns: list[dict[str, Any]], table_id: str) -> None:
    drop([table_id])
    fields = [
        {
            "id": column["id"],
            "type": TYPES.get(column["type"], "text"),
            "info": column.get("info")
            or {"label": column.get("label") or column["id"]},
        }
        for column in columns
    ]
    DatastoreBackend.get_active_backend().create(
        {}, {"resource_id": table_id, "fields": fields}, {}
    )
    names = ", ".join(identifier(column["id"]) for column in columns)
    copy = f"COPY {identifier(table_id)} ({names}) FROM STDIN (FORMAT csv, HEADER)"
    with get_write_engine().begin() as connection, open(csv_path, "rb") as source:
        cursor = connection.connection.cursor()
        try:
            cursor.copy_expert(copy, source)
        except Exception as error:  # noqa: BLE001 - whatever the driver raises
            raise NotLoadedError(type(error).__name__) from None
    with (
        get_write_engine()
        .connect()
        .execution_options(isolation_level="AUTOCOMMIT") as connection
    ):
        connection.execute(sa.text(f"ANALYZE {identifier(table_id)}"))


def dump(table_id: str, columns: list[str], path: str) -> None:
    """Write a table as UTF-8 CSV, header first, in the order its rows were loaded.

    :raises NotLoadedError: the database refused, or there is no such table
    """
    names = ", ".join(identifier(name) for name in columns)
    query = f"SELECT {names} FROM {identifier(table_id)} ORDER BY _id"  # noqa: S608
    with get_write_engine().connect() as connection, open(path, "wb") as target:
        cursor = connection.connection.cursor()
        try:
            cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)", target)
        except Exception as error:  # noqa: BLE001 - whatever the driver raises
            raise NotLoadedError(type(error).__name__) from None


def columns(table_id: str) -> list[str]:
    """Names of a table's own columns, in their order; none where there is no table."""
    query = sa.text(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = :name "
        "ORDER BY ordinal_position"
    )
    with get_write_engine().connect() as connection:
        names = connection.scalars(query, {"name": table_id})
        return [name for name in names if not name.startswith("_")]


def rename(pairs: list[tuple[str, str]]) -> None:
    """Put tables under other ids, all in one transaction; readers see all or none.

    A source that is not there any more was renamed before: the call may be repeated.
    """
    with get_write_engine().begin() as connection:
        for source, target in pairs:
            if exists(source, connection):
                connection.execute(
                    sa.text(
                        f"ALTER TABLE {identifier(source)} "
                        f"RENAME TO {identifier(target)}"
                    )
                )
        _forget_counts(connection, [name for pair in pairs for name in pair])


def exists(table_id: str, connection: Any = None) -> bool:
    """Whether the DataStore has a table of this id."""
    query = sa.text("SELECT 1 FROM pg_tables WHERE tablename = :name")
    if connection is not None:
        return connection.execute(query, {"name": table_id}).first() is not None
    with get_write_engine().connect() as own:
        return own.execute(query, {"name": table_id}).first() is not None


def drop(table_ids: Iterable[str]) -> None:
    """Remove tables, those that are there."""
    names = list(table_ids)
    with get_write_engine().begin() as connection:
        for name in names:
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {identifier(name)}"))
        _forget_counts(connection, names)


def _forget_counts(connection: Any, names: list[str]) -> None:
    """CKAN caches the rows of a table by its name: another table stands there now."""
    connection.execute(
        sa.text("DELETE FROM _table_stats WHERE resource_id = ANY(:names)"),
        {"names": names},
    )
