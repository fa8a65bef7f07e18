"""Seals of the trail: made, shown, proven; records of a period with their proofs."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import exporting, jobs, proving, schema_seals, sealing, trail
from ckanext.edudata.audit.model_seals import AuditBlock
from ckanext.edudata.units import people, who_may

SHANGHAI = people.SHANGHAI


def edudata_audit_seal(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Seal what is new (internal, for `ckan edudata audit seal` and the sweep).

    :returns: `{blocks, records, last, busy, stopped}`; `stopped` names why nothing is
        sealed until somebody has looked
    """
    tk.check_access("edudata_audit_seal", context, data_dict)
    return proving.seal()


@tk.side_effect_free
def edudata_audit_seal_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Where the sealing of the trail stands.

    :returns: `{blocks, records, last: {number, sealed_at, head} | None, unsealed:
        {records, oldest, late}, stopped, stopped_words, verified: {at, proven, detail,
        by} | None, anchored: {number, sealed_at} | None}`
    """
    tk.check_access("edudata_audit_seal_show", context, data_dict)
    with model.ensure_engine().begin() as connection:
        last = sealing.last_block(connection)
        stopped = sealing.obstacle(connection, last)
        count = connection.scalar(sa.select(sa.func.count(AuditBlock.number)))
    tail = proving.unsealed()
    oldest, late = tail["oldest"], tk.config["ckanext.edudata.audit.late_seconds"]
    proven = proving.newest("audit_verify")
    return {
        "blocks": count,
        "records": last["total"] if last else 0,
        "last": last
        and {
            "number": last["number"],
            "sealed_at": last["sealed_at"].isoformat(),
            "head": bytes(last["head"]).hex(),
        },
        "unsealed": {
            "records": tail["records"],
            "oldest": oldest.isoformat() if oldest else None,
            "late": bool(oldest) and proving.age(oldest) > late,
        },
        "stopped": stopped,
        "stopped_words": tk._(sealing.OBSTACLES[stopped]) if stopped else None,
        "verified": proven
        and {
            "at": proven.at.isoformat(),
            "proven": proven.outcome == "done",
            "detail": proven.detail,
            "by": proven.actor_id,
        },
        "anchored": proving.anchored(),
    }


@tk.side_effect_free
@validate(schema_seals.audit_block_list)
def edudata_audit_block_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Blocks of the trail, newest first.

    :param before: only blocks with a smaller number (optional)
    :param limit: at most so many, 1–1000 (default: 50)
    :returns: `{"count": int, "blocks": [{number, kind, size, total, sealed_at, head,
        previous, root, note}]}`; the last three but one in hexadecimal digits
    """
    tk.check_access("edudata_audit_block_list", context, data_dict)
    query = sa.select(AuditBlock).order_by(AuditBlock.number.desc())
    if data_dict.get("before"):
        query = query.where(AuditBlock.number < data_dict["before"])
    return {
        "count": model.Session.scalar(sa.select(sa.func.count(AuditBlock.number))),
        "blocks": [
            {
                "number": block.number,
                "kind": block.kind,
                "size": block.size,
                "total": block.total,
                "sealed_at": block.sealed_at.isoformat(),
                "head": bytes(block.head).hex(),
                "previous": bytes(block.previous).hex(),
                "root": bytes(block.root).hex(),
                "note": block.note,
            }
            for block in model.Session.scalars(query.limit(data_dict["limit"]))
        ],
    }


@validate(schema_seals.audit_export)
def edudata_audit_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Records of a period, each with the proof that it was sealed. On record itself.

    Audit administrators get all units, supervisors those they supervise.

    :param from: first day, as `2026-01-31` (Shanghai time)
    :param to: last day
    :returns: `{"records": int, "lines": [...]}`, lines as `exporting.Period.lines`
    :raises ValidationError: too many records for one answer
    """
    tk.check_access("edudata_audit_export", context, data_dict)
    actor = people.actor_id(context)
    units = None
    if not context.get("ignore_auth") and not people.holds(
        actor, ["audit_admin"], None
    ):
        units = people.all_units_where(actor, who_may.roles_for("audit_read"))
    first, last = data_dict["from"], data_dict["to"]
    if not 2000 <= first.year <= last.year <= 2999 or last < first:
        message = tk._("The last day lies before the first, or in no year of ours.")
        raise tk.ValidationError({"to": [message]})
    period = exporting.Period(
        _midnight(first), _midnight(last + datetime.timedelta(days=1)), units
    )
    most = tk.config["ckanext.edudata.audit.export_max"]
    engine = model.ensure_engine().execution_options(isolation_level="REPEATABLE READ")
    with engine.begin() as connection:
        count = period.count(connection)
        if count > most:
            message = tk._(
                "{n} records are more than {most}. Choose a shorter period, or have "
                "the operator take it out by command."
            ).format(n=count, most=most)
            raise tk.ValidationError({"from": [message]})
        lines = list(period.lines(connection))
    trail.record_apart(
        "audit_export",
        actor_id=actor,
        object_type="audit",
        object_id="trail",
        detail={"from": str(first), "to": str(last), "records": count},
    )
    return {"records": count, "lines": lines}


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), SHANGHAI)


def edudata_audit_verify(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Have the whole trail proven in the background.

    :returns: `{"job": id}`; what comes of it stands in `edudata_audit_seal_show`
    """
    tk.check_access("edudata_audit_verify", context, data_dict)
    actor = people.actor_id(context)
    queue = tk.config["ckanext.edudata.check.queue"]
    job = tk.enqueue_job(
        jobs.verify, [actor], queue=queue, rq_kwargs={"timeout": 24 * 3600}
    )
    return {"job": job.id}
