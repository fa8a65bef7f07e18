"""Extracts: a recipient's own copy of what a grant allows, for some hours."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.delivery import extracts, holding, schema_extracts
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_extracts import Extract
from ckanext.edudata.units import people

_AT_WORK = ("queued", "running")


@validate(schema_extracts.create)
def edudata_extract_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Have one's own copy made of what a grant allows, by a job.

    It holds the granted fields and rows of the granted version, the terms, and the
    recipient's name. An earlier one of the same grant is removed.

    :param grant_id: id of a grant that allows a copy
    :param format: `csv` (default; in a zip, with a mark for Excel), `csv_plain` (in a
        zip, without the mark) or `xlsx`
    :returns: as `edudata_extract_show`, in the state `queued`
    :raises NotAuthorized: the grant gives no copy, or not now
    :raises ValidationError: one is being made; too many rows for a sheet or the quota
    """
    _or_not_found("edudata_extract_create", context, data_dict)
    user_id = people.actor_id(context) or ""
    grant = holding.get(data_dict["grant_id"])
    with transactions.whole():
        row = extracts.ask(grant, user_id, data_dict["format"], _language())
    extracts.queue(row.id)
    return extracts.shown(row)


def _language() -> str:
    try:
        return tk.h.lang() or "zh_Hans_CN"
    except RuntimeError:  # no page: asked from a command
        return tk.config.get("ckan.locale_default") or "zh_Hans_CN"


@tk.side_effect_free
@validate(schema_extracts.by_id)
def edudata_extract_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One's own extract.

    :param id: its id
    :returns: `{id, grant_id, request_id, user_id, format, state, failure, rows,
        rows_done, size, sha256, queued_at, finished_at, expires_at, url}`; `state` is
        `queued`, `running`, `ready`, `failed`, `expired`, `withdrawn` or `removed`;
        `url` answers to its recipient until `expires_at`
    """
    _or_not_found("edudata_extract_show", context, data_dict)
    return extracts.shown(extracts.get(data_dict["id"]))


@tk.side_effect_free
@validate(schema_extracts.of_grant)
def edudata_extract_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """One's own extracts of a grant, newest first.

    :param grant_id: id of the grant
    :returns: as `edudata_extract_show`
    """
    _or_not_found("edudata_extract_list", context, data_dict)
    query = sa.select(Extract).where(
        Extract.grant_id == data_dict["grant_id"],
        Extract.user_id == people.actor_id(context),
    )
    rows = model.Session.scalars(query.order_by(Extract.queued_at.desc()).limit(20))
    return [extracts.shown(row) for row in rows]


@validate(schema_extracts.by_id)
def edudata_extract_remove(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Remove one's own extract before its time.

    :param id: its id
    :returns: as `edudata_extract_show`
    """
    _or_not_found("edudata_extract_remove", context, data_dict)
    with transactions.whole():
        row = extracts.get(data_dict["id"])
        model.Session.refresh(row, with_for_update=True)
        if row.state in ("ready", *_AT_WORK):
            extracts.remove(row, "removed")
            extracts.record("extract_remove", row.user_id, row, {"state": row.state})
    return extracts.shown(row)


def edudata_extract_settle(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Remove what is over, queue again what a killed worker left (internal; the clock
    asks, twice or late without harm).

    :returns: `{removed, queued, cleared}`
    """
    tk.check_access("edudata_extract_settle", context, data_dict)
    removed = sum(_end(row_id) for row_id in _ids(Extract.state == "ready"))
    left = Extract.removed_at.is_(None) & Extract.state.in_(
        ["expired", "withdrawn", "removed", "failed"]
    )
    for row_id in _ids(left):
        row = extracts.get(row_id)
        extracts.remove(row, row.state)
        model.Session.commit()
    before = extracts.now() - extracts.SILENT
    waiting = _ids(Extract.state.in_(_AT_WORK) & (Extract.beat_at < before))
    for row_id in waiting:
        extracts.queue(row_id)
    return {
        "removed": removed,
        "queued": len(waiting),
        "cleared": extracts.clear_up(),
    }


def _ids(condition: Any) -> list[str]:
    return list(model.Session.scalars(sa.select(Extract.id).where(condition)))


def _end(row_id: str) -> bool:
    """Remove one whose time is over, or whose grant does not hold any more."""
    with transactions.whole():
        row = extracts.get(row_id)
        model.Session.refresh(row, with_for_update=True)
        if row.state != "ready":
            return False
        state = ""
        if row.expires_at is None or extracts.now() >= row.expires_at:
            state = "expired"
        else:
            try:
                extracts.judge(row.grant_id, row.user_id)
            except (tk.NotAuthorized, tk.ObjectNotFound):
                state = "withdrawn"
        if state:
            extracts.remove(row, state)
            extracts.record("extract_remove", None, row, {"state": state})
    return bool(state)


def _or_not_found(name: str, context: Context, data_dict: DataDict) -> None:
    """Check access; who may not know of it learns that there is none."""
    try:
        tk.check_access(name, context, data_dict)
    except tk.NotAuthorized:
        if "grant_id" in data_dict:
            grant = model.Session.get(Grant, data_dict["grant_id"])
            if grant and grant.user_id == people.actor_id(context):
                raise
            raise tk.ObjectNotFound(tk._("There is no such grant")) from None
        raise extracts.not_found() from None
