"""Taking words out of published open lists, for good."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.model.types import make_uuid

from ckanext.edudata.audit import trail
from ckanext.edudata.opening import (
    open_list,
    open_list_publishing,
    open_list_sources,
)
from ckanext.edudata.opening.model_open_list import (
    OpenList,
    OpenListLine,
    OpenListTouch,
    Withdrawal,
)

_UTC = datetime.timezone.utc


def withdraw(
    unit_id: str,
    *,
    number: int | None,
    key: str | None,
    reason: str,
    actor_id: str | None,
) -> int:
    """Take words out of published lists of a unit; how many lines lost theirs.

    :param number: of this version only; otherwise of all
    :param key: of this line only; otherwise of all lines of the version
    :raises ValidationError: there is no such line that still has words
    """
    query = _standing(unit_id)
    if number is not None:
        query = query.where(OpenList.number == number)
    if key is not None:
        query = query.where(OpenListLine.key == key)
    try:
        open_list_publishing.locked(unit_id)
        rows = model.Session.scalars(query).all()
        if rows:
            _blank(unit_id, rows, number, key, reason, actor_id)
            model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    if not rows:
        model.Session.rollback()
        raise tk.ValidationError(
            {"line": [tk._("There is no such line that still has words")]}
        )
    return len(rows)


def _standing(unit_id: str | None = None) -> Any:
    query = (
        sa.select(OpenListLine)
        .join(OpenList, OpenList.id == OpenListLine.list_id)
        .where(OpenListLine.withdrawn_at.is_(None))
        .order_by(OpenListLine.list_id, OpenListLine.place)
        .with_for_update(of=OpenListLine)
    )
    return query.where(OpenList.unit_id == unit_id) if unit_id else query


def forget(entry_id: str) -> None:
    """Take out the words of an entry, in the caller's transaction; nothing is said of
    why. For what must not be known to have been there (Art. 2)."""
    rows = model.Session.scalars(
        _standing().where(OpenListLine.entry_id == entry_id)
    ).all()
    lists = sa.select(OpenList.id, OpenList.unit_id).where(
        OpenList.id.in_({row.list_id for row in rows})
    )
    units: dict[str, str] = {
        row.id: row.unit_id for row in model.Session.execute(lists)
    }
    for unit_id in sorted(set(units.values())):
        mine = [row for row in rows if units[row.list_id] == unit_id]
        _blank(unit_id, mine, None, mine[0].key, "", None)


def _blank(
    unit_id: str,
    rows: Iterable[OpenListLine],
    number: int | None,
    key: str | None,
    reason: str,
    actor_id: str | None,
) -> None:
    now, words, count = datetime.datetime.now(_UTC), set(), 0
    for row in rows:
        if key is not None:
            words.add(
                open_list.mark(
                    open_list_publishing.as_line(row), open_list_sources.secret()
                )
            )
        row.title, row.fields, row.nonce, row.withdrawn_at = "", {}, "", now
        count += 1
    withdrawal = Withdrawal(
        id=make_uuid(),
        unit_id=unit_id,
        number=number,
        key=key,
        words=sorted(words),
        reason=reason,
        withdrawn_by=actor_id,
    )
    model.Session.add(withdrawal)
    model.Session.add(OpenListTouch(unit_id=unit_id))
    trail.record(
        "open_list_withdraw",
        actor_id=actor_id,
        object_type="open_list",
        object_id=withdrawal.id,
        unit_id=unit_id,
        detail={"version": number, "line": key, "lines": count},
    )
