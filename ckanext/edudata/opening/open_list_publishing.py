"""Publishing an open list.

A version is written in one transaction with its audit record, under the lock of the
unit's row; what was noted of the unit before is taken away with it.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.opening import open_list, open_list_diff, open_list_sources
from ckanext.edudata.opening.model_open_list import (
    OpenList,
    OpenListLine,
    OpenListTouch,
    OpenListUnit,
)
from ckanext.edudata.opening.open_list_sources import Draft
from ckanext.edudata.units import tree

_UTC = datetime.timezone.utc


def locked(unit_id: str, *, skip: bool = False) -> OpenListUnit | None:
    """The unit's row, held until the commit; what was noted of it is taken away."""
    model.Session.execute(
        insert(OpenListUnit).values(unit_id=unit_id).on_conflict_do_nothing()
    )
    row = model.Session.scalar(
        sa.select(OpenListUnit)
        .where(OpenListUnit.unit_id == unit_id)
        .with_for_update(skip_locked=skip)
        .execution_options(populate_existing=True)
    )
    if row is not None:
        model.Session.execute(
            sa.delete(OpenListTouch).where(OpenListTouch.unit_id == unit_id)
        )
    return row


def published(list_id: str | None) -> list[dict[str, Any]]:
    """Lines of a version, as `open_list.make` gives them, with `withdrawn`."""
    if not list_id:
        return []
    rows = model.Session.scalars(
        sa.select(OpenListLine)
        .where(OpenListLine.list_id == list_id)
        .order_by(OpenListLine.place)
        .execution_options(populate_existing=True)
    )
    return [as_line(row) for row in rows]


def as_line(row: OpenListLine) -> dict[str, Any]:
    return {
        "key": row.key,
        "entry_id": row.entry_id,
        "dataset_id": row.dataset_id,
        "kind": row.kind,
        "title": row.title,
        "fields": row.fields,
        "nonce": row.nonce,
        "digest": row.digest,
        "withdrawn": row.withdrawn_at is not None,
    }


def publish(unit_id: str, *, actor_id: str | None, seen: str | None) -> dict[str, Any]:
    """Publish the next version of a unit's list. Access is the caller's to check.

    :param seen: digest of the draft that was looked at; another one is refused
    :returns: `{unit_id, number, lines, refused, changes}`
    :raises ValidationError: nothing has changed, or something else than was seen
    """
    # Reading words takes seconds; it is done before anybody has to wait.
    open_list_sources.drafts([unit_id], check=True)
    model.Session.commit()
    with transactions.whole():
        return _publish(unit_id, actor_id, seen)


def _publish(unit_id: str, actor_id: str | None, seen: str | None) -> dict[str, Any]:
    row = locked(unit_id)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    draft = open_list_sources.drafts([unit_id], check=True)[unit_id]
    if seen and seen != open_list.draft_digest(draft.lines):
        raise tk.ValidationError(
            {"digest": [tk._("The list was changed meanwhile; look at it again")]}
        )
    changes = open_list_diff.waiting(published(row.list_id), draft.lines)
    if row.list_id and not changes:
        raise tk.ValidationError(
            {"unit": [tk._("Nothing has changed since the list was last published")]}
        )
    last = sa.select(sa.func.max(OpenList.number)).where(OpenList.unit_id == unit_id)
    number = (model.Session.scalar(last) or 0) + 1
    version = _write(unit_id, number, draft, actor_id)
    row.list_id, row.number, row.published_at = version.id, number, version.published_at
    _note(row, draft, 0)
    row.told = None
    trail.record(
        "open_list_publish",
        actor_id=actor_id,
        object_type="open_list",
        object_id=version.id,
        unit_id=unit_id,
        detail={"version": number, "digest": version.digest, "lines": version.counts},
    )
    return {
        "unit_id": unit_id,
        "number": number,
        "lines": len(draft.lines),
        "refused": len(draft.refused),
        "changes": changes,
    }


def _write(unit_id: str, number: int, draft: Draft, actor_id: str | None) -> OpenList:
    unit = model.Group.get(unit_id)
    if unit is None:
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    version = OpenList(
        id=make_uuid(),
        unit_id=unit_id,
        number=number,
        unit=_head(unit),
        counts={
            kind: count
            for kind in open_list.KINDS
            if (count := sum(line["kind"] == kind for line in draft.lines))
        },
        published_by=actor_id,
        published_at=datetime.datetime.now(_UTC),
    )
    rows = [_row(version.id, place, line) for place, line in enumerate(draft.lines, 1)]
    version.digest = open_list.version_digest(
        unit_id, number, [row["digest"] for row in rows]
    )
    model.Session.add(version)
    model.Session.flush()
    if rows:
        model.Session.execute(sa.insert(OpenListLine), rows)
    return version


def _head(unit: Any) -> dict[str, str]:
    """What a unit is called and is; its district is that of the nearest unit above
    where it names none itself."""
    levels = [model.Group.get(each) for each in tree.with_superiors(unit.id)]
    extras = [getattr(each, "extras", None) or {} for each in levels]
    return {
        "name": unit.name,
        "title": unit.title or unit.name,
        "kind": extras[0].get("kind", ""),
        "district": next((x["district"] for x in extras if x.get("district")), ""),
    }


def _row(list_id: str, place: int, line: open_list.Line) -> dict[str, Any]:
    nonce = secrets.token_hex(16)
    digest = open_list.line_digest(line, nonce)
    return {
        **line,
        "list_id": list_id,
        "place": place,
        "nonce": nonce,
        "digest": digest,
    }


def _note(row: OpenListUnit, draft: Draft, waiting: int) -> None:
    row.waiting, row.refused = waiting, len(draft.refused)
    row.looked_at = datetime.datetime.now(_UTC)


def look(unit_ids: Sequence[str], *, check: bool) -> dict[str, OpenListUnit]:
    """Compare what is open now with the newest lists; rows of `{unit_id: row}`.

    Units that somebody is publishing now are left out.
    """
    if check:
        open_list_sources.drafts(unit_ids, check=True)
        model.Session.commit()
    rows = {}
    # In one order, or two that look at the same units wait for each other.
    for unit_id in sorted(unit_ids):
        row = locked(unit_id, skip=True)
        if row is not None:
            rows[unit_id] = row
    for unit_id, draft in open_list_sources.drafts(list(rows), check=False).items():
        row = rows[unit_id]
        waiting = open_list_diff.waiting(published(row.list_id), draft.lines)
        _note(row, draft, waiting)
    model.Session.flush()
    return rows
