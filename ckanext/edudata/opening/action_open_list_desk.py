"""Making, publishing and withdrawing open lists (Art. 16, 27)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.opening import (
    action,
    open_list,
    open_list_diff,
    open_list_publishing,
    open_list_reading,
    open_list_runs,
    open_list_sources,
    open_list_waiting,
    open_list_withdrawing,
    schema_open_list,
)
from ckanext.edudata.opening.model_open_list import OpenListRun, OpenListUnit
from ckanext.edudata.units import people, tree, who_may

_PUBLIC = ("key", "kind", "title", "fields")


@tk.side_effect_free
@validate(schema_open_list.by_unit)
def edudata_open_list_draft(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What the next version of a unit's open list would say, to people of the unit.

    :param unit: id or name of the unit
    :returns: `{unit_id, number, published_at, lines, refused: [{title, kind, reason,
        message}], unmarked, changes, waiting, digest}`; `number` is that of the newest
        version (0: none), `changes` as in `edudata_open_list_diff` against it,
        `unmarked` the number of entries with a planned day that are not marked
        publishable, `digest` to be given back to `edudata_open_list_publish`
    """
    unit = open_list_reading.unit(data_dict["unit"])
    tk.check_access("edudata_open_list_draft", context, {"unit": unit.id})
    draft = open_list_sources.drafts([unit.id], check=True)[unit.id]
    model.Session.commit()
    row = model.Session.get(OpenListUnit, unit.id)
    before = open_list_publishing.published(row.list_id if row else None)
    changes = open_list_diff.diff(_bare(before), _bare(draft.lines))
    return {
        "unit_id": unit.id,
        "number": row.number if row else 0,
        "published_at": row.published_at.isoformat()
        if row and row.published_at
        else None,
        "lines": _bare(draft.lines),
        "refused": [
            {
                "title": item["line"]["title"],
                "kind": item["line"]["kind"],
                "entry_id": item["line"]["entry_id"],
                "reason": item["reason"],
                "message": tk._(open_list_sources.REFUSALS[item["reason"]]),
            }
            for item in draft.refused
        ],
        "unmarked": draft.unmarked,
        "changes": changes,
        "waiting": open_list_diff.waiting(before, draft.lines),
        "digest": open_list.draft_digest(draft.lines),
    }


def _bare(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **{name: line[name] for name in _PUBLIC},
            "withdrawn": bool(line.get("withdrawn")),
        }
        for line in lines
    ]


@validate(schema_open_list.publish)
def edudata_open_list_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish the next version of a unit's open list to society (Art. 27).

    By a reviewer or coordinator. Lines whose words hold personal data are left out.

    :param unit: id or name of the unit
    :param digest: of the draft that was looked at (optional): if something else would
        be published now, nothing is
    :returns: `{unit_id, number, lines, refused, changes}`
    :raises ValidationError: nothing has changed, or something else than was seen
    """
    unit = open_list_reading.unit(data_dict["unit"])
    tk.check_access("edudata_open_list_publish", context, {"unit": unit.id})
    return open_list_publishing.publish(
        unit.id, actor_id=people.actor_id(context), seen=data_dict.get("digest")
    )


@validate(schema_open_list.publish_all)
def edudata_open_list_publish_all(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Publish the lists of a unit and all below it, those in which something changed.

    Up to 20 at once, more as a job; each unit has a result of its own.

    :param unit: id or name of the unit
    :param units: ids of the units (optional; all below, with changes waiting)
    :returns: as `edudata_open_list_run_show`
    :raises ValidationError: nothing waits to be published
    """
    unit = open_list_reading.unit(data_dict["unit"])
    tk.check_access("edudata_open_list_publish_all", context, {"unit": unit.id})
    below = tree.with_subordinates(unit.id)
    wanted = set(data_dict.get("units") or below)
    units = [each for each in below if each in wanted]
    if not data_dict.get("units"):
        waiting = open_list_waiting.rows(units)
        new = set(open_list_waiting.touched(units))
        units = [
            each
            for each in units
            if each in new or (each in waiting and waiting[each].waiting)
        ]
    actor = people.actor_id(context)
    if not units or actor is None:
        raise tk.ValidationError({"units": [tk._("Nothing waits to be published")]})
    run = open_list_runs.start(unit.id, units, actor)
    return open_list_runs.shown(run)


@tk.side_effect_free
@validate(schema_open_list.by_id)
def edudata_open_list_run_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """How far the publishing of many lists is.

    :param id: of the run
    :returns: `{id, unit_id, state: queued | running | done, total, done, results:
        [{unit_id, state: published | unchanged | not_allowed | failed, number,
        refused}], started_at, finished_at}`
    """
    row = model.Session.get(OpenListRun, data_dict["id"])
    asked = {"unit": row.unit_id if row else ""}
    try:
        tk.check_access("edudata_open_list_run_show", context, asked)
    except tk.NotAuthorized:
        row = None
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such run"))
    return open_list_runs.shown(row)


@validate(schema_open_list.withdraw)
def edudata_open_list_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take words out of published open lists, for good, with a reason for all to read.

    For what must not stay public, such as a name in a title. The line stays as
    withdrawn; with exactly these words it is not published again.

    :param unit: id or name of the unit
    :param number: of this version only (optional; otherwise of all)
    :param line: key of the line (optional; otherwise all lines of that version)
    :param reason: shown to the public
    :returns: `{unit_id, lines}`: how many lines lost their words
    :raises ValidationError: neither number nor line; personal data in the reason
    """
    unit = open_list_reading.unit(data_dict["unit"])
    tk.check_access("edudata_open_list_withdraw", context, {"unit": unit.id})
    number, key = data_dict.get("number"), data_dict.get("line") or None
    if number is None and key is None:
        raise tk.ValidationError(
            {"line": [tk._("Say which line, which version, or both")]}
        )
    lines = open_list_withdrawing.withdraw(
        unit.id,
        number=number,
        key=key,
        reason=action._checked_reason(data_dict["reason"]),
        actor_id=people.actor_id(context),
    )
    return {"unit_id": unit.id, "lines": lines}


@tk.side_effect_free
@validate(schema_open_list.waiting)
def edudata_open_list_waiting(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Units whose list one publishes, with what waits in each.

    :param unit: id or name; only this unit and those below it (optional)
    :returns: `[{unit_id, number, published_at, waiting, refused, looked}]`; `looked`
        says whether all that happened is counted already
    """
    tk.check_access("edudata_open_list_waiting", context, data_dict)
    mine = people.all_units_where(
        people.actor_id(context), who_may.roles_for("open_list_publish")
    )
    if data_dict.get("unit"):
        below = tree.with_subordinates(open_list_reading.unit(data_dict["unit"]).id)
        mine = [each for each in below if each in set(mine)]
    rows = open_list_waiting.rows(mine)
    new = set(open_list_waiting.touched(mine))
    return [_waits(each, rows.get(each), each not in new) for each in mine]


def _waits(unit_id: str, row: OpenListUnit | None, looked: bool) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "number": row.number if row else 0,
        "published_at": row.published_at.isoformat()
        if row and row.published_at
        else None,
        "waiting": row.waiting if row else 0,
        "refused": row.refused if row else 0,
        "looked": looked,
    }


def edudata_open_list_settle(context: Context, data_dict: DataDict) -> int:
    """Look at units of which something was noted, tell their people, and go on with
    what a killed worker left (internal, for `ckan edudata sweep`).

    :returns: how many units were looked at
    """
    tk.check_access("edudata_open_list_settle", context, data_dict)
    for run_id in open_list_runs.left():
        open_list_runs.queue(run_id)
    return open_list_waiting.settle()
