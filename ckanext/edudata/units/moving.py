"""A unit moves or ends: the rows, the trail, and the index after them."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.edudata.audit import trail
from ckanext.edudata.units import placing, tree
from ckanext.edudata.units.model import UnitChange

_LEFT = {
    "entries": "SELECT count(*) FROM package WHERE owner_org = :unit "
    "AND state <> 'deleted' AND type = 'entry'",
    "datasets": "SELECT count(*) FROM package WHERE owner_org = :unit "
    "AND state <> 'deleted' AND type <> 'entry'",
    "units": "SELECT count(*) FROM \"group\" WHERE extras ->> 'superior' = :unit "
    "AND state = 'active'",
    "acts_for": "SELECT count(*) FROM \"group\" WHERE state = 'active' AND (extras ->> "
    "'acting_office' = :unit OR extras ->> 'coordinating_department' = :unit "
    "OR extras ->> 'technical_department' = :unit)",
    "roles": "SELECT count(*) FROM edudata_role_assignment WHERE unit_id = :unit "
    "AND ended_at IS NULL AND (until IS NULL OR until > now())",
}


def move(unit: Any, superior: str, *, actor_id: str | None, reason: str) -> UnitChange:
    """Write the move into the caller's transaction, which holds the tree's lock."""
    before = placing.superior_of(unit.id)
    model.Session.refresh(unit)
    unit.extras["superior"] = superior
    dropped = {}
    office = unit.extras.get("acting_office") or ""
    if office:
        line = tree.with_superiors(superior) if superior else []
        if placing.where(office) not in line:
            unit.extras["acting_office"] = ""
            dropped["office"] = office
    return _changed(
        unit, "move", {"from": before, "to": superior, **dropped}, actor_id, reason
    )


def designated(unit: Any, *, actor_id: str | None) -> UnitChange:
    """Note that another office acts for the unit: who sees its data changes."""
    office = unit.extras.get("acting_office") or ""
    return _changed(unit, "office", {"to": office}, actor_id, "")


def end(unit: Any, into: str, *, actor_id: str | None, reason: str) -> UnitChange:
    """Write the end of a unit into the caller's transaction."""
    unit.state = "deleted"
    change = _changed(unit, "end", {"into": into}, actor_id, reason)
    change.indexed_at = datetime.datetime.now(datetime.timezone.utc)
    return change


def _changed(
    unit: Any, kind: str, detail: dict[str, Any], actor_id: str | None, reason: str
) -> UnitChange:
    change = UnitChange(
        unit_id=unit.id, kind=kind, detail=detail, reason=reason, made_by=actor_id
    )
    model.Session.add(change)
    model.Session.flush()
    trail.record(
        f"unit_{kind}",
        actor_id=actor_id,
        object_type="unit",
        object_id=unit.id,
        unit_id=unit.id,
        detail=detail,
    )
    return change


def remains(unit_id: str) -> dict[str, int]:
    """What the unit still has, by kind."""
    return {
        key: model.Session.scalar(sa.text(query), {"unit": unit_id}) or 0
        for key, query in _LEFT.items()
    }


def index(*change_ids: str) -> int:
    """Give the search index the new places of units that moved; how many packages.

    In one pass for all. What is not done is found by `unindexed`.
    """
    if not change_ids:
        return 0
    moved = model.Session.scalars(
        sa.select(UnitChange.unit_id).where(UnitChange.id.in_(change_ids))
    ).all()
    units: dict[str, None] = {}
    for unit_id in moved:
        if unit_id not in units:
            units.update(dict.fromkeys(tree.with_subordinates(unit_id)))
    ids = model.Session.scalars(
        sa.select(model.Package.id).where(
            model.Package.owner_org.in_(list(units)), model.Package.state == "active"
        )
    ).all()
    if ids:
        search.rebuild(package_ids=list(ids))
        # CKAN leaves the commit of several to Solr's own time.
        search.commit()
    model.Session.execute(
        sa.update(UnitChange)
        .where(UnitChange.id.in_(change_ids))
        .values(indexed_at=sa.func.now())
    )
    model.Session.commit()
    return len(ids)


def unindexed() -> list[str]:
    """Ids of the changes that the index has not followed."""
    return list(
        model.Session.scalars(
            sa.select(UnitChange.id).where(UnitChange.indexed_at.is_(None))
        )
    )
