"""What every test needs and no test changes is made once and put back.

CKAN loads all plugins before each test and makes its application anew, and the tables
are emptied one by one: two seconds, of which a test needs none as long as settings and
plugins are those of the test before. Rows are put back by COPY, which knows all types.
"""

from __future__ import annotations

import copy
import io
from typing import Any

import ckan.plugins as p
import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.config import middleware
from ckan.lib.app_globals import _CONFIG_CACHE
from ckan.tests import helpers
from ckanext.datastore.backend.postgres import get_write_engine

_PUBLIC = (
    "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' "
    "AND tablename NOT LIKE '%alembic\\_version' ORDER BY 1"
)
_REFERENCES = (
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
    "WHERE contype = 'f' AND conrelid <> confrelid"
)
GUARDED = (
    "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger "
    "WHERE NOT tgisinternal AND tgname LIKE 'edudata_%'"
)


def print_of(settings: Any) -> int:
    """A number that differs where settings differ."""
    return hash(tuple(sorted((str(key), repr(settings[key])) for key in settings)))


class Loaded:
    """The plugins and the application as the last test left them."""

    def __init__(self) -> None:
        self.asked = self.plugin = self.settings = None
        self.app = self.app_asked = self.app_plugin = self.app_settings = None
        self.flask: dict[str, Any] = {}
        self.outside: Any = None

    def plugins(self) -> None:
        """Load what the settings name, unless it is loaded under the same settings."""
        asked = print_of(config)
        here = p.get_plugin("edudata")
        # Addresses made outside a request are those of the portal as the run began,
        # whatever application another test made since.
        self.outside = self.outside or middleware._internal_test_request_context
        middleware._internal_test_request_context = self.outside
        if here is not None and asked == self.asked and here is self.plugin:
            put(config, self.settings)
            return
        p.load_all()
        self.asked, self.plugin = asked, p.get_plugin("edudata")
        self.settings = copy.deepcopy(dict(config))

    def application(self) -> Any:
        """CKAN's application for these settings, with a client of its own."""
        _CONFIG_CACHE.clear()
        asked, here = print_of(config), p.get_plugin("edudata")
        same = here is not None and here is self.app_plugin
        if not (same and asked == self.app_asked):
            as_loaded = self.settings is not None and asked == print_of(self.settings)
            made = helpers._get_test_app()
            self.app, self.app_asked = made.app, asked
            self.app_plugin = p.get_plugin("edudata")
            self.app_settings = copy.deepcopy(dict(config))
            self.flask = dict(made.flask_app.config)
            # Loading for the application is loading for the tests that follow.
            self.plugin = self.app_plugin if as_loaded else None
            return made
        put(config, self.app_settings)
        made = helpers.CKANTestApp(self.app)
        made.flask_app.config.clear()
        made.flask_app.config.update(self.flask)
        return made


def put(settings: Any, kept: Any) -> None:
    settings.clear()
    settings.update(copy.deepcopy(kept))


class Rows:
    """All rows of CKAN's database at one moment."""

    def __init__(self) -> None:
        with model.ensure_engine().begin() as connection:
            self.order = _order(connection)
            self.rows = {name: _read(connection, name) for name in _full(connection)}

    def put_back(self) -> None:
        """Make the database what it was; guards of refusing tables are lifted."""
        model.Session.remove()
        with model.ensure_engine().begin() as connection:
            full = _full(connection)
            touched = full | set(self.rows)
            guarded = touched & set(connection.scalars(sa.text(GUARDED)))
            for name in guarded:
                connection.execute(sa.text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
            for name in reversed(self.order):
                if name in full:
                    connection.execute(sa.text(f"DELETE FROM {name}"))
            for name in self.order:
                if name in self.rows:
                    _write(connection, name, self.rows[name])
            for name in guarded:
                connection.execute(sa.text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


def _full(connection: Any) -> set[str]:
    names = list(connection.scalars(sa.text(_PUBLIC)))
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names)
    return {
        name
        for name, found in zip(
            names, connection.execute(sa.text(f"SELECT {asked}")).one(), strict=True
        )
        if found
    }


def _order(connection: Any) -> list[str]:
    """Tables, those that are referred to first."""
    left = {name: set() for name in connection.scalars(sa.text(_PUBLIC))}
    for name, other in connection.execute(sa.text(_REFERENCES)):
        if name in left and other in left:
            left[name].add(other)
    order: list[str] = []
    while left:
        ready = sorted(name for name, needs in left.items() if not needs - set(order))
        if not ready:
            raise RuntimeError(f"Tables refer to each other in a ring: {sorted(left)}")
        order += ready
        for name in ready:
            del left[name]
    return order


def _read(connection: Any, name: str) -> bytes:
    kept = io.BytesIO()
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {name} TO STDOUT", kept)
    return kept.getvalue()


def _write(connection: Any, name: str, rows: bytes) -> None:
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {name} FROM STDIN", io.BytesIO(rows))


def drop_datastore_tables() -> None:
    with get_write_engine().begin() as connection:
        names = connection.scalars(
            sa.text(
                "SELECT tablename FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename LIKE '%-%-%-%-%'"
            )
        ).all()
        if names:
            listed = ", ".join(f'"{name}"' for name in names)
            connection.execute(sa.text(f"DROP TABLE {listed}"))
