"""Reports that an open dataset holds personal data, and what is answered."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import IntegrityError

from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import telling
from ckanext.edudata.feedback.model import Alarm
from ckanext.edudata.units import who_may

#: After so many reports of one dataset more of them add nothing.
MOST_REPORTS = 1000


def harmless(where: str) -> str:
    """The words of a report, or nothing where the check finds somebody in them."""
    if not where.strip():
        return ""
    verdict = tk.get_action("edudata_words_check")(
        {"ignore_auth": True}, {"texts": {"where": where}}
    )["verdict"]
    return where.strip() if verdict == "clear" else ""


def report(dataset: Any, kind: str, where: str) -> tuple[Alarm, list[str]]:
    """The alarm of a dataset, new or with one report more, and new notices. Commits."""
    row = _open(dataset.id)
    if row is None:
        try:
            row = Alarm(
                dataset_id=dataset.id,
                unit_id=dataset.owner_org,
                kind=kind,
                where=where,
            )
            model.Session.add(row)
            model.Session.flush()
        except IntegrityError:
            # Two at once: the other one is the alarm.
            model.Session.rollback()
            row = _open(dataset.id)
            if row is None:
                raise
            row.reports += 1
    elif row.reports < MOST_REPORTS:
        row.reports += 1
        row.where = row.where or where
    trail.record(
        "alarm_raise",
        actor_id=None,
        object_type="alarm",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"dataset": row.dataset_id, "kind": row.kind, "reports": row.reports},
    )
    notices = telling.note(
        "alarm",
        telling.responsible(row.unit_id, who_may.roles_for("stop")),
        unit_id=row.unit_id,
        object_type="alarm",
        object_id=row.id,
        detail={"dataset": row.dataset_id},
    )
    model.Session.commit()
    return row, notices


def answer(row: Alarm, actor_id: str | None, reason: str) -> None:
    """That nothing personal is in it, in the caller's transaction; once."""
    _close(row, "unfounded", actor_id, reason)


def stopped(row: Alarm, actor_id: str | None) -> None:
    """That the dataset is being stopped, in the transaction that stops it."""
    _close(row, "stopped", actor_id, "")


def _close(row: Alarm, state: str, actor_id: str | None, reason: str) -> None:
    row.state, row.answered_by, row.reason = state, actor_id, reason
    row.answered_at = datetime.datetime.now(datetime.timezone.utc)
    trail.record(
        "alarm_answer",
        actor_id=actor_id,
        object_type="alarm",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"dataset": row.dataset_id, "answer": state},
    )


def _open(dataset_id: str) -> Alarm | None:
    return model.Session.scalar(
        sa.select(Alarm)
        .where(Alarm.dataset_id == dataset_id, Alarm.state == "open")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def locked(alarm_id: str) -> Alarm | None:
    """The alarm, held until the end of the transaction."""
    return model.Session.scalar(
        sa.select(Alarm)
        .where(Alarm.id == alarm_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def shown(row: Alarm) -> dict[str, Any]:
    dataset = model.Package.get(row.dataset_id)
    return {
        "id": row.id,
        "dataset_id": row.dataset_id,
        "dataset_name": dataset.name if dataset else "",
        "dataset_title": dataset.title if dataset else "",
        "unit_id": row.unit_id,
        "kind": row.kind,
        "where": row.where,
        "state": row.state,
        "reports": row.reports,
        "reason": row.reason,
        "raised_at": row.raised_at.isoformat(),
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
        "answered_by": row.answered_by,
    }
