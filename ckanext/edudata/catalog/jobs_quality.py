"""Measuring as a job: reading rows takes longer than anybody waits for."""

from __future__ import annotations

import logging

import ckan.plugins.toolkit as tk
from ckan.lib import jobs

from ckanext.edudata.catalog import quality_facts, quality_measure

log = logging.getLogger(__name__)

#: Behind the checks, which people wait for.
QUEUE = "default"
_ID = "edudata-quality"


def measure() -> int:
    """Called by the worker; what a killed one left is still counted as changed."""
    return tk.get_action("edudata_quality_measure")({"ignore_auth": True}, {})


def queue() -> bool:
    """Have what changed measured, once; without a queue the command does it."""
    if not quality_facts.changed(quality_measure.rules(), 1):
        return False
    try:
        if _ID in jobs.get_queue(QUEUE).job_ids:
            return False
        tk.enqueue_job(
            measure,
            title="edudata quality",
            queue=QUEUE,
            rq_kwargs={"job_id": _ID, "timeout": 2 * quality_measure.SECONDS},
        )
    except Exception:  # noqa: BLE001 - it stays noted as changed
        log.warning("The job queue is unreachable; measuring waits")
        return False
    return True
