"""The check as a job: read, judge, clear. Whatever happens, nothing is let out."""

from __future__ import annotations

import atexit
import datetime
import logging
import os
import shutil
import tempfile
import time
from typing import Any

import ckan.plugins.toolkit as tk
import rq
import sqlalchemy as sa
from ckan import model
from ckan.lib import files, uploader

from ckanext.edudata import datastore, settings, storage
from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization import (
    basis,
    canonical,
    ending,
    exceptions,
    purge,
    rows_check,
    rules,
    runs,
    texts,
)
from ckanext.edudata.desensitization.model import Check, Clearance
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport, Progress
from ckanext.edudata.desensitization.sandbox import Sandbox
from ckanext.edudata.opening import classes

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
#: Verdicts of which the owner is told by notice and mail.
_TOLD = ("blocked", "unreadable")

_warm: list[Sandbox] = []


def sandbox() -> Sandbox | None:
    """A warm child for many checks in one process.

    The worker forks for each job, so that a child of its own would be lost with it:
    there each check starts one, or those that came together share one.
    """
    if not _warm:
        if rq.get_current_job() is not None:
            return None
        _warm.append(Sandbox(warm=True))
        atexit.register(_warm[0].close)
    return _warm[0]


def run_checks(check_ids: list[str]) -> None:
    """Work on runs that came together, with one child process for all of them."""
    with Sandbox(warm=True) as shared:
        _warm.append(shared)
        try:
            for check_id in check_ids:
                run_check(check_id)
        finally:
            _warm.remove(shared)


def run_check(check_id: str) -> None:
    """Work on one run. Called by the worker; may be called again for a killed one."""
    check = model.Session.scalar(
        sa.select(Check).where(Check.id == check_id).with_for_update()
    )
    if check is None or not _free(check) or _outdated(check):
        model.Session.rollback()
        return
    check.state = "running"
    check.started_at = check.beat_at = _now()
    check.progress = None
    check.basis = basis.of(check.resource_id)
    model.Session.commit()
    with tempfile.TemporaryDirectory(prefix="edudata-check-") as workdir:
        try:
            report = read(check_id, workdir)
        except Exception:
            # Not even an unforeseen error lets anything out, and its text may quote
            # a cell: only the kind of it is logged.
            model.Session.rollback()
            log.exception("Check %s failed", check_id, exc_info=False)
            report = _crashed()
        _keep(check_id, report)


def _keep(check_id: str, report: CheckReport) -> None:
    """Keep what came out; what cannot be kept is not let out either."""
    try:
        _finish(check_id, report)
    except Exception:
        model.Session.rollback()
        log.exception("Check %s was not kept", check_id, exc_info=False)
        if report.classified:
            # The run stays open, so that the sweep has it done again to the end.
            raise RuntimeError("A purge was not finished") from None
        _finish(check_id, _crashed())
    _go_on(check_id)


def _go_on(check_id: str) -> None:
    """Let an entry release by itself what is clear; the sweep tries again."""
    try:
        tk.get_action("edudata_by_itself_go_on")(
            {"ignore_auth": True}, {"id": _get(check_id).entry_id}
        )
    except Exception:
        model.Session.rollback()
        log.exception("What follows check %s waits", check_id, exc_info=False)


def _free(check: Check) -> bool:
    if check.state == "running" and check.beat_at is not None:
        return _now() - check.beat_at > runs.SILENT
    return check.state != "done"


def _outdated(check: Check) -> bool:
    last = runs.latest(check.resource_id)
    return last is not None and last.id != check.id


def read(check_id: str, workdir: str) -> CheckReport:
    """Read what a run is over; nothing but its progress is kept."""
    from ckanext.edudata.desensitization import engine

    check = _get(check_id)
    if check.subject == "metadata":
        found = texts.of_content(runs.content_of(check.entry_id))
        report = engine.check_metadata(found, sandbox=sandbox())
        report.sha256 = texts.digest(found)
        return report
    last = [0.0]

    def beat(progress: Progress) -> None:
        if time.monotonic() - last[0] < BEAT_SECONDS:
            return
        last[0] = time.monotonic()
        _beat(check_id, progress)

    if check.subject == "rows":
        return rows_check.Reading(
            check,
            options_under(check.basis or basis.of(check.resource_id)),
            workdir,
            fetch=_fetch,
            beat=beat,
            sandbox=sandbox(),
        ).report()
    path, name = _fetch(check.resource_id, workdir)
    digest = canonical.file_digest(path)
    made_before = model.Session.scalars(
        sa.select(Check)
        .where(
            Check.resource_id == check.resource_id,
            Check.sha256 == digest,
            Check.ruleset == engine.RULESET,
            Check.state == "done",
            Check.verdict != "unreadable",
        )
        .order_by(Check.number.desc())
        .limit(10)
    )
    for known in made_before:
        same = exceptions.same_basis(known.basis, check.basis or {})
        if same and known.report and _still_kept(known.report):
            return CheckReport.from_dict(known.report)
    return engine.check_file(
        path,
        name,
        options=options_under(check.basis or basis.of(check.resource_id)),
        workdir=workdir,
        on_progress=beat,
        sandbox=sandbox(),
    )


def options_of(resource_id: str) -> CheckOptions:
    """How a file is read: as it is checked, and as what was released of it is
    read again under new rules."""
    return options_under(basis.of(resource_id))


def options_under(made_under: dict[str, Any]) -> CheckOptions:
    """How a file is read under a basis, see `exceptions`."""
    return CheckOptions(
        k=made_under["k"],
        small_cell=made_under["small_cell"],
        institutions=made_under["rule"] is not None,
        exceptions=exceptions.keys(made_under["exceptions"]),
        wall_seconds=float(tk.config["ckanext.edudata.check.seconds"]),
        memory=tk.config["ckanext.edudata.check.memory_mb"] * 1024**2,
        processes=tk.config["ckanext.edudata.check.processes"],
    )


def _still_kept(report: dict[str, Any]) -> bool:
    return all(
        table["csv_path"] and storage.kept(table["csv_path"], settings.PRIVATE)
        for table in report["tables"]
    )


def _fetch(resource_id: str, workdir: str) -> tuple[str, str]:
    """A local copy of an uploaded file, and its own name."""
    resource = tk.get_action("resource_show")(
        {"ignore_auth": True, "use_cache": False}, {"id": resource_id}
    )
    upload = uploader.get_resource_uploader(dict(resource))
    place = upload.get_path(resource_id)
    path = os.path.join(workdir, "upload")
    kept = getattr(upload, "storage", None)
    if kept is None:
        shutil.copyfile(place, path)
    else:
        with open(path, "wb") as target:
            for chunk in kept.stream(files.FileData(files.Location(place))):
                target.write(chunk)
    return path, resource.get("original_name") or os.path.basename(resource["url"])


def _beat(check_id: str, progress: Progress) -> None:
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.update(Check.__table__)
            .where(Check.__table__.c.id == check_id)
            .values(
                beat_at=sa.func.clock_timestamp(),
                progress={
                    "rows": progress.rows,
                    "cells": progress.cells,
                    "done": progress.done,
                    "total": progress.total,
                },
            )
        )


def _finish(check_id: str, report: CheckReport) -> None:
    """Keep the verdict, and the clearance if there is one, in one transaction."""
    check = _get(check_id)
    entry_id, resource_id = check.entry_id, check.resource_id
    if report.classified:
        purge.classified(check, report)
        return
    made_under = check.basis or basis.of(resource_id)
    used = exceptions.pass_excepted(report, made_under["exceptions"])
    kept = report.to_dict()
    kept["profile"] = None
    for table in kept["tables"]:
        # Clean tables are kept by their digest; a rerun has the digest already.
        if table["csv_path"] and os.path.isabs(table["csv_path"]):
            path = table["csv_path"]
            table["csv_path"] = storage.keep(path, settings.PRIVATE)[0]
            if table is kept["tables"][0] and check.subject == "file":
                datastore.load(path, _columns(table), resource_id)
    if check.subject == "file" and kept["tables"]:
        # Before the run counts as done: afterwards it would change what is submitted.
        tk.get_action("edudata_information_items_guess")(
            {"ignore_auth": True},
            {"resource_id": resource_id, "tables": kept["tables"]},
        )
        check = _get(check_id)
    check.sha256 = report.sha256
    check.ruleset = report.ruleset
    check.verdict = report.verdict
    check.report = kept
    check.state = "done"
    check.finished_at = check.beat_at = _now()
    rules.adopt()
    permitted = classes.permits(report.verdict)
    if permitted != classes.NOT_OPEN:
        model.Session.add(
            Clearance(
                check_id=check.id,
                entry_id=entry_id,
                resource_id=resource_id,
                sha256=report.sha256,
                ruleset=report.ruleset,
                permits=permitted,
                basis=exceptions.rests_on(made_under, report, used),
                tables=[
                    {
                        "sheet": table["sheet"],
                        "columns": _columns(table),
                        "row_count": table["row_count"],
                        "digest": table["digest"],
                        "key": table["csv_path"],
                    }
                    for table in kept["tables"]
                    if table["csv_path"]
                ],
            )
        )
    if check.subject != "metadata":
        tk.get_action("edudata_arrival_checked")(
            {"ignore_auth": True}, rows_check.told(check, permitted)
        )
    ending.by_content(check.resource_id, report)
    package = model.Package.get(entry_id)
    trail.record(
        "check",
        actor_id=None,
        object_type="entry" if check.subject == "metadata" else "resource",
        object_id=resource_id,
        unit_id=package.owner_org if package else None,
        detail={
            "entry": entry_id,
            "verdict": report.verdict,
            "ruleset": report.ruleset,
            "sha256": report.sha256,
        },
    )
    if package and report.verdict in _TOLD and check.subject != "rows":
        tk.get_action("edudata_notify")(
            {"ignore_auth": True, "defer_commit": True},
            {
                "kind": f"check_{report.verdict}",
                "unit_id": package.owner_org,
                "permission": "finding_read",
                "object_type": "resource",
                "object_id": resource_id,
                "detail": {
                    "entry": entry_id,
                    "entities": sorted(
                        {f.entity for f in report.findings if not f.passed}
                    ),
                },
            },
        )
    model.Session.commit()


def _columns(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": column["name"], "label": column["label"], "type": column["type"]}
        for column in table["columns"]
    ]


def _crashed() -> CheckReport:
    from ckanext.edudata.desensitization import engine
    from ckanext.edudata.desensitization.report import Reason

    return CheckReport(
        sha256="",
        verdict="unreadable",
        ruleset=engine.RULESET,
        reason=Reason(
            "crashed", "The check failed. Run it again; if it fails again, tell us."
        ),
    )


def _get(check_id: str) -> Check:
    check = model.Session.get(Check, check_id)
    if check is None:
        raise tk.ObjectNotFound(tk._("There is no such check"))
    return check


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
