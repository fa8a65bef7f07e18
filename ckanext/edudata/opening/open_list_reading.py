"""Published open lists, as everybody reads them.

The words of a version are frozen; beside each line stands what became of it since:
whether the data are open now, and where they are.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.opening import open_list
from ckanext.edudata.opening.model_open_list import OpenList, OpenListUnit, Withdrawal
from ckanext.edudata.opening.open_list_publishing import published

_NOW = sa.text(
    """
    SELECT r.entry_id, p.name, r.opening_class, r.state,
           (SELECT min(c.resource_id) FROM edudata_released_resource c
            WHERE c.release_id = r.id AND c.kind = 'conditional') AS apply_to
    FROM edudata_release r
    JOIN package p ON p.id = r.dataset_id AND p.type = 'dataset' AND p.state = 'active'
    WHERE r.entry_id = ANY(:entries) AND r.state IN ('live', 'stopped')
      AND NOT EXISTS (SELECT 1 FROM edudata_release later
                      WHERE later.dataset_id = r.dataset_id
                        AND later.version > r.version)
    """
)
_STAMP = sa.text(
    """
    SELECT (SELECT count(*) FROM edudata_open_list) AS lists,
           (SELECT max(published_at) FROM edudata_open_list) AS published,
           (SELECT max(withdrawn_at) FROM edudata_open_list_withdrawal) AS withdrawn,
           (SELECT count(*) FROM edudata_release WHERE state = 'live') AS live,
           (SELECT max(released_at) FROM edudata_release) AS released,
           (SELECT max(stopped_at) FROM edudata_release) AS stopped,
           (SELECT md5(string_agg(concat_ws('|', g.id, g.name, g.title, g.state,
                                            g.extras ->> 'superior'),
                                  ';' ORDER BY g.id))
            FROM "group" g WHERE g.is_organization) AS units
    """
)


def unit(reference: str) -> model.Group:
    """The unit of this name or id; a unit that is no more keeps its lists.

    :raises ObjectNotFound: there is none
    """
    found = None if "\x00" in reference else model.Group.get(reference)
    if found is None or not found.is_organization:
        raise tk.ObjectNotFound(tk._("There is no unit at this address."))
    return found


def version(unit_id: str, number: int | None = None) -> OpenList:
    """A version of a unit's list, the newest without a number.

    :raises ObjectNotFound: there is none
    """
    query = sa.select(OpenList).where(OpenList.unit_id == unit_id)
    if number is not None:
        # A number beyond those that the database knows is that of no version.
        query = query.where(OpenList.number == min(number, 2**31 - 1))
    found = model.Session.scalar(query.order_by(OpenList.number.desc()).limit(1))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such open list"))
    return found


def versions(unit_id: str) -> list[dict[str, Any]]:
    """All versions of a unit's list, newest first."""
    rows = model.Session.scalars(
        sa.select(OpenList)
        .where(OpenList.unit_id == unit_id)
        .order_by(OpenList.number.desc())
    )
    return [head(row) for row in rows]


def newest(unit_ids: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Versions of units, those published last first; of all units where empty."""
    query = sa.select(OpenList).order_by(OpenList.published_at.desc(), OpenList.id)
    if unit_ids:
        query = query.where(OpenList.unit_id.in_(unit_ids))
    return [head(row) for row in model.Session.scalars(query.limit(limit))]


def head(row: OpenList) -> dict[str, Any]:
    """What a version says of itself."""
    return {
        "id": row.id,
        "unit": {"id": row.unit_id, **row.unit},
        "number": row.number,
        "published_at": row.published_at.isoformat(),
        "counts": row.counts,
        "count": sum(row.counts.values()),
        "digest": row.digest,
    }


def withdrawals(unit_id: str) -> list[dict[str, Any]]:
    """What was withdrawn from the lists of a unit, newest first, with the reason."""
    rows = model.Session.scalars(
        sa.select(Withdrawal)
        .where(Withdrawal.unit_id == unit_id)
        .order_by(Withdrawal.withdrawn_at.desc())
    )
    return [
        {
            "number": row.number,
            "line": row.key,
            "reason": row.reason,
            "withdrawn_at": row.withdrawn_at.isoformat(),
        }
        for row in rows
    ]


def lines_of(row: OpenList) -> list[dict[str, Any]]:
    """Public lines of a version, with what is so now."""
    found = published(row.id)
    reasons = withdrawals(row.unit_id) if any(x["withdrawn"] for x in found) else []
    now = states(line["entry_id"] for line in found)
    return [
        public(line, place, now.get(line["entry_id"]), _why(line, row.number, reasons))
        for place, line in enumerate(found, 1)
    ]


def _why(
    line: Mapping[str, Any], number: int, reasons: Iterable[Mapping[str, Any]]
) -> str | None:
    if not line["withdrawn"]:
        return None
    for reason in reasons:
        if reason["line"] in (None, line["key"]) and reason["number"] in (None, number):
            return reason["reason"]
    return ""


def states(entry_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What became of the entries behind lines: only what is released to all."""
    rows = model.Session.execute(_NOW, {"entries": list(set(entry_ids))}).mappings()
    return {row["entry_id"]: dict(row) for row in rows}


def public(
    line: Mapping[str, Any],
    place: int,
    state: Mapping[str, Any] | None,
    why: str | None = None,
) -> dict[str, Any]:
    """A line as everybody reads it.

    `now` is the class in which the data are open now, `stopped`, or for what was never
    released `planned` or `closed`; `dataset` the name of the dataset that it leads to.
    """
    if line["withdrawn"]:
        return {
            "place": place,
            "key": line["key"],
            "kind": line["kind"],
            "title": "",
            "fields": {},
            "digest": line["digest"],
            "withdrawn": True,
            "withdrawal_reason": why or "",
            "now": "withdrawn",
            "dataset": None,
            "apply_to": None,
        }
    live = bool(state and state["state"] == "live")
    released = line["kind"] not in (open_list.PLANNED, open_list.CLOSED)
    now = line["kind"]
    if state and live:
        now = state["opening_class"]
    elif released:
        now = open_list.STOPPED
    leads = state is not None and (live or released)
    return {
        "place": place,
        "key": line["key"],
        "kind": line["kind"],
        "title": line["title"],
        "fields": line["fields"],
        "nonce": line["nonce"],
        "digest": line["digest"],
        "withdrawn": False,
        "now": now,
        "dataset": state["name"] if state and leads else None,
        "apply_to": state["apply_to"] if state and live else None,
    }


def stamp() -> tuple[str, datetime.datetime | None]:
    """What every public page of lists depends on, and when it last changed."""
    row = model.Session.execute(_STAMP).mappings().one()
    digest = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()[:32]
    times = (row["published"], row["withdrawn"], row["released"], row["stopped"])
    return digest, max((time for time in times if time), default=None)


def has_lists(unit_ids: Sequence[str]) -> int:
    """How many of the units have published a list."""
    query = sa.select(sa.func.count()).where(
        OpenListUnit.unit_id.in_(unit_ids), OpenListUnit.list_id.is_not(None)
    )
    return model.Session.scalar(query.select_from(OpenListUnit)) or 0
