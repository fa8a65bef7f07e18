"""Readings of released content as they are kept, see `Reread`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.desensitization import basis, exceptions, rules
from ckanext.edudata.desensitization.model import Reread
from ckanext.edudata.desensitization.report import CheckReport


def known(subject: dict[str, Any]) -> CheckReport | None:
    """What a dry run, or one that was killed, has read of it already."""
    row = row_of(subject)
    if row is None:
        return None
    now = basis.of(subject["resource_id"])
    if row.report["basis"]["exceptions"] != now["exceptions"]:
        return None
    if not exceptions.same_basis(row.report["basis"], now):
        return None
    return CheckReport.from_dict(row.report["report"])


def row_of(subject: dict[str, Any]) -> Reread | None:
    return model.Session.get(
        Reread,
        (rules.code(), subject["kind"], subject["subject"]),
        populate_existing=True,
    )


def keep(
    subject: dict[str, Any], report: CheckReport, made_under: dict[str, Any]
) -> Reread:
    """Note a reading, in the open transaction; no raw value is in it."""
    row = row_of(subject)
    if row is None:
        row = Reread(
            ruleset=rules.code(), kind=subject["kind"], subject=subject["subject"]
        )
        for key in ("dataset_id", "version", "entry_id", "resource_id", "unit_id"):
            setattr(row, key, subject[key])
        model.Session.add(row)
    kept = report.to_dict()
    kept["profile"] = None
    row.verdict = report.verdict
    row.report = {"report": kept, "basis": made_under}
    model.Session.flush()
    return row


def forget(resource_ids: list[str]) -> None:
    """Empty what was read of classified content, in the open transaction."""
    for row in model.Session.scalars(
        sa.select(Reread).where(Reread.resource_id.in_(resource_ids))
    ):
        bare = CheckReport(sha256="", verdict="blocked", ruleset=row.ruleset)
        bare.classified = True
        row.report = {**row.report, "report": bare.to_dict()}
