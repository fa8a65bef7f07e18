"""What is closed, learned from the database: its ids, names, words and values.

Read past all actions, as somebody with the database's own password would: what the
guards hide has to be known to see whether they hide it. Values are drawn from the
closed tables, seeded, kept in memory and never printed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckanext.datastore.backend.postgres import get_write_engine, identifier

from ckanext.edudata import datastore
from ckanext.edudata.delivery.leaks import judging
from ckanext.edudata.delivery.leaks.things import (
    CONDITIONAL,
    ENTRY,
    RECORD,
    STOPPED,
    Closed,
    Needle,
)

VALUES = 6
"""Values drawn from a table."""

_ENTRIES = """
    SELECT p.id, p.name, p.title, p.notes, p.owner_org, p.extras, u.id AS author_id,
        u.name AS author, u.fullname AS author_name, g.name AS owner
    FROM package p LEFT JOIN "user" u ON u.id = p.creator_user_id
    LEFT JOIN "group" g ON g.id = p.owner_org
    WHERE NOT (p.type = 'dataset' AND p.state = 'active' AND NOT p.private)
    ORDER BY p.id
"""
_RESOURCES = """
    SELECT id, name, url, hash, extras::jsonb ->> 'original_name' AS original
    FROM resource WHERE package_id = :id ORDER BY position LIMIT 3
"""
_TITLES = """
    SELECT DISTINCT content ->> 'title' FROM edudata_entry_version WHERE entry_id = :id
"""
_DIGESTS = """
    SELECT sha256 FROM edudata_check WHERE entry_id = :id AND sha256 IS NOT NULL
    UNION SELECT t.value ->> 'key' FROM edudata_clearance c,
        jsonb_array_elements(c.tables) t WHERE c.entry_id = :id
    UNION SELECT digest FROM edudata_entry_version WHERE entry_id = :id
"""
_RELEASED = """
    SELECT r.dataset_id, p.name, r.unit_id, r.state, rr.resource_id, rr.table_id,
        rr.content_digest, rr.file_digest, rr.kind, rr.columns, g.name AS owner,
        EXISTS (
            SELECT 1 FROM edudata_release l JOIN edudata_released_resource lr
            ON lr.release_id = l.id WHERE l.state = 'live'
            AND lr.resource_id = rr.resource_id AND lr.kind <> 'conditional'
        ) AS open_again
    FROM edudata_release r JOIN edudata_released_resource rr ON rr.release_id = r.id
    JOIN package p ON p.id = r.dataset_id LEFT JOIN "group" g ON g.id = r.unit_id
    WHERE r.state = 'stopped' OR rr.kind = 'conditional'
    ORDER BY r.dataset_id, r.version DESC
"""
RECORDS = (
    *("edudata_request", "edudata_application", "edudata_request_attachment"),
    *("edudata_grant", "edudata_extract", "edudata_use_report", "edudata_recall"),
    *("edudata_provision", "edudata_check", "edudata_clearance", "edudata_exception"),
    *("edudata_import", "edudata_alarm", "edudata_notice", "edudata_catalog"),
    *("edudata_template", "edudata_source_case", "edudata_review_round"),
    *("edudata_entry_version", "edudata_making", "edudata_post_record"),
    *("edudata_request_person", "edudata_agreement_acceptance"),
)
"""Tables of what is told to few; those that are not there (yet) are passed by."""


def learn(seed: int, sample: int | None = None) -> list[Closed]:
    """All that is closed, or *sample* things of each kind, drawn by *seed*."""
    found: list[Closed] = []
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    for make in (_entries, _conditional, _stopped, _records):
        made = list(make(draw, sample))
        found += made
    model.Session.rollback()
    return found


def count() -> dict[str, int]:
    """How many things of each kind there are."""
    released = _rows(_RELEASED)
    return {
        ENTRY: len(_rows(_ENTRIES)),
        CONDITIONAL: len({r.table_id for r in released if r.kind == "conditional"}),
        STOPPED: len({r.dataset_id for r in released if r.state == "stopped"}),
    }


def public_datasets() -> int:
    """How many datasets a search of everybody's should find."""
    query = """
        SELECT count(*) FROM package p WHERE p.type = 'dataset' AND p.state = 'active'
        AND NOT p.private AND EXISTS (SELECT 1 FROM edudata_release r
            WHERE r.dataset_id = p.id AND r.state = 'live')
    """
    return model.Session.scalar(sa.text(query)) or 0


def _entries(draw: random.Random, sample: int | None) -> Iterator[Closed]:
    for row in _some(_rows(_ENTRIES), draw, sample):
        resources = _rows(_RESOURCES, id=row.id)
        extras = row.extras or {}
        words = [w.strip() for w in (extras.get("keywords") or "").split(",")]
        titles = [row.title, *_column(_TITLES, id=row.id)]
        digests = _column(_DIGESTS, id=row.id)
        needles = [Needle("id", row.id), Needle("name", row.name)]
        needles += _needles("title", titles)
        needles += _needles("text", [*words, (row.notes or "")[:60]])
        needles += _needles("digest", digests)
        if row.author_id:
            needles.append(Needle("author", row.author_id))
        files = [r.original for r in resources] + [r.name for r in resources]
        needles += _needles("file", files)
        values: list[str] = []
        for resource in resources:
            needles.append(Needle("resource", resource.id))
            fields, drawn = _drawn(resource.id, draw)
            needles += _needles("field", fields) + _needles("value", drawn)
            values += drawn
        yield Closed(
            ENTRY,
            row.id,
            row.owner_org or "",
            _references(
                package=[row.id],
                name=[row.name],
                resource=[r.id for r in resources],
                table=[r.id for r in resources],
                title=_distinctive(titles),
                word=_distinctive(words),
                file=_distinctive(files),
                value=_distinctive(values),
                digest=digests,
                owner=[row.owner],
                author=[row.author],
                file_id=_files([row.id, *(r.id for r in resources)]),
                activity=_activities(row.id),
                view=_views([r.id for r in resources]),
            ),
            _unique(needles),
        )


def _conditional(draw: random.Random, sample: int | None) -> Iterator[Closed]:
    rows = [r for r in _rows(_RELEASED) if r.kind == "conditional"]
    for row in _some([r for r in rows if r.state != "stopped"], draw, sample):
        yield _frozen(CONDITIONAL, row, [row], draw)


def _stopped(draw: random.Random, sample: int | None) -> Iterator[Closed]:
    rows = [r for r in _rows(_RELEASED) if r.state == "stopped"]
    datasets = list(dict.fromkeys(r.dataset_id for r in rows))
    for dataset_id in _some(datasets, draw, sample):
        mine = [r for r in rows if r.dataset_id == dataset_id]
        yield _frozen(STOPPED, mine[0], mine, draw)


def _frozen(kind: str, row: Any, rows: list[Any], draw: random.Random) -> Closed:
    needles: list[Needle] = []
    values: list[str] = []
    for each in rows:
        if each.table_id != each.resource_id:
            needles.append(Needle("table", each.table_id))
        digests = [each.content_digest]
        if kind == STOPPED:
            digests.append(each.file_digest)
        needles += _needles("digest", digests)
        _, drawn = _drawn(each.table_id, draw)
        needles += _needles("value", drawn)
        values += drawn
    ids = [each.resource_id for each in rows if not each.open_again]
    return Closed(
        kind,
        row.dataset_id,
        row.unit_id,
        _references(
            package=[row.dataset_id],
            name=[row.name],
            resource=list(dict.fromkeys(ids)),
            table=[each.table_id for each in rows],
            value=_distinctive(values),
            digest=[d for each in rows for d in (each.file_digest,) if d],
            owner=[row.owner],
            activity=_activities(row.dataset_id) if kind == STOPPED else [],
            view=_views(ids),
        ),
        _unique(needles),
    )


def _records(draw: random.Random, sample: int | None) -> Iterator[Closed]:
    for table in RECORDS:
        columns = _column(
            "SELECT column_name FROM information_schema.columns WHERE table_schema ="
            " 'public' AND table_name = :table",
            table=table,
        )
        if "id" not in columns:
            continue
        query = f"SELECT id FROM {table} ORDER BY id LIMIT 20000"  # noqa: S608
        ids = [r for r in _column(query) if len(r) == 36]
        for record_id in _some(ids, draw, 1):
            yield Closed(
                RECORD,
                record_id,
                "",
                _references(record=[record_id]),
                _words(table, record_id),
                label=table.removeprefix("edudata_"),
            )


def _words(table: str, record_id: str) -> tuple[Needle, ...]:
    """What an applicant wrote, and the number by which people quote it."""
    if table != "edudata_request":
        return ()
    row = _rows(
        "SELECT number, form ->> 'purpose' AS purpose, form ->> 'scenario' AS scenario"
        " FROM edudata_request WHERE id = :id",
        id=record_id,
    )[0]
    return (
        Needle("number", row.number),
        *_needles("words", [row.purpose, row.scenario]),
    )


def _drawn(table_id: str, draw: random.Random) -> tuple[list[str], list[str]]:
    """Names of a table's columns, and some of its values."""
    columns = datastore.columns(table_id)
    if not columns:
        return [], []
    table, values = identifier(table_id), []
    with get_write_engine().connect() as connection:
        last = connection.scalar(sa.text(f"SELECT max(_id) FROM {table}")) or 0  # noqa: S608
        query = sa.text(f"SELECT * FROM {table} WHERE _id >= :at ORDER BY _id LIMIT 1")  # noqa: S608
        for at in [1, last, *(draw.randint(1, max(last, 1)) for _ in range(VALUES))]:
            row = connection.execute(query, {"at": at}).mappings().first()
            values += [str(row[c]) for c in columns if row and row[c] is not None]
    distinct = _distinctive(values)
    # What is drawn last is not always the same column.
    draw.shuffle(distinct)
    return columns, distinct[:VALUES]


def _activities(object_id: str) -> list[str]:
    if not model.Session.scalar(sa.text("SELECT to_regclass('activity') IS NOT NULL")):
        return []
    query = (
        "SELECT id FROM activity WHERE object_id = :id ORDER BY timestamp DESC LIMIT 2"
    )
    return _column(query, id=object_id)


def _files(owners: list[str]) -> list[str]:
    query = "SELECT file_id FROM file_owner WHERE owner_id = ANY(:ids) LIMIT 2"
    return _column(query, ids=owners)


def _views(resources: list[str]) -> list[str]:
    query = "SELECT id FROM resource_view WHERE resource_id = ANY(:ids) LIMIT 2"
    return _column(query, ids=resources)


def _rows(query: str, **values: Any) -> list[Any]:
    return list(model.Session.execute(sa.text(query), values))


def _column(query: str, **values: Any) -> list[str]:
    return [str(v) for v in model.Session.scalars(sa.text(query), values) if v]


def _some(rows: list[Any], draw: random.Random, sample: int | None) -> list[Any]:
    if sample is None or len(rows) <= sample:
        return rows
    return draw.sample(rows, sample)


def _references(**values: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    known = {
        key: tuple(dict.fromkeys(v for v in vs if v)) for key, vs in values.items()
    }
    return {key: found for key, found in known.items() if found}


def _distinctive(texts: Iterable[Any]) -> list[str]:
    found = (str(text).strip() for text in texts if text)
    return [t for t in dict.fromkeys(found) if judging.distinctive(t)]


def _needles(kind: str, texts: Iterable[Any]) -> list[Needle]:
    return [Needle(kind, text) for text in _distinctive(texts)]


def _unique(needles: list[Needle]) -> tuple[Needle, ...]:
    return tuple({needle.text: needle for needle in needles}.values())
