"""Years of working days in force: those of the package, and what operators added."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from ckan import model
from flask import g, has_request_context

from ckanext.edudata.requests import clocks
from ckanext.edudata.requests.model_clocks import WorkYear

_KEPT = "edudata_work_calendar"
_HELD: ContextVar[clocks.Calendar | None] = ContextVar(_KEPT, default=None)


@contextmanager
def held() -> Iterator[None]:
    """For a run over many applications: the calendar is read once."""
    token = _HELD.set(in_force())
    try:
        yield
    finally:
        _HELD.reset(token)


def in_force() -> clocks.Calendar:
    """The calendar, read once for a page."""
    kept = _HELD.get()
    if kept is None and has_request_context():
        kept = g.get(_KEPT)
    if kept is None:
        kept = clocks.shipped()
        for row in model.Session.scalars(sa.select(WorkYear)):
            day = datetime.date.fromisoformat
            kept = kept.with_year(row.year, map(day, row.off), map(day, row.work))
        if has_request_context():
            setattr(g, _KEPT, kept)
    return kept


def put(year: int, off: set[Any], work: set[Any], source: str, by: str | None) -> None:
    """Note a year as announced, in the open transaction; the later one stands."""
    row = model.Session.get(WorkYear, year, with_for_update=True)
    if row is None:
        row = WorkYear(year=year)
        model.Session.add(row)
    row.off = sorted(day.isoformat() for day in off)
    row.work = sorted(day.isoformat() for day in work)
    row.source, row.announced_by = source, by
    row.announced_at = datetime.datetime.now(datetime.timezone.utc)
    model.Session.flush()
    if has_request_context():
        g.pop(_KEPT, None)


def listed() -> list[dict[str, Any]]:
    """All years known, newest first: `{year, off, work, source, added, at}`."""
    calendar, added = in_force(), {}
    for row in model.Session.scalars(sa.select(WorkYear)):
        added[row.year] = row
    return [
        {
            "year": year,
            "off": sorted(d.isoformat() for d in calendar.off if d.year == year),
            "work": sorted(d.isoformat() for d in calendar.work if d.year == year),
            "source": added[year].source if year in added else clocks.sources()[year],
            "added": year in added,
            "at": added[year].announced_at.isoformat() if year in added else None,
        }
        for year in sorted(calendar.years, reverse=True)
    ]
