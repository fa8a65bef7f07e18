"""Keeping incidents: opened, noted, moved, shown."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.opening.model_freezes import Freeze
from ckanext.edudata.operations import incident_rules
from ckanext.edudata.operations.model_incidents import Incident, IncidentStep
from ckanext.edudata.units import people, who_may

Shown = dict[str, Any]


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def get(incident_id: str, *, lock: bool = False) -> Incident:
    """An incident as it stands in the database.

    :raises ObjectNotFound: there is none
    """
    row = model.Session.get(
        Incident, incident_id, populate_existing=True, with_for_update=lock or None
    )
    if row is None:
        raise not_found()
    return row


def not_found() -> tk.ObjectNotFound:
    return tk.ObjectNotFound(tk._("There is no such incident"))


def may(user_id: str | None, permission: str, unit_id: str) -> bool:
    return people.holds(user_id, who_may.roles_for(permission), unit_id)


def note(
    row: Incident,
    kind: str,
    actor_id: str | None,
    *,
    words: str = "",
    at: datetime.datetime | None = None,
    detail: Shown | None = None,
) -> None:
    """Add a step in the open transaction, on the audit trail too."""
    step = IncidentStep(
        incident_id=row.id,
        kind=kind,
        at=at or now(),
        actor_id=actor_id,
        words=words,
        detail=detail or {},
    )
    model.Session.add(step)
    row.version += 1
    model.Session.flush()
    trail.record(
        "incident_note" if kind in incident_rules.NOTED else f"incident_{kind}",
        actor_id=actor_id,
        object_type="incident",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"step": step.id, "kind": kind, "state": row.state, **(detail or {})},
    )


def froze(incident_id: str, freeze: Freeze, actor_id: str) -> None:
    """Note a freeze in its incident, in the open transaction.

    :raises ValidationError: the incident is not one of this unit, or closed
    """
    row = get(incident_id, lock=True)
    if row.state == "closed" or not may(actor_id, "incident_note", row.unit_id):
        words = tk._("Choose an incident that is open and yours to write to.")
        raise tk.ValidationError({"incident_id": [words]})
    if freeze.dataset_id not in row.datasets:
        row.datasets = [*row.datasets, freeze.dataset_id]
    _noted(row, "freeze", freeze, actor_id)


def lifted(incident_id: str, freeze: Freeze, actor_id: str) -> None:
    """Note in its incident that a freeze was lifted, in the open transaction."""
    _noted(get(incident_id, lock=True), "lift", freeze, actor_id)


def _noted(row: Incident, kind: str, freeze: Freeze, actor_id: str) -> None:
    detail = {"dataset": freeze.dataset_id, "freeze": freeze.id}
    if freeze.outcome:
        detail["outcome"] = freeze.outcome
    step = IncidentStep(
        incident_id=row.id, kind=kind, at=now(), actor_id=actor_id, detail=detail
    )
    # The freeze is on the trail by itself.
    model.Session.add(step)
    row.version += 1
    model.Session.flush()


def steps(incident_id: str) -> list[IncidentStep]:
    """What happened, in the order it happened."""
    query = sa.select(IncidentStep).where(IncidentStep.incident_id == incident_id)
    return list(model.Session.scalars(query.order_by(IncidentStep.at, IncidentStep.id)))


def frozen(incident_id: str) -> list[Freeze]:
    """Freezes in force for an incident."""
    query = sa.select(Freeze).where(
        Freeze.incident_id == incident_id, Freeze.lifted_at.is_(None)
    )
    return list(model.Session.scalars(query))


def missing(row: Incident) -> list[str]:
    """What is still to be noted before it is closed, as keys of the rules."""
    kinds = {step.kind for step in steps(row.id)}
    return incident_rules.missing(row.level, row.facts, kinds, bool(frozen(row.id)))


def due(row: Incident) -> datetime.datetime | None:
    hours = tk.config["ckanext.edudata.incidents.report_hours"]
    return incident_rules.report_due(row.level, row.found_at, hours)


def line(row: Incident, noted: set[str] | None = None) -> Shown:
    """An incident as lists show it."""
    if noted is None:
        noted = {step.kind for step in steps(row.id)}
    by = due(row)
    reported = bool(noted & set(incident_rules.REPORTS))
    return {
        **{key: getattr(row, key) for key in ("id", "number", "unit_id", "kind")},
        **{key: getattr(row, key) for key in ("level", "state", "version")},
        "unit_title": _title(row.unit_id),
        "facts": row.facts,
        "first_sign_at": row.first_sign_at.isoformat(),
        "found_at": row.found_at.isoformat(),
        "opened_at": row.opened_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "report_due": by.isoformat() if by else None,
        "reported": reported,
        "late": bool(by and not reported and now() > by),
    }


def shown(row: Incident) -> Shown:
    """An incident as its actions return it."""
    found = steps(row.id)
    return {
        **line(row, {step.kind for step in found}),
        "opened_by": row.opened_by,
        "datasets": [_dataset(dataset_id) for dataset_id in row.datasets],
        "steps": [
            {
                "id": step.id,
                "kind": step.kind,
                "at": step.at.isoformat(),
                "noted_at": step.noted_at.isoformat(),
                "actor_id": step.actor_id,
                "words": step.words,
                "detail": step.detail,
            }
            for step in found
        ],
        "missing": missing(row) if row.state != "closed" else [],
    }


def _dataset(dataset_id: str) -> Shown:
    package = model.Package.get(dataset_id)
    query = sa.select(Freeze.id).where(
        Freeze.dataset_id == dataset_id, Freeze.lifted_at.is_(None)
    )
    return {
        "id": dataset_id,
        "name": package.name if package else "",
        "title": package.title if package else "",
        "frozen": model.Session.scalar(query) is not None,
    }


def _title(unit_id: str) -> str:
    group = model.Group.get(unit_id)
    return (group.title or "") if group else ""


def shown_freeze(row: Freeze) -> Shown:
    """A freeze as its actions return it."""
    plain = ("id", "dataset_id", "unit_id", "incident_id", "frozen_by", "final")
    package = model.Package.get(row.dataset_id)
    return {
        **{key: getattr(row, key) for key in (*plain, "lifted_by", "outcome")},
        "dataset_title": package.title if package else "",
        "dataset_name": package.name if package else "",
        "frozen_at": row.frozen_at.isoformat(),
        "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
        "versions": sum(state != "stopped" for state in row.releases.values()),
        "grants": len(row.grants),
        "settled": row.settled_at is not None,
    }
