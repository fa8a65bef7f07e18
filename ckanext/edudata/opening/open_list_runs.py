"""Publishing the lists of many units in one go, at once or as a job."""

from __future__ import annotations

import datetime
import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.opening.model_open_list import OpenListRun

log = logging.getLogger(__name__)

AT_ONCE = 20
"""More units than these are published by a job."""

STILL = datetime.timedelta(minutes=5)
"""A run that says nothing for so long was killed; the sweep queues it again."""


def start(unit_id: str, units: list[str], actor_id: str) -> OpenListRun:
    """Begin a run; it is over when this returns, or queued."""
    row = OpenListRun(unit_id=unit_id, units=units, started_by=actor_id, state="queued")
    row.results = []
    model.Session.add(row)
    model.Session.commit()
    if len(units) <= AT_ONCE:
        go_on(row.id)
    else:
        queue(row.id)
    return row


def queue(run_id: str) -> None:
    """Have the worker go on with a run; without one the sweep tries again."""
    try:
        tk.enqueue_job(
            go_on,
            [run_id],
            title="edudata open lists",
            queue=tk.config["ckanext.edudata.check.queue"],
            rq_kwargs={"timeout": 3600},
        )
    except Exception:  # noqa: BLE001 - the run waits for the sweep
        log.warning("The job queue is unreachable; a run of open lists waits")


def go_on(run_id: str) -> None:
    """Publish what a run has not published yet, unit by unit, as who began it."""
    row = _held(run_id)
    while row is not None:
        done = len(row.results)
        if done >= len(row.units):
            row.state = "done"
            row.finished_at = _now()
            model.Session.commit()
            return
        unit_id, user_id = row.units[done], row.started_by
        row.state, row.beat_at = "running", _now()
        model.Session.commit()
        result = _one(unit_id, user_id)
        row = _held(run_id)
        if row is not None and len(row.results) == done:
            row.results = [*row.results, result]


def _held(run_id: str) -> OpenListRun | None:
    return model.Session.scalar(
        sa.select(OpenListRun)
        .where(OpenListRun.id == run_id, OpenListRun.state != "done")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _one(unit_id: str, user_id: str) -> dict[str, Any]:
    """The result of one unit: `{unit_id, state, number, refused, message}`."""
    user = model.User.get(user_id)
    context: Any = {"user": user.name if user else "", "auth_user_obj": user}
    try:
        found = tk.get_action("edudata_open_list_publish")(context, {"unit": unit_id})
    except tk.ValidationError as error:
        model.Session.rollback()
        state = "unchanged" if "unit" in error.error_dict else "failed"
    except (tk.NotAuthorized, tk.ObjectNotFound):
        model.Session.rollback()
        state = "not_allowed"
    except Exception as error:  # noqa: BLE001 - one unit does not hold others up
        model.Session.rollback()
        log.warning("An open list was not published: %s", type(error).__name__)
        state = "failed"
    else:
        return {
            "unit_id": unit_id,
            "state": "published",
            "number": found["number"],
            "refused": found["refused"],
        }
    return {"unit_id": unit_id, "state": state, "number": None, "refused": 0}


def left() -> list[str]:
    """Runs that a killed worker left."""
    return list(
        model.Session.scalars(
            sa.select(OpenListRun.id).where(
                OpenListRun.state != "done", OpenListRun.beat_at < _now() - STILL
            )
        )
    )


def shown(row: OpenListRun) -> dict[str, Any]:
    """A run as those see it who may publish."""
    return {
        "id": row.id,
        "unit_id": row.unit_id,
        "state": row.state,
        "total": len(row.units),
        "done": len(row.results),
        "results": row.results,
        "started_at": row.started_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
