"""What new findings in released data lead to, on record (see `consequences`)."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import click
import sqlalchemy as sa
from ckan import model
from flask import has_request_context

from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization import consequences, rereads
from ckanext.edudata.desensitization.model import Reread
from ckanext.edudata.desensitization.report import CheckReport
from ckanext.edudata.units import people

_OUTCOMES = {"fine": "fine", "stop": "stopped", "date": "dated"}

FOUND = (
    "The rules of the personal-data check were renewed. What is open here is looked at "
    "anew and is not offered meanwhile."
)
OVERDUE = (
    "What the renewed personal-data check pointed out was not corrected in time. The "
    "data are not offered until it is."
)


def act(row: Reread, opening_class: str) -> str:
    """Draw the consequence of a reading, once; what was done, see `Reread.outcome`.

    Stops before it notes that it stopped: killed in between, it is done again, and
    finds it done.
    """
    report = CheckReport.from_dict(row.report["report"])
    key = (row.ruleset, row.kind, row.subject)
    wanted = outcome(report, opening_class)
    if wanted == "stopped":
        stop(row, FOUND)
    if report.classified:
        _forget(row)
    row = _locked(key)
    if row.outcome is not None:
        model.Session.rollback()
        return row.outcome
    now = _now()
    row.outcome, row.acted_at = wanted, now
    earlier = _supersede(row)
    if wanted == "dated":
        days = datetime.timedelta(days=tk.config["ckanext.edudata.recheck.days"])
        # A date that was given stays: another change of the rules does not move it.
        row.due_at = min([now + days, *earlier])
    if wanted != "fine":
        tell_unit(row, report)
    model.Session.commit()
    return wanted


def outcome(report: CheckReport, opening_class: str) -> str:
    """What a reading leads to, see `Reread.outcome`."""
    return _OUTCOMES[consequences.consequence(report, opening_class)]


def gone(row: Reread) -> str:
    """Nobody gets it any more: there is nothing left to do about it."""
    row.outcome, row.acted_at = "gone", _now()
    _supersede(row)
    model.Session.commit()
    return "gone"


def due(row: Reread, report: CheckReport | None, opening_class: str) -> str:
    """The date is over: stop what is not in order by now. How it was closed."""
    key = (row.ruleset, row.kind, row.subject)
    closed = "stopped"
    if report is not None and (
        consequences.consequence(report, opening_class) == consequences.FINE
    ):
        closed = "passed"
    if closed == "stopped":
        stop(row, OVERDUE)
    close(key, closed)
    return closed


def close(key: tuple[str, str, str], closed: str) -> None:
    """Close a finding that had a date."""
    row = _locked(key)
    if row.closed_at is None:
        row.closed, row.closed_at = closed, _now()
        trail.record(
            "recheck_close",
            actor_id=None,
            object_type="dataset",
            object_id=row.dataset_id,
            unit_id=row.unit_id,
            detail={"version": row.version, "ruleset": row.ruleset, "how": closed},
        )
    model.Session.commit()


def stop(row: Reread, reason: str) -> None:
    """Stop the dataset, or the earlier version that it was found in.

    :raises ValidationError: it is still open
    """
    data: dict[str, Any] = {"id": row.dataset_id}
    place = {"dataset_id": row.dataset_id, "version": row.version}
    now = state(place)
    if now == "stopped":
        return
    if now == "replaced":
        data["version"] = row.version
    with site_language():
        data["reason"] = tk._(reason)
        try:
            tk.get_action("edudata_stop")(people.system_context(), data)
        except tk.ValidationError:
            model.Session.rollback()
            if state(place) != "stopped":
                # Released anew at this moment: the next round finds it so.
                raise


def state(place: Mapping[str, Any]) -> str:
    """State of the version of a dataset that something was found in.

    :param place: `{dataset_id, version}`
    :returns: live, replaced or stopped; what is not there any more is stopped
    """
    return states(place["dataset_id"]).get(place["version"], "stopped")


def states(dataset_id: str) -> dict[int, str]:
    """State of each version of a dataset."""
    try:
        versions = tk.get_action("edudata_release_list")(
            {"ignore_auth": True}, {"id": dataset_id}
        )
    except tk.ObjectNotFound:
        return {}
    return {each["version"]: each["state"] for each in versions}


def _forget(row: Reread) -> None:
    """What carries a classification mark is removed, every copy of it (Art. 2)."""
    whole = row.kind == "words"
    tk.get_action("edudata_released_content_forget")(
        {"ignore_auth": True},
        {"id": row.entry_id, "resources": None if whole else [row.resource_id]},
    )
    rereads.forget([row.resource_id])
    model.Session.commit()


def tell_unit(row: Reread, report: CheckReport) -> None:
    """The one place where a unit is told what new rules found in its released data.

    In the open transaction: on record, and by notice and mail to its compilers,
    reviewers and security officers, whose desk shows it.
    """
    told = {
        "entry": row.entry_id,
        "version": row.version,
        "outcome": row.outcome,
        "entities": sorted({f.entity for f in report.findings if not f.passed}),
        "due": row.due_at.date().isoformat() if row.due_at else None,
    }
    trail.record(
        "recheck_found",
        actor_id=None,
        object_type="dataset",
        object_id=row.dataset_id,
        unit_id=row.unit_id,
        detail={**told, "ruleset": row.ruleset, "verdict": row.verdict},
    )
    tk.get_action("edudata_notify")(
        {"ignore_auth": True, "defer_commit": True},
        {
            "kind": "recheck_found",
            "unit_id": row.unit_id,
            "permission": "finding_read",
            "object_type": "dataset",
            "object_id": row.dataset_id,
            "detail": told,
        },
    )


def _supersede(row: Reread) -> list[datetime.datetime]:
    """Close what earlier rules found in the same content; the dates it had."""
    open_ones = model.Session.scalars(
        sa.select(Reread).where(
            Reread.kind == row.kind,
            Reread.subject == row.subject,
            Reread.ruleset != row.ruleset,
            Reread.due_at.is_not(None),
            Reread.closed_at.is_(None),
        )
    ).all()
    for earlier in open_ones:
        earlier.closed, earlier.closed_at = "renewed", _now()
    return [earlier.due_at for earlier in open_ones if earlier.due_at]


def _locked(key: tuple[str, str, str]) -> Reread:
    return model.Session.execute(
        sa.select(Reread)
        .where(
            Reread.ruleset == key[0], Reread.kind == key[1], Reread.subject == key[2]
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


@contextlib.contextmanager
def site_language() -> Iterator[None]:
    """The public reads the reason: on a command line, too, it is in its language."""
    app = None
    if not has_request_context():
        command = click.get_current_context(silent=True)
        app = command.meta.get("flask_app") if command else None
    if app is None:
        yield
        return
    with app.test_request_context():
        yield


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
