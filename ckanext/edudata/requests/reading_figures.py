"""Service figures out of the record of applications, kept in Redis until it grows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from redis import RedisError

from ckanext.edudata.requests import years_clocks
from ckanext.edudata.requests.counting_figures import History, Step, Told, together
from ckanext.edudata.units import people

_KEPT_SECONDS = 3600
_EVENTS = sa.text(
    """
    SELECT r.unit_id, e.request_id, e.id, e.at, e.command, e.source, e.target, e.reason
    FROM edudata_request_event e JOIN edudata_request r ON r.id = e.request_id
    WHERE e.command NOT IN ('update', 'comment', 'assign', 'renew')
    ORDER BY r.unit_id, e.request_id, e.id
    """
)
# What was counted last: the figures are as good as their last event.
_LAST = sa.text(
    "SELECT id, request_id FROM edudata_request_event ORDER BY id DESC LIMIT 1"
)


def figures() -> list[dict[str, Any]]:
    """Figures by owner and year, of all owners together with `unit_id` None.

    :returns: `[{unit_id, year, **counting_figures.Told}]`, newest year first
    """
    last = model.Session.execute(_LAST).first()
    if last is None:
        return []
    site = tk.config["ckan.site_id"]
    key = f"edudata:{site}:figures:{last.id}:{last.request_id}"
    kept = _kept(key)
    if kept is not None:
        return kept
    found = _counted()
    _keep(key, found)
    return found


def _counted() -> list[dict[str, Any]]:
    between = years_clocks.in_force().between
    rows, histories = [], []
    for unit_id, requests in groupby(_steps(), key=lambda each: each[0]):
        history = History()
        for _unit, steps in requests:
            history.add(steps, between)
        histories.append(history)
        rows += _rows(unit_id, history.told())
    rows += _rows(None, together(histories))
    return sorted(rows, key=lambda row: -row["year"])


def _rows(unit_id: str | None, told: dict[int, Told]) -> list[dict[str, Any]]:
    return [
        {"unit_id": unit_id, "year": year, **asdict(one)} for year, one in told.items()
    ]


def _steps() -> Iterator[tuple[str, list[Step]]]:
    events = model.Session.execute(_EVENTS)
    for (unit_id, _request), found in groupby(events, key=lambda e: (e[0], e[1])):
        yield (
            unit_id,
            [
                Step(
                    event.at.astimezone(people.SHANGHAI).date(),
                    event.command,
                    event.source or "",
                    event.target,
                    event.reason,
                    event.id,
                )
                for event in found
            ],
        )


def _kept(key: str) -> Any:
    try:
        found = connect_to_redis().get(key)
    except RedisError:
        return None
    return json.loads(found) if found else None  # type: ignore[arg-type]


def _keep(key: str, found: list[dict[str, Any]]) -> None:
    try:
        connect_to_redis().set(key, json.dumps(found), ex=_KEPT_SECONDS)
    except RedisError:
        return
