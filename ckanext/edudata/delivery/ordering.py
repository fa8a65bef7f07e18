"""Indexes by which a frozen table is read in an order that tells nothing.

A grant on some of the columns reads its rows ordered by these columns, because the
order in which they lie would tell of the others (`grants.py`). Without an index each
page would sort the whole table. Frozen tables are never written, so one index for each
set of columns is all it takes; grants on the same columns share it.
"""

from __future__ import annotations

import hashlib
import logging

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine, identifier
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from ckanext.edudata.delivery import grants
from ckanext.edudata.delivery.model import Grant

log = logging.getLogger(__name__)

# What PostgreSQL takes.
MOST_COLUMNS = 32


def later(grant: Grant) -> None:
    """Let the worker prepare the table; until then reads are right, but slower."""
    names = order(grant)
    if not names:
        return
    try:
        tk.enqueue_job(
            prepare, [grant.table_id, names], title="Order of a frozen table"
        )
    except RedisError:
        log.exception("The table of the grant %s waits for its index", grant.id)


def prepare(table_id: str, names: list[str]) -> bool:
    """Make the index that reads in this order want; whether there is one now.

    Done before, it does nothing. Where values are too long for an index, or the table
    is gone, things stay as they are.
    """
    if not names or len(names) > MOST_COLUMNS:
        return False
    columns = ", ".join(identifier(name) for name in names)
    words = f"{table_id}\0{columns}".encode()
    name = f"edudata_order_{hashlib.sha256(words).hexdigest()[:24]}"
    table = identifier(table_id)
    try:
        with get_write_engine().begin() as connection:
            # Two workers at once would collide in PostgreSQL's own tables.
            connection.execute(
                sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name}
            )
            for statement in (
                f'CREATE INDEX IF NOT EXISTS "{name}" ON {table} ({columns})',
                f"ANALYZE {table}",
            ):
                connection.exec_driver_sql(statement.replace("%", "%%"))
    except DBAPIError as error:
        code = getattr(error.orig, "pgcode", None)
        log.info("No index %s on the table %s: %s", name, table_id, code)
        return False
    return True


def order(grant: Grant) -> list[str]:
    """The columns it is read by, none where the table's own order serves."""
    types = {column["id"]: column["type"] for column in grant.columns}
    if set(types) <= set(grant.fields) and not grant.rows:
        return []
    return [
        name
        for name, kind in types.items()
        if name in grant.fields and kind not in grants.UNORDERED
    ]
