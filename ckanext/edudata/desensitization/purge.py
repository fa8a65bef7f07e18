"""Classified files: stopped, every copy removed, no title kept (Art. 2)."""

from __future__ import annotations

import contextlib
import datetime
import os

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import files, uploader

from ckanext.edudata import datastore
from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization.model import Check
from ckanext.edudata.desensitization.report import CheckReport
from ckanext.edudata.units import people


def classified(check: Check, report: CheckReport) -> None:
    """Remove what carries a classification mark.

    A marked file goes with its resource; a marked description takes the entry along.
    The run stays, as bare as the audit trail: that, when, and under which rules.
    """
    entry_id, resource_id, subject = check.entry_id, check.resource_id, check.subject
    package = model.Package.get(entry_id)
    unit_id = package.owner_org if package else None
    wanted = [
        resource
        for resource in (package.resources_all if package else [])
        if subject == "metadata" or resource.id == resource_id
    ]
    for resource in wanted:
        _remove_file(resource)
        datastore.drop([resource.id])
    if subject == "metadata":
        tk.get_action("dataset_purge")(people.system_context(), {"id": entry_id})
    else:
        tk.get_action("resource_delete")(people.system_context(), {"id": resource_id})
        gone = model.Session.get(model.Resource, resource_id)
        if gone is not None:
            model.Session.delete(gone)
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
