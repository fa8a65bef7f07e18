"""Grants and their tokens, and the DataStore's readers as the public may use them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Action, Context, DataDict

from ckanext.edudata.catalog import veil
from ckanext.edudata.delivery import (
    grants,
    holding,
    ordering,
    reading,
    schema,
    tables,
)
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.units import people


@tk.chained_action
@tk.side_effect_free
def datastore_search(
    next_action: Action, context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """CKAN's; conditional data by a grant, frozen tables and aliases not at all."""
    table_id = tables.asked_id(data_dict)
    if tables.is_open(table_id):
        return next_action(context, data_dict)
    tables.confined(table_id)
    found = tables.conditional(table_id, context)
    if found:
        return reading.search(context, found, _params(data_dict, table_id))
    return veil.call(
        lambda data: _search(next_action, context, data), context, data_dict
    )


def _search(
    next_action: Action, context: Context, data_dict: DataDict
) -> dict[str, Any]:
    table_id = tables.asked_id(data_dict)
    params = _params(data_dict, table_id)
    place = tables.ordinary(table_id)
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
    table_id = tables.asked_id(data_dict)
    tables.confined(table_id)
    found = tables.conditional(table_id, context)
    if found:
        return reading.info(context, found, _params(data_dict, table_id))
    return veil.call(lambda data: _info(next_action, context, data), context, data_dict)


def _info(next_action: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    table_id = tables.asked_id(data_dict)
    params = _params(data_dict, table_id)
    place = tables.ordinary(table_id)
    if place.version:
        reading.check_access("datastore_info", context, params)
        found = tk.get_action("datastore_search")(
            {}, {"resource_id": table_id, "limit": 0}
        )
        return reading.described(params, found)
    return next_action(context, params)


def _params(data_dict: DataDict, table_id: str) -> DataDict:
    params = {**data_dict, "resource_id": table_id}
    params.pop("id", None)
    return params


@validate(schema.grant_create)
def edudata_grant_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let a person read what was approved (for other rooms only).

    Part of the caller's transaction when the context says `defer_commit`.

    :param request_id: the application that was approved
    :param request_number: its number
    :param user_id: who applied
    :param persons: ids of the accounts that may read, where a body named them; a
        natural person who applied always may (optional)
    :param applicant_kind: `natural`, `legal` or `unincorporated` (optional)
    :param resource_id: public id of the conditional resource
    :param fields: ids of the granted columns
    :param rows: `{field: [values] | {gt|gte|lt|lte: value}}`; absent or empty: all
    :param starts: first moment, `until`: the moment after the last (datetime)
    :param quota_rows: most rows a day, of all persons together (optional)
    :param quota_calls: most calls a minute of each person, 0 for any number; absent:
        as `ckanext.edudata.delivery.calls_a_minute` says
    :param purpose: what the data are for, as it was approved (optional)
    :param agreement: version of the terms that were accepted (optional)
    :returns: as `edudata_grant_show`
    :raises ValidationError: the released version lacks a column, or a person has no
        active account
    """
    tk.check_access("edudata_grant_create", context, data_dict)
    grant = holding.create(data_dict)
    found = holding.shown(grant)
    holding.record(
        "grant_create",
        people.actor_id(context),
        grant,
        {
            "columns": len(grant.fields),
            "until": grant.until.isoformat(),
            "persons": [person["user_id"] for person in found["persons"]],
        },
    )
    holding.commit(context)
    ordering.later(grant)
    return found


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
    holding.commit(context)
    return [holding.shown(grant) for grant in moved]


@tk.side_effect_free
@validate(schema.by_id)
def edudata_grant_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A grant, to its holders and to who watches over the owner's deliveries.

    :param id: its id
    :returns: `{id, request_id, request_number, user_id, unit_id, dataset_id,
        resource_id, release_id, fields: [{id, label, type}], rows, starts, until,
        extended, way, quota_rows, quota_calls, purpose, agreement, state, persons:
        [{user_id, added_at, ended_at}], tokens: [{jti, user_id, created_at}]}`;
        `state` as it is now, `expired` included; tokens are one's own; who did not
        apply for it and does not watch over it sees of the persons themselves only
    """
    _or_not_found("edudata_grant_show", context, data_dict)
    grant = holding.get(data_dict["id"])
    return _shown(context, grant)


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
        query = query.where(holding.held_by(people.actor_id(context)))
    if data_dict.get("request_id"):
        query = query.where(Grant.request_id == data_dict["request_id"])
    order = [Grant.created_at.desc(), Grant.id]
    total, rows = holding.page(query, order, data_dict["limit"], data_dict["offset"])
    return {"count": total, "results": [_shown(context, grant) for grant in rows]}


def _shown(context: Context, grant: Grant) -> dict[str, Any]:
    """A grant as the one who asks may see it."""
    me = people.actor_id(context)
    others = me == grant.user_id or bool(
        people.may(context, "delivery_read", grant.unit_id)["success"]
    )
    return holding.shown(grant, me, others=others)


@validate(schema.by_grant)
def edudata_grant_token_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One's own token that opens one grant and nothing else; it is shown this once.

    :param grant_id: id of the grant
    :returns: `{token, jti, until}`
    :raises ValidationError: nothing can be read by the grant any more
    """
    _or_not_found("edudata_grant_token_create", context, data_dict)
    grant = holding.get(data_dict["grant_id"])
    refusal = grants.standing(reading.terms(grant, stopped=False), holding.now())
    if refusal and refusal.code != "early":
        raise tk.ValidationError({"grant_id": [tk._(refusal.msgid) % refusal.values]})
    me = str(people.actor_id(context))
    token, secret = holding.issue_token(grant, me)
    holding.record("grant_token_create", me, grant, {})
    model.Session.commit()
    return {"token": secret, "jti": token.id, "until": grant.until.isoformat()}


@validate(schema.by_grant)
def edudata_grant_token_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End one's own tokens of a grant.

    :param grant_id: id of the grant
    :param jti: only this token (optional)
    :returns: `{"ended": number of tokens}`
    """
    _or_not_found("edudata_grant_token_end", context, data_dict)
    grant = holding.get(data_dict["grant_id"])
    me = str(people.actor_id(context))
    ended = holding.end_tokens(grant, me, data_dict.get("jti"))
    holding.record("grant_token_end", me, grant, {"tokens": ended})
    model.Session.commit()
    return {"ended": ended}


def _or_not_found(name: str, context: Context, data_dict: DataDict) -> None:
    """Check access; who may not know of a grant learns that there is none."""
    try:
        tk.check_access(name, context, data_dict)
    except tk.NotAuthorized:
        raise tk.ObjectNotFound(tk._("There is no such grant")) from None
