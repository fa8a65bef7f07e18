"""Entries in lists: the state of thousands by one query.

The state of an entry depends on its content, and reading that costs a package and its
checks. So the query trusts what was found before, as long as nothing has been written
since (`EntryStanding`); the few others are looked at one by one, and remembered.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Collection, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog import states
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.catalog.model_imports import ImportRow
from ckanext.edudata.catalog.model_review import EntryStanding
from ckanext.edudata.catalog.model_templates import TemplateAnswer
from ckanext.edudata.requests import clocks

SECONDS = 1.5
"""How long one call looks at entries; a job goes on with what is left."""

#: Of the next room; only when its runs began and ended, never what they found.
_CHECK = sa.table(
    "edudata_check",
    sa.column("entry_id"),
    sa.column("number"),
    sa.column("queued_at"),
    sa.column("finished_at"),
)
#: Entries made from a template, and by an import.
_MADE_BY = {
    "template_id": (TemplateAnswer.entry_id, TemplateAnswer.template_id),
    "batch_id": (ImportRow.entry_id, ImportRow.import_id),
}
FILTERS = ("q", *_MADE_BY)
#: What the last version of an entry in a state may be called there.
_DECIDED = {
    "submitted": ("submitted",),
    "security_review": ("security_review", "approved"),
    "returned": ("returned",),
    "approved": ("approved",),
}
_PACKAGE: Any = model.package_table
_VERSION: Any = EntryVersion.__table__
_STANDING: Any = EntryStanding.__table__


def query(
    units: Collection[str],
    asked: Mapping[str, Any],
    *,
    state: str | None = None,
    newest: tuple[int, int] | None = None,
) -> Any:
    """Entries of these units with their states, as a subquery.

    :param asked: `q`, `template_id`, `batch_id`, `entry_ids`, each optional
    :param state: leave out what cannot be in this state; the others are to be asked
    :param newest: only so many of those changed last, behind so many
    """
    p = _PACKAGE
    wanted = sa.select(
        p.c.id, p.c.name, p.c.title, p.c.owner_org, p.c.metadata_modified
    ).where(
        p.c.type == "entry",
        p.c.state == "active",
        p.c.owner_org == sa.func.any(sa.cast(list(units), sa.ARRAY(sa.Text))),
    )
    if asked.get("q"):
        wanted = wanted.where(
            sa.or_(
                p.c.title.icontains(asked["q"], autoescape=True),
                p.c.extras["resource_code"].astext == asked["q"],
            )
        )
    for key, (entry_id, maker) in _MADE_BY.items():
        if asked.get(key):
            wanted = wanted.where(
                p.c.id.in_(sa.select(entry_id).where(maker == asked[key]))
            )
    if asked.get("entry_ids") is not None:
        wanted = wanted.where(p.c.id.in_(asked["entry_ids"]))
    if state in _DECIDED:
        # Most entries wait for nobody: an index tells, and their states need not be.
        wanted = wanted.where(
            sa.exists().where(
                _VERSION.c.entry_id == p.c.id,
                _VERSION.c.state.in_(_DECIDED[state]),
            )
        )
    if newest:
        wanted = wanted.order_by(p.c.metadata_modified.desc(), p.c.id)
        wanted = wanted.limit(newest[0]).offset(newest[1])
    found = wanted.cte("found")
    mine = sa.select(found.c.id)
    v = _last_versions(mine)
    c = (
        sa.select(
            _CHECK.c.entry_id,
            sa.func.max(_CHECK.c.number).label("number"),
            sa.func.max(_CHECK.c.queued_at).label("queued"),
            sa.func.max(_CHECK.c.finished_at).label("finished"),
        )
        .where(_CHECK.c.entry_id.in_(mine))
        .group_by(_CHECK.c.entry_id)
        .subquery("checks")
    )
    s = _STANDING
    return (
        sa.select(
            found.c.id,
            found.c.name,
            found.c.title,
            found.c.owner_org.label("unit_id"),
            found.c.metadata_modified.label("modified"),
            sa.func.coalesce(v.c.number, 0).label("version"),
            v.c.submitted_at,
            v.c.decided_at,
            sa.func.coalesce(c.c.number, 0).label("check_number"),
            c.c.finished.label("check_finished"),
            _state(found, v, c, s).label("state"),
        )
        .select_from(found)
        .outerjoin(v, v.c.entry_id == found.c.id)
        .outerjoin(c, c.c.entry_id == found.c.id)
        .outerjoin(s, sa.and_(s.c.entry_id == found.c.id, s.c.version == v.c.number))
        .subquery("listed")
    )


def _last_versions(ids: Any) -> Any:
    newest = (
        sa.select(_VERSION.c.entry_id, sa.func.max(_VERSION.c.number).label("number"))
        .where(_VERSION.c.entry_id.in_(ids))
        .group_by(_VERSION.c.entry_id)
        .subquery()
    )
    return (
        sa.select(_VERSION)
        .join(
            newest,
            sa.and_(
                newest.c.entry_id == _VERSION.c.entry_id,
                newest.c.number == _VERSION.c.number,
            ),
        )
        .subquery("versions")
    )


def _state(found: Any, v: Any, c: Any, s: Any) -> Any:
    """As `states.state_of`; null where the content has to be looked at."""
    least = tk.config["ckanext.edudata.security_review.grade"]
    light = [g for g in states.GRADES if not states.needs_security(g, least)]
    grade = sa.func.coalesce(v.c.content["data_grade"].astext, "")
    decided = sa.case(
        (
            sa.and_(
                v.c.state == "approved",
                v.c.security_at.is_(None),
                grade.not_in(light),
            ),
            "security_review",
        ),
        else_=v.c.state,
    )
    current = sa.and_(
        s.c.modified == found.c.metadata_modified,
        s.c.check_number == sa.func.coalesce(c.c.number, 0),
        s.c.check_finished.is_not_distinct_from(c.c.finished),
    )
    # Versions from before such memories were kept, or written past CKAN.
    untouched = sa.and_(
        s.c.entry_id.is_(None),
        found.c.metadata_modified <= sa.func.timezone("UTC", v.c.submitted_at),
        sa.or_(c.c.queued.is_(None), c.c.queued <= v.c.submitted_at),
    )
    return sa.case(
        (v.c.entry_id.is_(None), "draft"),
        (sa.and_(current, s.c.same), decided),
        (current, "draft"),
        (untouched, decided),
    )


def look(listed: Any, seconds: float = SECONDS) -> int:
    """Look at entries whose state the query cannot tell; how many are left."""
    rows = model.Session.execute(
        sa.select(listed).where(listed.c.state.is_(None))
    ).all()
    until = time.monotonic() + seconds
    for place, row in enumerate(rows):
        if time.monotonic() > until:
            return len(rows) - place
        package = model.Session.get(model.Package, row.id)
        if package is not None:
            same = standing.Now(package).same
            # Apart: a look must neither keep nor undo what its caller does.
            with model.ensure_engine().begin() as connection:
                connection.execute(_kept({**_stamp(row), "same": same}))
    return 0


def note_submitted(package: model.Package, number: int) -> None:
    """Remember what was submitted, in the transaction that does it."""
    listed = query([package.owner_org or ""], {"entry_ids": [package.id]})
    row = model.Session.execute(sa.select(listed)).first()
    if row is not None:
        model.Session.execute(_kept({**_stamp(row), "version": number, "same": True}))


def _stamp(row: Any) -> dict[str, Any]:
    return {
        "entry_id": row.id,
        "version": row.version,
        "modified": row.modified,
        "check_number": row.check_number,
        "check_finished": row.check_finished,
    }


def _kept(values: dict[str, Any]) -> Any:
    rest = {key: value for key, value in values.items() if key != "entry_id"}
    return (
        insert(_STANDING)
        .values(**values)
        .on_conflict_do_update(index_elements=["entry_id"], set_=rest)
    )


def as_dict(row: Any) -> dict[str, Any]:
    """A row of the list as the action returns it."""
    since = {"submitted": row.submitted_at, "security_review": row.decided_at}.get(
        row.state
    )
    last = today = None
    if since is not None:
        zone = tk.h.get_display_timezone()
        today = datetime.datetime.now(zone).date()
        days = tk.config["ckanext.edudata.review.days"]
        last = clocks.after(since.astimezone(zone).date(), days)
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "unit_id": row.unit_id,
        # What was written since and not yet looked at is a draft until it is.
        "state": row.state or "draft",
        "version": row.version,
        "modified": row.modified.isoformat(),
        "since": since.isoformat() if since else None,
        "due": last.isoformat() if last else None,
        "overdue": bool(last and today and today > last),
    }
