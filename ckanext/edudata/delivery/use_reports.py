"""Keeping reports of use: due, reminded of, filed, read."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.delivery import holding, report_rules
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_after import UseReport
from ckanext.edudata.feedback import telling
from ckanext.edudata.requests import book
from ckanext.edudata.units import who_may

SHOWN = ("request_id", "grant_id", "user_id", "unit_id", "form", "late", "words")


def grant_of(request_id: str) -> Grant:
    """The grant that a report is about.

    :raises ObjectNotFound: there is none
    """
    query = sa.select(Grant).where(Grant.request_id == request_id)
    grant = model.Session.scalar(
        query.order_by(Grant.created_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if grant is None:
        raise tk.ObjectNotFound(tk._("There is no such grant"))
    return grant


def of(grant: Grant) -> UseReport | None:
    return model.Session.get(UseReport, grant.request_id, populate_existing=True)


def _day(moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(tk.h.get_display_timezone()).date()


def due(grant: Grant) -> datetime.date:
    """Last day for the report of a grant, by what was decided, not by an extension."""
    ended = grant.changed_at if grant.state in ("ended", "revoked") else None
    last = grant.granted_until - datetime.timedelta(seconds=1)
    span = report_rules.Span(
        starts=_day(grant.starts),
        last=_day(last),
        ended=_day(ended) if ended and ended < last else None,
    )
    return report_rules.due(span, tk.config["ckanext.edudata.use_reports.days_before"])


def stage(grant: Grant, row: UseReport | None) -> str:
    remind = tk.config["ckanext.edudata.use_reports.days_remind"]
    filed = row is not None and row.filed_at is not None
    return report_rules.stage(due(grant), book.today(), remind, filed)


def locked(grant: Grant) -> UseReport:
    """The report of a grant, made where there is none, held until the transaction
    ends."""
    model.Session.execute(
        sa.text(
            "INSERT INTO edudata_use_report (request_id, grant_id, user_id, unit_id)"
            " VALUES (:request, :grant, :user, :unit) ON CONFLICT DO NOTHING"
        ),
        {
            "request": grant.request_id,
            "grant": grant.id,
            "user": grant.user_id,
            "unit": grant.unit_id,
        },
    )
    query = sa.select(UseReport).where(UseReport.request_id == grant.request_id)
    return model.Session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one()


def record(name: str, actor_id: str | None, row: UseReport, **detail: Any) -> None:
    trail.record(
        name,
        actor_id=actor_id,
        object_type="request",
        object_id=row.request_id,
        unit_id=row.unit_id,
        detail={"grant": row.grant_id, **detail},
    )


def shown(grant: Grant, row: UseReport | None) -> dict[str, Any]:
    """A report as its actions return it; one that nobody began has no words."""
    package = model.Package.get(grant.dataset_id)
    found: dict[str, Any] = {
        **dict.fromkeys(("filed_at", "read_at")),
        "request_id": grant.request_id,
        "grant_id": grant.id,
        "user_id": grant.user_id,
        "unit_id": grant.unit_id,
        "form": {},
        "late": False,
        "words": "",
    }
    if row is not None:
        found |= {name: getattr(row, name) for name in SHOWN}
        for name in ("filed_at", "read_at"):
            moment = getattr(row, name)
            found[name] = moment.isoformat() if moment else None
    return {
        **found,
        "request_number": grant.request_number,
        "dataset_id": grant.dataset_id,
        "dataset_title": package.title if package else "",
        "grant_state": holding.shown(grant)["state"],
        "due": due(grant).isoformat(),
        "stage": stage(grant, row),
    }


def soon_due() -> Any:
    """Condition on grants whose report may be due soon, or was."""
    days = sum(
        tk.config[f"ckanext.edudata.use_reports.{name}"]
        for name in ("days_before", "days_remind")
    )
    soon = holding.now() + datetime.timedelta(days=days + 1)
    return Grant.state.in_(["ended", "revoked"]) | (Grant.granted_until < soon)


def to_remind() -> list[str]:
    """Ids of the grants whose holders may have to be reminded now."""
    told = (UseReport.told == "late") | UseReport.filed_at.is_not(None)
    query = sa.select(Grant.id).where(
        Grant.request_id.not_in(sa.select(UseReport.request_id).where(told)),
        soon_due(),
    )
    return list(model.Session.scalars(query.order_by(Grant.granted_until)))


def remind(grant_id: str) -> list[str]:
    """Tell the holder once that a report is due soon, once that it is late, and its
    owner of the latter; ids of the new notices. In the open transaction."""
    grant = holding.get(grant_id)
    row = of(grant)
    reached = stage(grant, row)
    if not reached or (row is not None and row.told in (reached, "late")):
        return []
    row = locked(grant)
    if row.told in (reached, "late") or row.filed_at is not None:
        return []
    row.told, row.due = reached, due(grant)
    made = {
        "unit_id": grant.unit_id,
        "object_type": "grant",
        "object_id": grant.id,
        "detail": {"request": grant.request_id, "due": str(row.due)},
    }
    ids = telling.note(f"use_report_{reached}", [grant.user_id], **made)
    if reached == "late":
        watch = _watchers(grant.unit_id, {grant.user_id})
        ids += telling.note("use_report_missing", watch, **made)
    return ids


def _watchers(unit_id: str, apart: set[str]) -> list[str]:
    return telling.responsible(unit_id, who_may.roles_for("request_review"), apart)
