"""The rule set in force, and what new rules found in released data."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.desensitization import aftermath, recheck, schema_ruleset
from ckanext.edudata.desensitization.model import Reread
from ckanext.edudata.units import people, who_may

_SHOWN = datetime.timedelta(days=30)
"""So long it is told that an earlier version was stopped."""


@tk.side_effect_free
def edudata_ruleset_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The rule set in force, and how far a staged one is.

    :returns: `{in_force, since, code, staged, read, total, running, stopped, dated}`:
        `read` of `total` files, released tables and descriptions were read by the
        rules of the code; `stopped` and `dated` released ones they had stopped, or
        gave a date to
    """
    tk.check_access("edudata_ruleset_show", context, data_dict)
    return recheck.status()


@tk.side_effect_free
@validate(schema_ruleset.reread_list)
def edudata_reread_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Released data in which new rules found something, in the units one works for.

    Those with a date until they are in order, those that were stopped until they are
    released anew; an earlier version that was stopped for 30 days.

    :param resource_id: only what comes from this file of an entry, or from the
        description of this entry (optional)
    :returns: `[{dataset_id, title, version, entry_id, resource_id, kind, verdict,
        entities, outcome, due_at, acted_at}]`, the nearest date first
    """
    tk.check_access("edudata_reread_list", context, data_dict)
    units = people.all_units_where(
        people.actor_id(context), who_may.roles_for("finding_read")
    )
    query = (
        sa.select(Reread, model.Package)
        .join(model.Package, model.Package.id == Reread.dataset_id)
        .where(
            model.Package.owner_org.in_(units),
            sa.or_(
                sa.and_(Reread.outcome == "dated", Reread.closed_at.is_(None)),
                Reread.outcome == "stopped",
                Reread.closed == "stopped",
            ),
        )
        .order_by(Reread.due_at.asc().nulls_first(), Reread.acted_at.desc())
    )
    if data_dict.get("resource_id"):
        query = query.where(Reread.resource_id == data_dict["resource_id"])
    states = _States()
    found = [_shown(row, dataset) for row, dataset in model.Session.execute(query)]
    return [each for each in found if states.concerns(each)][: data_dict["limit"]]


def edudata_reread_due(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Stop released data whose date is over (internal, for `ckan edudata sweep`).

    :returns: how many were `{stopped, passed, gone}`
    """
    tk.check_access("edudata_reread_due", context, data_dict)
    return recheck.overdue()


def _shown(row: Reread, dataset: model.Package) -> dict[str, Any]:
    report = row.report["report"]
    stopped_at = row.closed_at or row.acted_at
    open_ones = [each for each in report["findings"] if not each["passed"]]
    return {
        "dataset_id": row.dataset_id,
        "title": dataset.title,
        "version": row.version,
        "entry_id": row.entry_id,
        "resource_id": row.resource_id,
        "kind": row.kind,
        "verdict": row.verdict,
        "grounds": report["grounds"],
        "entities": sorted({each["entity"] for each in open_ones}),
        "outcome": "stopped" if row.closed == "stopped" else row.outcome,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "acted_at": stopped_at.isoformat() if stopped_at else None,
    }


class _States:
    """Which of the versions still concern somebody; each dataset is asked once."""

    def __init__(self) -> None:
        self.known: dict[str, dict[int, str]] = {}

    def concerns(self, found: dict[str, Any]) -> bool:
        dataset_id = found["dataset_id"]
        if dataset_id not in self.known:
            self.known[dataset_id] = aftermath.states(dataset_id)
        states = self.known[dataset_id]
        if found["outcome"] != "stopped":
            return states.get(found["version"], "stopped") != "stopped"
        if "live" not in states.values():
            return True
        acted = datetime.datetime.fromisoformat(found["acted_at"])
        return datetime.datetime.now(datetime.timezone.utc) - acted < _SHOWN
