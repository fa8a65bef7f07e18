"""Reading the audit trail."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import schema
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.audit.model_seals import AuditLeaf
from ckanext.edudata.units import people, who_may


@tk.side_effect_free
@validate(schema.audit_list)
def edudata_audit_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Records of the trail, newest first (Art. 35).

    :param object_id: only of this object (optional)
    :param action: only of this action (optional)
    :param unit_id: only of this unit (optional)
    :param actor_id: only of this person (optional)
    :param outcome: only those that ended so: done, denied or failed (optional)
    :param from: only from this day on, as `2026-01-31`, Shanghai time (optional)
    :param to: only up to this day (optional)
    :param limit: at most so many, 1–1000 (default: 100)
    :param before: only records with a smaller id (optional)
    :returns: `{"count": int, "records": [{id, at, actor_id, action, outcome,
        object_type, object_id, unit_id, detail, block}]}`; `block`: number of the
        sealed block it is in, None while it is in none
    """
    tk.check_access("edudata_audit_list", context, data_dict)
    query = sa.select(AuditRecord)
    actor = people.actor_id(context)
    if not context.get("ignore_auth") and not people.holds(
        actor, ["audit_admin"], None
    ):
        # A supervisor reads of the units they supervise, and of nothing else.
        supervised = people.all_units_where(actor, who_may.roles_for("audit_read"))
        query = query.where(AuditRecord.unit_id.in_(supervised))
    for key in ("object_id", "action", "unit_id", "actor_id", "outcome"):
        if data_dict.get(key):
            query = query.where(getattr(AuditRecord, key) == data_dict[key])
    if data_dict.get("from"):
        query = query.where(AuditRecord.at >= _begin(data_dict["from"]))
    if data_dict.get("to"):
        query = query.where(AuditRecord.at < _end(data_dict["to"]))
    total = sa.select(sa.func.count()).select_from(query.subquery())
    if data_dict.get("before"):
        query = query.where(AuditRecord.id < data_dict["before"])
    rows = model.Session.scalars(
        query.order_by(AuditRecord.id.desc()).limit(data_dict["limit"])
    ).all()
    sealed = sa.select(AuditLeaf.record_id, AuditLeaf.block).where(
        AuditLeaf.record_id.in_([row.id for row in rows])
    )
    block_of = {row.record_id: row.block for row in model.Session.execute(sealed)}
    return {
        "count": model.Session.scalar(total),
        "records": [
            {
                "id": row.id,
                "at": row.at.isoformat(),
                "actor_id": row.actor_id,
                "action": row.action,
                "outcome": row.outcome,
                "object_type": row.object_type,
                "object_id": row.object_id,
                "unit_id": row.unit_id,
                "detail": row.detail,
                "block": block_of.get(row.id),
            }
            for row in rows
        ],
    }


def _begin(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, people.SHANGHAI)


def _end(day: datetime.date) -> datetime.datetime:
    try:
        return _begin(day + datetime.timedelta(days=1))
    except OverflowError:
        return _begin(day)
