"""When exceptions and the standing rule end: on record, and who is told.

Ending voids clearances: `basis.still_holds` says so at the door. What is released
already stays until its owner acts (design: a mistake changes nothing outside), so the
owner is told.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization import basis, exceptions
from ckanext.edudata.desensitization.model import (
    Check,
    Clearance,
    PublicationException,
    StandingRule,
)
from ckanext.edudata.desensitization.report import CheckReport


def end(
    row: PublicationException, cause: str, actor_id: str | None
) -> list[dict[str, Any]]:
    """End an exception in the caller's transaction; released data that rest on it.

    :param cause: see `exceptions.ENDS`
    """
    row.state = "ended"
    row.end_cause = cause
    row.ended_by = actor_id
    row.ended_at = datetime.datetime.now(datetime.timezone.utc)
    trail.record(
        "exception_end",
        actor_id=actor_id,
        object_type="exception",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"entry": row.entry_id, "cause": cause},
    )
    model.Session.flush()
    return tell(resting_on(exception_id=row.id), exception=row.id)


def by_content(resource_id: str, report: CheckReport) -> None:
    """End a file's exceptions whose column no longer holds their entity."""
    rows = model.Session.scalars(
        sa.select(PublicationException)
        .where(
            PublicationException.resource_id == resource_id,
            PublicationException.scope == "file",
            PublicationException.in_force(),
        )
        .with_for_update()
    ).all()
    gone = exceptions.ended_by_content([basis.plain(row) for row in rows], report)
    for row in rows:
        if row.id in gone:
            end(row, "changed", None)


def by_date() -> list[str]:
    """End what is past its date, begin what was approved for today; the runs due.

    In a transaction for each, so that one that fails holds no other up.
    """
    due = model.Session.scalars(
        sa.select(PublicationException.id).where(
            PublicationException.state == "granted",
            PublicationException.until <= sa.func.now(),
        )
    ).all()
    queued: list[str] = []
    for exception_id in due:
        row = _held(PublicationException, exception_id)
        if row is None or row.state != "granted":
            model.Session.rollback()
            continue
        end(row, "date", None)
        queued += basis.again(files_of(row))
        model.Session.commit()
    return queued + _rules_by_date()


def _rules_by_date() -> list[str]:
    queued: list[str] = []
    for rule_id in model.Session.scalars(
        sa.select(StandingRule.id).where(StandingRule.ended_at.is_(None))
    ).all():
        row = _held(StandingRule, rule_id)
        now = model.Session.scalar(sa.select(sa.func.now()))
        if row is None or row.ended_at is not None or now is None:
            model.Session.rollback()
        elif row.until is not None and row.until <= now:
            queued += end_rule(row, None)
            model.Session.commit()
        elif row.applied_at is None and row.starts <= now:
            row.applied_at = now
            queued += basis.again(basis.checks_of_institutions())
            model.Session.commit()
        else:
            model.Session.rollback()
    return queued


def end_rule(row: StandingRule, actor_id: str | None) -> list[str]:
    """End the standing rule in the caller's transaction; ids of the runs due."""
    row.ended_at = datetime.datetime.now(datetime.timezone.utc)
    row.ended_by = actor_id
    trail.record(
        "standing_rule_end",
        actor_id=actor_id,
        object_type="standing_rule",
        object_id=row.id,
        detail={"cause": "withdrawn" if actor_id else "date"},
    )
    model.Session.flush()
    tell(resting_on(rule_id=row.id), rule=row.id)
    return basis.again(basis.checks_of_institutions())


def files_of(row: PublicationException) -> list[Check]:
    """Last runs over the files that an exception makes a difference to."""
    from ckanext.edudata.desensitization import runs

    own = runs.latest(row.resource_id)
    found = {own.id: own} if own else {}
    if row.scope == "unit":
        for check in basis.checks_with(row.column, row.entity, row.unit_id):
            found[check.id] = check
    return list(found.values())


def resting_on(
    *, exception_id: str | None = None, rule_id: str | None = None
) -> list[dict[str, Any]]:
    """Released data whose clearances rest on an exception or on the rule."""
    wanted = {"exceptions": [exception_id]} if exception_id else {"rule": rule_id}
    ids = model.Session.scalars(
        sa.select(Clearance.id).where(Clearance.basis.contains(wanted))
    ).all()
    return released_on(ids)


def released_on(clearance_ids: Collection[str]) -> list[dict[str, Any]]:
    """Live releases with a file that was cleared by one of these."""
    if not clearance_ids:
        return []
    return tk.get_action("edudata_release_by_clearance")(
        {"ignore_auth": True}, {"clearance_ids": list(clearance_ids)}
    )


def tell(released: list[dict[str, Any]], **why: str) -> list[dict[str, Any]]:
    """Tell the owners of released data that their clearance is void.

    On record for each dataset, and on the desks of the unit's people as long as it is
    so (`edudata_clearance_attention`). Mails may follow from here.
    """
    for item in released:
        trail.record(
            "clearance_void",
            actor_id=None,
            object_type="dataset",
            object_id=item["dataset_id"],
            unit_id=item["unit_id"],
            detail={"version": item["version"], **why},
        )
        tk.get_action("edudata_notify")(
            {"ignore_auth": True, "defer_commit": True},
            {
                "kind": "clearance_void",
                "unit_id": item["unit_id"],
                "permission": "finding_read",
                "object_type": "dataset",
                "object_id": item["dataset_id"],
            },
        )
    return released


def _held(kind: Any, row_id: str) -> Any:
    return model.Session.scalar(
        sa.select(kind)
        .where(kind.id == row_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
