"""Keeping the lines of the catalog for units true to what was approved.

A line is written in the transaction that approves a version, by whatever way that
comes about, and follows the working copy where that shares less. Whether somebody sees
it is asked when they look: of roles, tree, clearances and deletions a line knows
nothing, so none of them needs a new line.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.catalog import grams, scope_view, sources
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.catalog.model_scope import CatalogLine
from ckanext.edudata.catalog.model_sources import SourceCase
from ckanext.edudata.desensitization import texts

LISTED = ("approved", "released")
"""States of a version that put it into the catalog; later ones do not take it out."""

_TABLES = sa.text(
    """
    SELECT DISTINCT t.value ->> 'digest'
    FROM edudata_check c, jsonb_array_elements(
        CASE jsonb_typeof(c.report -> 'tables')
        WHEN 'array' THEN c.report -> 'tables' ELSE '[]' END
    ) t
    WHERE c.sha256 = ANY(:files) AND c.resource_id = ANY(:ids) AND c.state = 'done'
      AND (t.value ->> 'row_count')::bigint >= :fewest
    """
)


def digests_of(connection: Any, content: dict[str, Any]) -> list[str]:
    """Digests of the tables of a content that are long enough to be compared."""
    files = {
        item["id"]: item["sha256"]
        for item in scope_view.kept(content)
        if item.get("sha256") and item.get("id")
    }
    if not files:
        return []
    rows = connection.execute(
        _TABLES,
        {
            "files": list(files.values()),
            "ids": list(files),
            "fewest": sources.FEWEST_ROWS,
        },
    )
    return sorted(digest for (digest,) in rows if digest)


def items_of(content: dict[str, Any]) -> list[str]:
    """Keys of all information items of a content."""
    tables = (item.get("information_items") for item in scope_view.kept(content))
    return sources.item_keys(
        item
        for table in tables
        for item in (table if isinstance(table, list) else [])
        if isinstance(item, dict)
    )


def line_of(connection: Any, version: EntryVersion) -> dict[str, Any] | None:
    """The columns of a version's line; None where nothing is left to be listed."""
    content = version.content or {}
    if not content.get("title"):
        return None
    sharing = scope_view.sharing_of(content)
    read = texts.FIELDS
    words = [content.get(name) for name in scope_view.WORDS if name in read]
    words += [content.get("resource_code")]
    for resource in scope_view.kept(content):
        for item in resource.get("information_items") or []:
            if isinstance(item, dict):
                words += [item.get("name"), item.get("label")]
    found = grams.grams("\n".join(str(word) for word in words if word))
    return {
        "entry_id": version.entry_id,
        "version_id": version.id,
        "number": version.number,
        "listed_at": version.decided_at or sa.func.now(),
        "title": content["title"],
        "text_sha256": texts.digest(texts.of_content(content)),
        **{name: _code(content.get(name)) for name in _CODED},
        "approved_class": sharing.sharing_class,
        "approved_scope": sharing.scope,
        "approved_units": sorted(sharing.units),
        "working_class": sharing.sharing_class,
        "working_scope": sharing.scope,
        "working_units": sorted(sharing.units),
        "title_grams": grams.grams(content["title"]),
        "items": items_of(content),
        "digests": digests_of(connection, content),
        "grams": sa.func.array_to_tsvector(
            sa.cast(found, sa.ARRAY(sa.Text)),
        ),
    }


_CODED = (
    "category",
    "subject_database",
    "school_stage",
    "district",
    "update_cycle",
    "opening_class",
)


def _code(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def put(connection: Any, version: EntryVersion) -> None:
    """Write the line of an approved version, unless a later one stands there."""
    found = line_of(connection, version)
    table = CatalogLine.__table__
    if found is None:
        connection.execute(sa.delete(table).where(table.c.entry_id == version.entry_id))
        return
    written = insert(table).values(**found)
    changed: dict[str, Any] = {
        name: written.excluded[name] for name in found if name != "entry_id"
    }
    known = table.c.version_id == written.excluded.version_id
    for name in ("working_class", "working_scope", "working_units"):
        # The working copy may share less by now than this version does.
        changed[name] = sa.case((known, table.c[name]), else_=changed[name])
    connection.execute(
        written.on_conflict_do_update(
            index_elements=["entry_id"],
            set_=changed,
            where=table.c.number <= version.number,
        )
    )


@event.listens_for(EntryVersion, "after_insert")
@event.listens_for(EntryVersion, "after_update")
def _written(mapper: Any, connection: Any, version: EntryVersion) -> None:
    if not (version.content or {}).get("title"):
        _forget(connection, version.entry_id)
    if version.state not in LISTED:
        return
    waits = version.state == "approved" and not version.security_at
    if not (waits and standing.sensitive(version.content or {})):
        put(connection, version)


def _forget(connection: Any, entry_id: str) -> None:
    """Classified words go everywhere; that two were compared stays on record."""
    lines, cases = CatalogLine.__table__, SourceCase.__table__
    connection.execute(sa.delete(lines).where(lines.c.entry_id == entry_id))
    of_it = sa.or_(cases.c.entry_id == entry_id, cases.c.other_id == entry_id)
    words = {"reason": "", "decision_reason": sa.null()}
    connection.execute(sa.update(cases).where(of_it).values(**words))


def follow(package: model.Package) -> None:
    """Note how the working copy is shared now, in the caller's transaction."""
    extras: dict[str, Any] = dict(package.extras or {})
    units = extras.get("sharing_units")
    if isinstance(units, str):
        try:
            extras["sharing_units"] = json.loads(units)
        except ValueError:
            extras["sharing_units"] = []
    sharing = scope_view.sharing_of(extras)
    model.Session.execute(
        sa.update(CatalogLine)
        .where(CatalogLine.entry_id == package.id)
        .values(
            working_class=sharing.sharing_class,
            working_scope=sharing.scope,
            working_units=sorted(sharing.units),
        )
    )


def rebuild() -> int:
    """Write all lines anew, from the last approved version of each entry.

    :returns: how many there are
    """
    newest = (
        sa.select(EntryVersion.entry_id, sa.func.max(EntryVersion.number).label("n"))
        .where(EntryVersion.state.in_(LISTED))
        .group_by(EntryVersion.entry_id)
        .subquery()
    )
    model.Session.execute(sa.delete(CatalogLine))
    rows = model.Session.execute(
        sa.select(EntryVersion.id)
        .join(newest, newest.c.entry_id == EntryVersion.entry_id)
        .where(EntryVersion.number == newest.c.n)
    ).all()
    connection = model.Session.connection()
    for (version_id,) in rows:
        version = model.Session.get(EntryVersion, version_id)
        if version is not None:
            put(connection, version)
            package = model.Package.get(version.entry_id)
            if package is not None:
                follow(package)
            model.Session.expunge(version)
    model.Session.commit()
    return len(rows)
