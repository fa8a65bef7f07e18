"""Sealing and proving as the portal does it: on record, and told to who must know."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import anchors, sealing, trail, verifying
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback import telling
from ckanext.edudata.operations import events
from ckanext.edudata.units import people

log = logging.getLogger(__name__)

_TAIL = sa.text(
    "SELECT count(*) AS records, min(a.at) AS oldest FROM edudata_audit a "
    "WHERE a.xid::xid8 >= CAST(:since AS xid8) AND NOT EXISTS "
    "(SELECT FROM edudata_audit_leaf l WHERE l.record_id = a.id)"
)


def seal() -> dict[str, Any]:
    """Seal what is new; what holds the sealer up is told to audit administrators.

    :returns: `{blocks, records, last, busy, stopped}`
    """
    try:
        done = sealing.seal()
    except sealing.StoppedError as error:
        _alarm("audit_seal", error.code)
        return {"blocks": 0, "records": 0, "busy": False, "stopped": error.code}
    tail = unsealed()
    late = tk.config["ckanext.edudata.audit.late_seconds"]
    if tail["oldest"] and age(tail["oldest"]) > late and not done.busy:
        # A transaction stands open, and holds back all that came after it.
        _alarm("audit_seal", "late")
    return {**done.__dict__, "stopped": None}


def verify(
    found: Sequence[anchors.Anchor], *, actor_id: str | None
) -> verifying.Report:
    """Prove the trail, and put on record what came of it.

    :param found: anchors kept elsewhere
    """
    report = verifying.verify(found)
    first = report.findings[0] if report.findings else None
    trail.record_apart(
        "audit_verify",
        actor_id=actor_id,
        object_type="audit",
        object_id="trail",
        outcome="done" if report.proven else "failed",
        detail={
            "blocks": report.blocks,
            "records": report.records,
            "unsealed": report.unsealed,
            "anchors": report.anchors,
            "head": report.head,
            **({"broken": sum(report.counts.values())} if first else {}),
            **(asdict(first) if first else {}),
        },
    )
    if first:
        _tell(first.kind)
        events.raise_("audit_broken", detail={"finding": first.kind})
        log.error("The audit trail is broken: %s, block %s", first.kind, first.block)
    return report


def unsealed() -> dict[str, Any]:
    """Records in no block: `{records, oldest}`."""
    with model.ensure_engine().begin() as connection:
        last = sealing.last_block(connection)
        since = {"since": last["horizon"] if last else "0"}
        return dict(connection.execute(_TAIL, since).mappings().one())


def newest(action: str) -> AuditRecord | None:
    """The newest record of an action of this room."""
    query = sa.select(AuditRecord).where(AuditRecord.action == action)
    return model.Session.scalar(query.order_by(AuditRecord.id.desc()).limit(1))


def age(moment: datetime.datetime) -> float:
    """Seconds since a moment."""
    return (datetime.datetime.now(datetime.timezone.utc) - moment).total_seconds()


def _alarm(action: str, code: str) -> None:
    """On record and told once, until something else is the matter."""
    log.error("The audit trail is not sealed: %s", code)
    events.raise_("audit_stopped", detail={"reason": code})
    known = newest(action)
    fresh = known is not None and age(known.at) < 24 * 3600
    if fresh and known is not None and known.detail.get("reason") == code:
        return
    trail.record_apart(
        action,
        actor_id=None,
        object_type="audit",
        object_id="trail",
        outcome="failed",
        detail={"reason": code},
    )
    _tell(code)


def _tell(code: str) -> None:
    administrators = sa.text(
        'SELECT DISTINCT a.user_id FROM edudata_role_assignment a JOIN "user" u '
        "ON u.id = a.user_id WHERE a.role = 'audit_admin' AND u.state = 'active' "
        "AND a.ended_at IS NULL AND (a.until IS NULL OR a.until > now())"
    )
    for user_id in model.Session.scalars(administrators).all():
        unit = next(iter(people.units_where(user_id, ["audit_admin"])), "")
        telling.note(
            "audit_trail",
            [user_id],
            unit_id=unit,
            object_type="audit",
            object_id="trail",
            detail={"reason": code},
        )
    model.Session.commit()


def anchored() -> dict[str, Any] | None:
    """The newest anchor of the file that anchors go to: `{number, sealed_at}`."""
    path = sealing.anchors_file()
    try:
        found = anchors.newest(path) if path is not None else None
    except (OSError, anchors.UnreadableError):
        return None
    return found and {"number": found.number, "sealed_at": found.sealed_at}
