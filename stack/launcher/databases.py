"""Roles and databases of the portal's own PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2 import sql

from .home import Home
from .postgres import Postgres
from .say import Trouble

ROLES = ("ckan", "datastore_write", "datastore_read")
MAIN, DATASTORE = "ckan", "datastore"
TEST_MAIN, TEST_DATASTORE = "ckan_test", "datastore_test"


@contextlib.contextmanager
def cursor(url: str) -> Iterator[Any]:
    """A cursor that commits each statement."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as opened:
            yield opened
    finally:
        connection.close()


def ready(postgres: Postgres) -> bool:
    """Whether the server takes connections."""
    try:
        with cursor(postgres.url("postgres", "postgres")) as cur:
            cur.execute("SELECT 1")
    except psycopg2.OperationalError as error:
        if "password authentication failed" in str(error):
            raise Trouble(
                "数据库的密码与 secrets.json 不符。如果 secrets.json 已丢失，请从备份"
                "恢复它；演示数据可用 ./portal reset 重建。",
                "The databases' passwords are not those of secrets.json. Restore that "
                "file; demonstration data can be made again with ./portal reset.",
            ) from error
        return False
    return True


def roles(postgres: Postgres, home: Home) -> None:
    """Create the roles, none of them a superuser, each with its password."""
    with cursor(postgres.url("postgres", "postgres")) as cur:
        cur.execute("SELECT rolname FROM pg_roles")
        known = {name for (name,) in cur.fetchall()}
        for role in ROLES:
            if role not in known:
                create = sql.SQL(
                    "CREATE ROLE {} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {}"
                )
                password = sql.Literal(home.secrets()[role])
                cur.execute(create.format(sql.Identifier(role), password))


def database(postgres: Postgres, name: str, owner: str, fresh: bool = False) -> bool:
    """Create a database that only its users may enter; True if it is new."""
    ident = sql.Identifier(name)
    with cursor(postgres.url("postgres", "postgres")) as cur:
        if fresh:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            cur.execute(drop.format(ident))
        cur.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cur.fetchone():
            return False
        create = sql.SQL(
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
        )
        cur.execute(create.format(ident, sql.Identifier(owner)))
        close = sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC")
        cur.execute(close.format(ident))
        if owner != "ckan":
            grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO ckan").format(ident)
            cur.execute(grant)
    return True


def pair(postgres: Postgres, home: Home, test: bool = False) -> bool:
    """CKAN's and DataStore's databases; the tests' are made anew each time."""
    roles(postgres, home)
    main, datastore = (TEST_MAIN, TEST_DATASTORE) if test else (MAIN, DATASTORE)
    new = database(postgres, main, "ckan", fresh=test)
    database(postgres, datastore, "datastore_write", fresh=test)
    return new


def permit(postgres: Postgres, test: bool = False) -> None:
    """What ``ckan datastore set-permissions`` prints, run in DataStore's database."""
    from ckanext.datastore.cli import permissions_sql

    main, datastore = (TEST_MAIN, TEST_DATASTORE) if test else (MAIN, DATASTORE)
    script = permissions_sql(main, datastore, *ROLES).splitlines()
    start = next(i for i, line in enumerate(script) if line.startswith(r"\connect"))
    with cursor(postgres.url("postgres", datastore)) as cur:
        cur.execute("\n".join(script[start + 1 :]))


def datastore_prepared(write_url: str) -> bool:
    """Whether a DataStore database given by the site has CKAN's functions."""
    with cursor(write_url) as cur:
        cur.execute(
            "SELECT 1 FROM pg_proc WHERE proname = 'populate_full_text_trigger'"
        )
        return cur.fetchone() is not None


def urls(postgres: Postgres, test: bool = False) -> dict[str, str]:
    """The connection variables of the portal's own databases."""
    main, datastore = (TEST_MAIN, TEST_DATASTORE) if test else (MAIN, DATASTORE)
    return {
        "CKAN_SQLALCHEMY_URL": postgres.url("ckan", main),
        "CKAN_DATASTORE_WRITE_URL": postgres.url("datastore_write", datastore),
        "CKAN_DATASTORE_READ_URL": postgres.url("datastore_read", datastore),
    }
