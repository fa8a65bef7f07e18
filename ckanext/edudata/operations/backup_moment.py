"""One moment of two databases.

CKAN's tables and those of the DataStore are two databases of one PostgreSQL. A
snapshot cannot be handed from one to the other, but transactions are numbered for the
whole server: two snapshots with the same bounds and the same running transactions see
exactly the same commits. So both are taken, compared, and taken again until they are
the same. Nobody waits meanwhile, and no lock keeps a writer out.

What a snapshot does not cover is that a table gets another name or other storage (a
release puts the new version's table under the public id, TRUNCATE empties one): the
dump finds tables by name. So the names are compared once every table is locked against
that; where one has changed, all begins anew.
"""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
from psycopg2 import sql

from ckanext.edudata.operations.backup_errors import BackupError
from ckanext.edudata.operations.backup_programs import arguments

PATIENCE = 60  # seconds in which the two have to agree
SETTLED = (
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; "
    "SET lock_timeout = '2s'; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; "
    "SET intervalstyle = 'postgres'; SET extra_float_digits = 1; "
    "SET bytea_output = 'hex'; SET search_path = public, pg_catalog"
)
"""As rows are read for their digest: the same wherever they are."""

_SNAPSHOT = (
    "SELECT pg_current_snapshot()::text, pg_export_snapshot(), clock_timestamp()"
)
_SERVER = (
    "SELECT (SELECT system_identifier FROM pg_control_system())::text, "
    "current_setting('server_version_num')::int / 10000"
)
_TABLES = (
    "SELECT c.oid, n.nspname, c.relname, c.relfilenode FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') "
    "AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' "
    "AND n.nspname <> 'information_schema' ORDER BY 2, 3"
)


class MovedError(Exception):
    """A table changed its name or storage while it was being locked: begin anew."""


@dataclass
class Side:
    """One of the two databases, seen at the moment."""

    name: str
    url: str
    connection: Any
    snapshot: str = ""
    exported: str = ""

    def ask(self, query: Any, values: Any = None) -> list[tuple[Any, ...]]:
        """Rows of a query, as they were at the moment."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def tables(self) -> list[tuple[int, str, str, int]]:
        """`(oid, schema, name, storage)` of all tables at the moment."""
        return [(oid, *rest) for oid, *rest in self.ask(_TABLES)]  # type: ignore[misc]


@dataclass
class Moment:
    """The two databases at one moment."""

    ckan: Side
    datastore: Side
    at: datetime.datetime
    server: int
    tries: int = 1

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.ckan, self.datastore

    def hold(self) -> None:
        """Keep every table as it was at the moment until this is closed.

        :raises MovedError: one is another already, or somebody is changing it
        """
        for side in self.sides:
            tables = side.tables()
            try:
                with side.connection.cursor() as cursor:
                    for _, schema, name, _ in tables:
                        cursor.execute(
                            sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(
                                sql.Identifier(schema, name)
                            )
                        )
            except (
                psycopg2.errors.LockNotAvailable,
                psycopg2.errors.UndefinedTable,
                psycopg2.errors.DeadlockDetected,
            ) as error:
                raise MovedError from error
            if tables != _now(side.url):
                raise MovedError


def _now(url: str) -> list[tuple[int, str, str, int]]:
    with contextlib.closing(psycopg2.connect(**arguments(url))) as connection:
        return Side("", url, connection).tables()


@contextlib.contextmanager
def taken(ckan_url: str, datastore_url: str) -> Iterator[Moment]:
    """Both databases at one moment, for as long as this is open.

    :raises BackupError: they are on two servers, which have no moment in common, or
        did not come to agree
    """
    with contextlib.ExitStack() as stack:
        sides = []
        for name, url in (("ckan", ckan_url), ("datastore", datastore_url)):
            connection = psycopg2.connect(
                **arguments(url), application_name="edudata backup"
            )
            stack.callback(connection.close)
            with connection, connection.cursor() as cursor:
                cursor.execute(SETTLED)
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            sides.append(Side(name, url, connection))
        ckan, datastore = sides
        server = _one_server(ckan, datastore)
        yield _agreed(ckan, datastore, server)


def _one_server(ckan: Side, datastore: Side) -> int:
    found = []
    for side in (ckan, datastore):
        found.append(side.ask(_SERVER)[0])
        side.connection.rollback()
    if found[0] != found[1]:
        raise BackupError(
            tk._(
                "CKAN's database and the DataStore's are on two PostgreSQL servers, "
                "which have no moment in common. Move both onto one server."
            )
        )
    return found[0][1]


def _agreed(ckan: Side, datastore: Side, server: int) -> Moment:
    end, tries = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        tries += 1
        for side in (ckan, datastore):
            side.connection.rollback()
        moments = []
        for side in (ckan, datastore):
            side.snapshot, side.exported, at = side.ask(_SNAPSHOT)[0]
            moments.append(at)
        if ckan.snapshot == datastore.snapshot:
            return Moment(ckan, datastore, moments[0], server, tries)
    raise BackupError(
        tk._(
            "Both databases were not found at one moment within {seconds} seconds: too "
            "much is written. Try again at a quieter time."
        ).format(seconds=PATIENCE)
    )
