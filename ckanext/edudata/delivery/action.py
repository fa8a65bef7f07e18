"""Grants and their tokens, and the DataStore's readers as the public may use them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Action, Context, DataDict

from ckanext.edudata.catalog import veil
from ckanext.edudata.delivery import grants, holding, reading, schema, tables
from ckanext.edudata.delivery.model import Delivery, Grant
from ckanext.edudata.units import people


@tk.chained_action
@tk.side_effect_free
def datastore_search(
    next_action: Action, context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """CKAN's; conditional data by a grant, frozen tables and aliases not at all."""
    return veil.call(
        lambda data: _search(next_action, context, data), context, data_dict
    )


def _search(
    next_action: Action, context: Context, data_dict: DataDict
) -> dict[str, Any]:
    table_id = tables.asked_id(data_dict)
    if tables.is_open(table_id):
        return next_action(context, data_dict)
    tables.confined(table_id)
    params = {**data_dict, "resource_id": table_id}
    params.pop("id", None)
    place = tables.place(table_id)
    if place.released:
        return reading.search(next_action, context, place.released, params)
    if place.version:
        params["resource_id"] = place.version
        with tables.opened(place.version):
            return next_action({**context, "ignore_auth": True}, params)
    return next_action(context, params)


@tk.chained_action
@tk.side_effect_free
def datastore_info(
    next_action: Action, context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """CKAN's; conditional data by a grant, frozen tables and aliases not at all."""
    return veil.call(lambda data: _info(next_action, context, data), context, data_dict)


def _info(next_action: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    table_id = tables.asked_id(data_dict)
    tables.confined(table_id)
    params = {**data_dict, "resource_id": table_id}
    params.pop("id", None)
    place = tables.place(table_id)
    if place.released:
        return reading.info(context, place.released, params)
    if place.version:
        reading.check_access("datastore_info", {**context, "ignore_auth": True}, params)
        found = tk.get_action("datastore_search")(
            {}, {"resource_id": table_id, "limit": 0}
        )
        return reading.described(params, found)
    return next_action(context, params)


@validate(schema.grant_create)
def edudata_grant_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let a person read what was approved (for other rooms only).

    Part of the caller's transaction when the context says `defer_commit`.

    :param request_id: the application that was approved
    :param request_number: its number
    :param user_id: who may read
    :param resource_id: public id of the conditional resource
    :param fields: ids of the granted columns
    :param rows: `{field: [values] | {gt|gte|lt|lte: value}}`; absent or empty: all
    :param starts: first moment, `until`: the moment after the last (datetime)
    :param quota_rows: most rows a day (optional)
    :returns: as `edudata_grant_show`
    :raises ValidationError: the released version lacks a column
    """
    tk.check_access("edudata_grant_create", context, data_dict)
    grant = holding.create(data_dict)
    holding.record(
        "grant_create",
        people.actor_id(context),
        grant,
        {"columns": len(grant.fields), "until": grant.until.isoformat()},
    )
    _commit(context)
    return holding.shown(grant)


@validate(schema.grant_move)
def edudata_grant_move(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Freeze, free, revoke or end the grants of an application (for other rooms only).

    Part of the caller's transaction when the context says `defer_commit`.

    :param request_id: the application
    :param state: `active`, `frozen`, `revoked`, `ended` or `expired`
    :returns: the grants, as `edudata_grant_show`
    """
    tk.check_access("edudata_grant_move", context, data_dict)
    moved = holding.move(data_dict["request_id"], data_dict["state"])
    actor_id = people.actor_id(context)
    for grant in moved:
        holding.record("grant_move", actor_id, grant, {"state": grant.state})
    _commit(context)
    return [holding.shown(grant) for grant in moved]


@tk.side_effect_free
@validate(schema.by_id)
def edudata_grant_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A grant, to its holder and to who watches over the owner's deliveries.

    :param id: its id
    :returns: `{id, request_id, request_number, user_id, unit_id, dataset_id,
        resource_id, release_id, fields: [{id, label, type}], rows, starts, until,
        quota_rows, state, tokens: [{jti, created_at}]}`; `state` as it is now,
        `expired` included
    """
    _or_not_found("edudata_grant_show", context, data_dict)
    return holding.shown(holding.get(data_dict["id"]))


@tk.side_effect_free
@validate(schema.grant_list)
def edudata_grant_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One's own grants, or those on the data of a unit, newest first.

    :param unit_id: of this unit, instead of one's own (optional)
    :param request_id: only of this application (optional)
    :param limit: at most so many (default: 50)
    :param offset: skip so many (default: 0)
    :returns: `{"count": int, "results": [as edudata_grant_show]}`
    """
    tk.check_access("edudata_grant_list", context, data_dict)
    query = sa.select(Grant)
    if data_dict.get("unit_id"):
        query = query.where(Grant.unit_id == data_dict["unit_id"])
    else:
        query = query.where(Grant.user_id == people.actor_id(context))
    if data_dict.get("request_id"):
        query = query.where(Grant.request_id == data_dict["request_id"])
    order = [Grant.created_at.desc(), Grant.id]
    total, rows = holding.page(query, order, data_dict["limit"], data_dict["offset"])
    return {"count": total, "results": [holding.shown(grant) for grant in rows]}


@validate(schema.by_grant)
def edudata_grant_token_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A token that opens one's own grant and nothing else; it is shown this once.

    :param grant_id: id of the grant
    :returns: `{token, jti, until}`
    :raises ValidationError: nothing can be read by the grant any more
    """
    _or_not_found("edudata_grant_token_create", context, data_dict)
    grant = holding.get(data_dict["grant_id"])
    refusal = grants.standing(reading.terms(grant, stopped=False), holding.now())
    if refusal and refusal.code != "early":
        raise tk.ValidationError({"grant_id": [tk._(refusal.msgid) % refusal.values]})
    token, secret = holding.issue_token(grant)
    holding.record("grant_token_create", grant.user_id, grant, {})
    model.Session.commit()
    return {"token": secret, "jti": token.id, "until": grant.until.isoformat()}


@validate(schema.by_grant)
def edudata_grant_token_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End tokens of one's own grant.

    :param grant_id: id of the grant
    :param jti: only this token (optional)
    :returns: `{"ended": number of tokens}`
    """
    _or_not_found("edudata_grant_token_end", context, data_dict)
    grant = holding.get(data_dict["grant_id"])
    ended = holding.end_tokens(grant, data_dict.get("jti"))
    holding.record("grant_token_end", grant.user_id, grant, {"tokens": ended})
    model.Session.commit()
    return {"ended": ended}


@tk.side_effect_free
@validate(schema.delivery_list)
def edudata_delivery_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What was delivered: to oneself, by one grant, or from the data of a unit.

    :param unit_id: from the data of this unit (optional)
    :param grant_id: by this grant (optional)
    :param limit: at most so many (default: 50)
    :param before: only records with a smaller id (optional)
    :returns: `{"count": int, "results": [{id, at, grant_id, user_id, resource_id,
        release_id, fields, filter_keys, rows, way, network, outcome}]}`
    """
    tk.check_access("edudata_delivery_list", context, data_dict)
    query = sa.select(Delivery)
    if data_dict.get("grant_id"):
        query = query.where(Delivery.grant_id == data_dict["grant_id"])
    elif data_dict.get("unit_id"):
        query = query.where(Delivery.unit_id == data_dict["unit_id"])
    else:
        query = query.where(Delivery.user_id == people.actor_id(context))
    total, rows = holding.page(
        query, [Delivery.id.desc()], data_dict["limit"], before=data_dict.get("before")
    )
    return {"count": total, "results": [holding.shown_delivery(row) for row in rows]}


def _or_not_found(name: str, context: Context, data_dict: DataDict) -> None:
    """Check access; who may not know of a grant learns that there is none."""
    try:
        tk.check_access(name, context, data_dict)
    except tk.NotAuthorized:
        raise tk.ObjectNotFound(tk._("There is no such grant")) from None


def _commit(context: Context) -> None:
    if not context.get("defer_commit"):
        model.Session.commit()


@validate(schema.takers)
def edudata_delivery_takers(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Who has taken data of a dataset, as far as it is known (internal).

    Downloads of open data are not on record by person: only grants are.

    :param dataset_id: id of the open dataset
    :returns: `{persons: [{user_id, deliveries, rows, last}], downloads_known: False}`
    """
    tk.check_access("edudata_delivery_takers", context, data_dict)
    rows = model.Session.execute(
        sa.select(
            Delivery.user_id,
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(Delivery.rows), 0),
            sa.func.max(Delivery.at),
        )
        .join(Grant, Grant.id == Delivery.grant_id)
        .where(Grant.dataset_id == data_dict["dataset_id"])
        .group_by(Delivery.user_id)
        .order_by(sa.func.max(Delivery.at).desc())
    )
    return {
        "persons": [
            {
                "user_id": user_id,
                "deliveries": count,
                "rows": int(taken),
                "last": last.isoformat(),
            }
            for user_id, count, taken, last in rows
        ],
        "downloads_known": False,
    }
