"""Entries that release by themselves (Art. 27, 28): a reviewer's standing approval."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import veil
from ckanext.edudata.opening import arrivals, by_itself, door, schema, standing
from ckanext.edudata.opening.model_by_itself import Batch
from ckanext.edudata.units import people

_SHOWN = 10


@tk.side_effect_free
@veil.veiled
@validate(schema.by_id)
def edudata_by_itself_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Whether an entry releases by itself, and what came into it last.

    :param id: id or name of the entry
    :returns: `{on, switched_at, refusal, batches: [{kind, rows, written_at, state,
        reason, resource_id}]}`; `refusal` says why the caller cannot switch it on
    """
    entry = _entry(data_dict["id"])
    tk.check_access("edudata_entry_show", context, {"id": entry.id})
    row = standing.of_entry(entry.id)
    shown = tk.get_action("edudata_entry_show")({"ignore_auth": True}, {"id": entry.id})
    refusal = standing.refusal(shown, people.actor_id(context))
    batches = model.Session.scalars(
        sa.select(Batch)
        .where(Batch.entry_id == entry.id)
        .order_by(Batch.number.desc())
        .limit(_SHOWN)
    )
    return {
        "on": row is not None,
        "switched_at": row.switched_at.isoformat() if row else None,
        "refusal": refusal,
        "batches": [
            {
                "kind": batch.kind,
                "rows": batch.rows,
                "written_at": batch.written_at.isoformat(),
                "state": batch.state,
                "reason": batch.reason,
                "resource_id": batch.resource_id,
            }
            for batch in batches
        ],
    }


@veil.veiled
@validate(schema.by_id)
def edudata_by_itself_start(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let an entry release by itself: new rows and files of the same columns that are
    clear for its class become new versions without a review of their own.

    :param id: id or name of the entry
    :raises ValidationError: it is not released as it stands, or the caller compiled it
    """
    entry = _entry(data_dict["id"])
    tk.check_access("edudata_by_itself_start", context, {"id": entry.id})
    shown = tk.get_action("edudata_entry_show")({"ignore_auth": True}, {"id": entry.id})
    actor = people.actor_id(context)
    refusal = standing.refusal(shown, actor)
    if refusal or actor is None:
        raise tk.ValidationError({"id": [tk._(refusal or "")]})
    standing.start(shown, actor)
    return edudata_by_itself_show(context, {"id": entry.id})


@veil.veiled
@validate(schema.by_id)
def edudata_by_itself_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let an entry no longer release by itself; what is open stays open.

    :param id: id or name of the entry
    """
    entry = _entry(data_dict["id"])
    tk.check_access("edudata_by_itself_end", context, {"id": entry.id})
    actor = people.actor_id(context)
    if not standing.end(entry.id, "switched_off", actor, entry.owner_org):
        model.Session.rollback()
        raise tk.ValidationError(
            {"id": [tk._("This entry does not release by itself")]}
        )
    model.Session.commit()
    return edudata_by_itself_show(context, {"id": entry.id})


@validate(schema.arrival)
def edudata_arrival_checked(context: Context, data_dict: DataDict) -> None:
    """Learn what a check says of what came in, in its transaction (internal).

    :param check_id: id of the run, `check_ids` of all whose rows it has seen
    :param entry_id, resource_id, subject, verdict, permits, sha256: of the run
    """
    tk.check_access("edudata_arrival_checked", context, data_dict)
    arrivals.checked(data_dict)


@validate(schema.by_id)
def edudata_by_itself_go_on(context: Context, data_dict: DataDict) -> str | None:
    """Release what waits in an entry (internal).

    :returns: id of the release, if there is one
    """
    tk.check_access("edudata_arrival_checked", context, data_dict)
    return by_itself.go_on(data_dict["id"])


def edudata_by_itself_settle(context: Context, data_dict: DataDict) -> int:
    """Go on with what a crash left (internal, for `ckan edudata sweep`).

    :returns: how many entries were released
    """
    tk.check_access("edudata_arrival_checked", context, data_dict)
    return by_itself.settle()


def _entry(reference: str) -> model.Package:
    entry = model.Package.get(reference)
    if entry is None or entry.type != door.ENTRY or entry.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such entry"))
    return entry
