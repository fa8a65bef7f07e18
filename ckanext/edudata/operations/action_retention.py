"""Purging what is past its time, and what was purged."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.logic.schema import validator_args
from ckan.types import Context, DataDict, Schema, Validator

from ckanext.edudata.operations import retention
from ckanext.edudata.units import people


@validator_args
def _run_schema(ignore_missing: Validator, boolean_validator: Validator) -> Schema:
    return {"dry": [ignore_missing, boolean_validator]}


def _none() -> Schema:
    return {}


@validate(_run_schema)
def edudata_retention_run(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Remove what is past its time (system administrator, or the portal by night).

    :param dry: only say what would be removed (default: false)
    :returns: by rule `{days, found, removed, failed, rows}`
    """
    tk.check_access("edudata_retention_run", context, data_dict)
    dry = bool(data_dict.get("dry"))
    return retention.run(dry=dry, actor_id=people.actor_id(context))


@tk.side_effect_free
@validate(_none)
def edudata_retention_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """The last 50 runs, newest first.

    :returns: `[{id, started_at, finished_at, result}]`
    """
    tk.check_access("edudata_retention_list", context, data_dict)
    rows = model.Session.scalars(
        sa.select(retention.RetentionRun)
        .order_by(retention.RetentionRun.id.desc())
        .limit(50)
    )
    return [
        {
            "id": row.id,
            "started_at": row.started_at.isoformat(),
            "finished_at": row.finished_at.isoformat() if row.finished_at else None,
            "result": row.result,
        }
        for row in rows
    ]
