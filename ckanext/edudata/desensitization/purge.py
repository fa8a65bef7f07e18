"""Classified files: stopped, every copy removed, no title kept (Art. 2)."""

from __future__ import annotations

import contextlib
import datetime
import os
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import files, uploader

from ckanext.edudata import datastore, settings, storage
from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization import (
    decisions,
    making_model,
    profiles,
    rereads,
)
from ckanext.edudata.desensitization.model import Check, Clearance
from ckanext.edudata.desensitization.report import CheckReport
from ckanext.edudata.units import people


def classified(check: Check, report: CheckReport) -> None:
    """Remove what carries a classification mark.

    A marked file goes with its resource and what was made from it; a marked
    description takes the entry along. The run stays, as bare as the audit trail: that,
    when, and under which rules.
    """
    entry_id, resource_id, subject = check.entry_id, check.resource_id, check.subject
    package = model.Package.get(entry_id)
    unit_id = package.owner_org if package else None
    wanted = [
        resource
        for resource in (package.resources_all if package else [])
        if subject == "metadata"
        or resource_id
        in (resource.id, (resource.extras or {}).get("desensitized_from"))
    ]
    ids = [resource.id for resource in wanted]
    for resource in wanted:
        _remove_file(resource)
        datastore.drop([resource.id])
    if subject == "metadata":
        tk.get_action("dataset_purge")(people.system_context(), {"id": entry_id})
    else:
        for wanted_id in ids:
            tk.get_action("resource_delete")(people.system_context(), {"id": wanted_id})
        for row in model.Session.scalars(
            sa.select(model.Resource).where(model.Resource.id.in_(ids))
        ).all():
            model.Session.delete(row)
    _forget_runs([*ids, resource_id])
    tk.get_action("edudata_entry_forget")(
        {"ignore_auth": True},
        {"id": entry_id, "resources": None if subject == "metadata" else ids},
    )
    tk.get_action("edudata_catalog_forget")(
        {"ignore_auth": True},
        {"id": entry_id, "resources": None if subject == "metadata" else ids},
    )
    # What was released of it, now or under rules that did not see the mark.
    tk.get_action("edudata_released_content_forget")(
        {"ignore_auth": True},
        {"id": entry_id, "resources": None if subject == "metadata" else ids},
    )
    _forget_activities(entry_id)
    check = model.Session.get(Check, check.id) or check
    check.state = "done"
    check.verdict = "blocked"
    check.ruleset = report.ruleset
    check.sha256 = None
    check.stamp = "classified"
    check.progress = None
    check.report = {"classified": True}
    check.finished_at = datetime.datetime.now(datetime.timezone.utc)
    trail.record(
        "classified_purge",
        actor_id=None,
        object_type="entry" if subject == "metadata" else "resource",
        object_id=resource_id,
        unit_id=unit_id,
        detail={"entry": entry_id, "ruleset": report.ruleset},
    )
    model.Session.commit()


def _forget_runs(resource_ids: list[str]) -> None:
    """Empty the reports of earlier runs; remove clearances and clean tables."""
    runs = model.Session.scalars(
        sa.select(Check).where(Check.resource_id.in_(resource_ids))
    ).all()
    keys = {key for run in runs for key in _keys(run.report)}
    for run in runs:
        run.report, run.sha256, run.progress = None, None, None
    model.Session.execute(
        sa.delete(Clearance).where(Clearance.resource_id.in_(resource_ids))
    )
    decisions.forget(resource_ids)
    rereads.forget(resource_ids)
    profiles.forget(resource_ids)
    making_model.forget(resource_ids)
    model.Session.flush()
    for key in keys:
        # The same table may have come from another file, which keeps it.
        if not _used(key):
            storage.remove(key, settings.PRIVATE)


def _keys(report: dict[str, Any] | None) -> list[str]:
    tables = (report or {}).get("tables", [])
    return [table["csv_path"] for table in tables if table.get("csv_path")]


def _used(key: str) -> bool:
    place = Check.report["tables"].contains([{"csv_path": key}])
    return model.Session.scalar(sa.select(Check.id).where(place).limit(1)) is not None


def _forget_activities(entry_id: str) -> None:
    """CKAN's activities keep whole copies of a package, where that plugin is used."""
    if model.Session.scalar(sa.text("SELECT to_regclass('activity')")):
        model.Session.execute(
            sa.text("DELETE FROM activity WHERE object_id = :entry"),
            {"entry": entry_id},
        )


def _remove_file(resource: model.Resource) -> None:
    if resource.url_type != "upload":
        return
    upload = uploader.get_resource_uploader(
        {"id": resource.id, "package_id": resource.package_id, "url": resource.url}
    )
    place = upload.get_path(resource.id)
    kept = getattr(upload, "storage", None)
    if kept is not None:
        with contextlib.suppress(files.exc.MissingFileError):
            kept.remove(files.FileData(files.Location(place)))
    else:
        with contextlib.suppress(FileNotFoundError):
            os.remove(place)
