"""The check of rows that came into a working table. Asked by the door only."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.desensitization import profiles, runs, schema
from ckanext.edudata.desensitization.model import Check


@validate(schema.by_resource)
def edudata_rows_check(context: Context, data_dict: DataDict) -> str | None:
    """Note a run over a working table, unless one waits already (internal).

    A run that waits freezes the table when it begins, so it sees what was written
    before. In the caller's transaction; `edudata_rows_check_queue` follows.

    :param resource_id: id of the entry's resource
    :returns: id of the run, None for what is not checked at all
    """
    tk.check_access("edudata_rows_check", context, data_dict)
    resource_id = data_dict["resource_id"]
    transactions.one_at_a_time(f"edudata_rows_{resource_id}")
    last = runs.latest(resource_id)
    if last is None or last.subject == "metadata" or last.stamp == "classified":
        return None
    if last.state == "queued":
        # One over a new file loads it in place of the table, rows and all.
        return last.id
    row = Check(
        entry_id=last.entry_id,
        resource_id=resource_id,
        subject="rows",
        stamp=last.stamp,
    )
    model.Session.add(row)
    model.Session.flush()
    return row.id


@validate(schema.by_check)
def edudata_rows_check_queue(context: Context, data_dict: DataDict) -> None:
    """Hand a run to the workers, after the commit (internal)."""
    tk.check_access("edudata_rows_check", context, data_dict)
    runs.queue([data_dict["check_id"]])


@validate(schema.by_check)
def edudata_profile_only(context: Context, data_dict: DataDict) -> None:
    """Forget profiles of what came before a released content (internal)."""
    tk.check_access("edudata_rows_check", context, data_dict)
    check = model.Session.get(Check, data_dict["check_id"])
    if check is not None:
        profiles.only(check)
