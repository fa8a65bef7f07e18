"""Runs of the check: which are due, how they are queued, which count."""

from __future__ import annotations

import datetime
import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import content
from ckanext.edudata.desensitization import texts
from ckanext.edudata.desensitization.model import Check

log = logging.getLogger(__name__)

SILENT = datetime.timedelta(seconds=60)
"""A run that has not been heard of for so long was killed with its worker."""
#: More than so many runs share child processes, so many each.
_FEW, _TOGETHER = 5, 50


def content_of(entry_id: str) -> dict[str, Any]:
    """The parts of an entry's content that are read, without digests of files."""
    shown = tk.get_action("package_show")(
        {"ignore_auth": True, "use_cache": False}, {"id": entry_id}
    )
    return content.of_entry(shown, {})


def due(entry_id: str) -> list[Check]:
    """Note a run for each file and description that changed since the last one.

    In the caller's transaction; `queue` follows after its commit.
    """
    found: list[Check] = []
    resources = model.Session.scalars(
        sa.select(model.Resource).where(
            model.Resource.package_id == entry_id, model.Resource.state == "active"
        )
    )
    for resource in resources:
        if resource.url_type == "upload":
            stamp = f"{resource.last_modified}|{resource.size}"
            found += _note(entry_id, resource.id, "file", stamp)
    stamp = texts.digest(texts.of_content(content_of(entry_id)))
    return found + _note(entry_id, entry_id, "metadata", stamp)


def _note(entry_id: str, resource_id: str, subject: str, stamp: str) -> list[Check]:
    last = latest(resource_id)
    if last is not None and last.stamp == stamp:
        return []
    row = Check(
        entry_id=entry_id, resource_id=resource_id, subject=subject, stamp=stamp
    )
    model.Session.add(row)
    return [row]


def again(check: Check) -> Check:
    """Note another run over the same subject."""
    row = Check(
        entry_id=check.entry_id,
        resource_id=check.resource_id,
        subject=check.subject,
        stamp=check.stamp,
    )
    model.Session.add(row)
    return row


def queue(check_ids: list[str]) -> None:
    """Hand runs to the workers; without Redis they wait for `ckan edudata sweep`."""
    from ckanext.edudata.desensitization import jobs

    if len(check_ids) <= _FEW:
        asked: list[tuple[Any, Any]] = [(jobs.run_check, one) for one in check_ids]
    else:
        starts = range(0, len(check_ids), _TOGETHER)
        asked = [(jobs.run_checks, check_ids[n : n + _TOGETHER]) for n in starts]
    for work, given in asked:
        many = len(given) if isinstance(given, list) else 1
        try:
            tk.enqueue_job(
                work,
                [given],
                title=f"edudata check {given if many == 1 else many}",
                queue=tk.config["ckanext.edudata.check.queue"],
                rq_kwargs={
                    "timeout": many * (tk.config["ckanext.edudata.check.seconds"] + 120)
                },
            )
        except Exception:  # noqa: BLE001 - the upload is kept, the run waits
            log.warning("The job queue is unreachable; %s checks wait", len(check_ids))
            return


def latest(resource_id: str) -> Check | None:
    """The last run noted for a file or description."""
    return model.Session.scalar(
        sa.select(Check)
        .where(Check.resource_id == resource_id)
        .order_by(Check.number.desc())
        .limit(1)
    )


def last_done(check: Check) -> Check | None:
    """The last run over the same state of a subject that came to its end."""
    return model.Session.scalar(
        sa.select(Check)
        .where(
            Check.resource_id == check.resource_id,
            Check.stamp == check.stamp,
            Check.state == "done",
        )
        .order_by(Check.number.desc())
        .limit(1)
    )


def stuck() -> list[Check]:
    """Runs that nobody works on: queued long ago, or silent."""
    before = datetime.datetime.now(datetime.timezone.utc) - SILENT
    return list(
        model.Session.scalars(
            sa.select(Check).where(
                sa.or_(
                    sa.and_(Check.state == "queued", Check.queued_at < before),
                    sa.and_(Check.state == "running", Check.beat_at < before),
                )
            )
        )
    )
