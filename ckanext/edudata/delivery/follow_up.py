"""Numbers of what waits after deliveries, for who watches over units."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.delivery import use_reports
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_after import (
    Provision,
    Recall,
    RecallPerson,
    UseReport,
)
from ckanext.edudata.requests import book


def counts(unit_ids: list[str]) -> dict[str, int]:
    """Of these units: `late` and `filed` reports, `waiting` applications to hand data
    on, `unconfirmed` recipients of recalled data."""
    today = book.today()
    missing = (
        sa.select(Grant)
        .outerjoin(UseReport, UseReport.request_id == Grant.request_id)
        .where(
            Grant.unit_id.in_(unit_ids),
            UseReport.filed_at.is_(None),
            use_reports.soon_due(),
        )
    )
    return {
        "late": sum(
            use_reports.stage(grant, None) == "late"
            for grant in model.Session.scalars(missing)
        ),
        "filed": _count(
            UseReport,
            UseReport.unit_id.in_(unit_ids),
            UseReport.filed_at.is_not(None),
            UseReport.read_at.is_(None),
        ),
        "waiting": _count(
            Provision,
            Provision.unit_id.in_(unit_ids),
            Provision.state == "waiting",
            Provision.due >= today,
        ),
        "unconfirmed": _count(
            RecallPerson,
            RecallPerson.confirmed_at.is_(None),
            RecallPerson.recall_id.in_(
                sa.select(Recall.id).where(
                    Recall.unit_id.in_(unit_ids), Recall.state == "open"
                )
            ),
        ),
    }


def _count(table: Any, *conditions: Any) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return model.Session.scalar(query) or 0
