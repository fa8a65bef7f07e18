"""What reviews leave to the worker. Each job may be done twice without harm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

log = logging.getLogger(__name__)

_SECONDS = 3600
_LOOKING = 0x656475_6C6F6F6B


def queue(job: Callable[..., Any], arguments: list[Any], title: str) -> bool:
    """Hand a job to the worker; whether it could be handed over."""
    try:
        tk.enqueue_job(
            job,
            arguments,
            title=title,
            queue=tk.config["ckanext.edudata.check.queue"],
            rq_kwargs={"timeout": _SECONDS},
        )
    except Exception:  # noqa: BLE001 - the next call tries again
        log.warning("The job queue is unreachable; %s waits", title)
        return False
    return True


def look(units: list[str]) -> None:
    """Look at all entries of units that were written since they were submitted."""
    from ckanext.edudata.catalog import listing

    with model.ensure_engine().begin() as connection:
        # Each list asks for this while there is something left; one look is enough.
        alone = sa.select(sa.func.pg_try_advisory_xact_lock(_LOOKING))
        if connection.scalar(alone):
            listing.look(listing.query(units, {}), seconds=_SECONDS)
    model.Session.rollback()
