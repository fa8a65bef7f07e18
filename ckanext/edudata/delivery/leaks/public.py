"""What everybody may read anyway, so that finding it in an answer is no leak.

Asked only of what was found: a school's name may stand in a closed table and in the
list of schools too.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import ckan
import sqlalchemy as sa
from ckan import model
from ckanext.datastore.backend.postgres import get_write_engine, identifier

import ckanext.edudata
from ckanext.edudata import datastore

# Kept apart from the guards on purpose: this says what should be public, they make it.
_TEXTS = """
    SELECT 1 FROM package p WHERE p.type = 'dataset' AND p.state = 'active'
        AND NOT p.private AND p::text LIKE :like
    UNION ALL
    SELECT 1 FROM resource r JOIN package p ON p.id = r.package_id
        WHERE p.type = 'dataset' AND p.state = 'active' AND NOT p.private
        AND r.state = 'active' AND r::text LIKE :like
    UNION ALL
    SELECT 1 FROM tag t JOIN package_tag pt ON pt.tag_id = t.id
        JOIN package p ON p.id = pt.package_id
        WHERE p.type = 'dataset' AND p.state = 'active' AND NOT p.private
        AND t.name LIKE :like
    UNION ALL
    SELECT 1 FROM edudata_release r WHERE r.state <> 'stopped'
        AND r.dataset::text LIKE :like
    UNION ALL
    SELECT 1 FROM edudata_released_resource rr
        JOIN edudata_release r ON r.id = rr.release_id
        WHERE r.state <> 'stopped' AND rr.columns::text LIKE :like
    UNION ALL
    SELECT 1 FROM "group" g WHERE g.state = 'active' AND g::text LIKE :like
    UNION ALL
    SELECT 1 FROM edudata_open_list_line l WHERE l::text LIKE :like
    UNION ALL
    SELECT 1 FROM edudata_demand d WHERE d::text LIKE :like
    LIMIT 1
"""
_TABLES = """
    SELECT CASE r.state WHEN 'live' THEN rr.resource_id ELSE rr.table_id END
    FROM edudata_released_resource rr JOIN edudata_release r ON r.id = rr.release_id
    WHERE r.state <> 'stopped' AND rr.kind <> 'conditional'
"""


NEVER = frozenset({"id", "name", "resource", "table", "author", "number"})


class Public:
    """What is public, asked of the database and of the words of the interface."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def explains(self, text: str, kind: str = "value") -> bool:
        """Whether the text stands somewhere that everybody may read.

        :param kind: of the needle; ids of what is closed stand nowhere for a reason
        """
        if kind in NEVER:
            return False
        if text not in self._known:
            self._known[text] = (
                text in self._interface or self._written(text) or self._released(text)
            )
        return self._known[text]

    def _written(self, text: str) -> bool:
        found = model.Session.execute(sa.text(_TEXTS), {"like": _like(text)}).first()
        model.Session.rollback()
        return found is not None

    def _released(self, text: str) -> bool:
        with get_write_engine().connect() as connection:
            for table in self._tables:
                if not datastore.exists(table, connection):
                    continue
                query = sa.text(
                    f"SELECT 1 FROM {identifier(table)} t "  # noqa: S608 - quoted
                    "WHERE t::text LIKE :like LIMIT 1"
                )
                if connection.execute(query, {"like": _like(text)}).first():
                    return True
        return False

    @cached_property
    def _tables(self) -> list[str]:
        return list(model.Session.scalars(sa.text(_TABLES)))

    @cached_property
    def _interface(self) -> str:
        """Words of the pages: labels of forms, code lists, translations."""
        ours = Path(ckanext.edudata.__file__).parent
        core = Path(ckan.__file__).parent
        paths = [*ours.rglob("schemas/*.yaml"), *ours.rglob("*.html")]
        paths += [*ours.rglob("*.mo"), *core.glob("i18n/zh_Hans_CN/**/*.mo")]
        paths += [*ours.rglob("assets/**/*.js"), *ours.rglob("public/**/*.js")]
        return "\n".join(path.read_text("utf-8", errors="replace") for path in paths)


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
