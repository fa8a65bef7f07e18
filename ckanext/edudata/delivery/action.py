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
    persons,
    reading,
    schema,
    tables,
)
from ckanext.edudata.delivery.model import Delivery, Grant
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
    _commit(context)
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
    _commit(context)
    return [holding.shown(grant) for grant in moved]


@validate(schema.grant_extend)
def edudata_grant_extend(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Let the grants of an application go on while its renewal is undecided (internal).

    At most `ckanext.edudata.delivery.extend_days` past the end that was decided. What
    is over stays over; nothing ends earlier than it did. Part of the caller's
    transaction when the context says `defer_commit`.

    :param request_id: the application that is to be renewed
    :param until: the moment after the last (datetime with zone)
    :returns: the grants, as `edudata_grant_show`; `until` as it is now
    """
    tk.check_access("edudata_grant_extend", context, data_dict)
    found = holding.locked(data_dict["request_id"])
    for grant in found:
        if holding.extend(grant, data_dict["until"]):
            detail = {"until": grant.until.isoformat()}
            holding.record("grant_extend", people.actor_id(context), grant, detail)
    _commit(context)
    return [holding.shown(grant) for grant in found]


@validate(schema.grant_person)
def edudata_grant_person_add(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Let one more person read by the grants of an application (internal).

    What leaves in a day does not grow by it: rows are counted for the grant. Part of
    the caller's transaction when the context says `defer_commit`.

    :param request_id: the application
    :param user_id: who may read from now on
    :returns: the grants, as `edudata_grant_show`
    :raises ValidationError: no such active account
    """
    tk.check_access("edudata_grant_person_add", context, data_dict)
    found = holding.locked(data_dict["request_id"])
    for grant in found:
        if grant.state not in ("active", "frozen"):
            continue
        if persons.add(grant, data_dict["user_id"]):
            detail = {"person": data_dict["user_id"]}
            holding.record("grant_person_add", people.actor_id(context), grant, detail)
    _commit(context)
    return [holding.shown(grant) for grant in found]


@validate(schema.grant_person)
def edudata_grant_person_end(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Let a person read no longer by the grants of an application (internal).

    Their tokens end, and so does what they are reading. Part of the caller's
    transaction when the context says `defer_commit`.

    :param request_id: the application
    :param user_id: who may read no longer
    :returns: the grants, as `edudata_grant_show`
    """
    tk.check_access("edudata_grant_person_end", context, data_dict)
    found = holding.locked(data_dict["request_id"])
    for grant in found:
        if persons.end(grant, data_dict["user_id"]):
            ended = holding.end_tokens(grant, data_dict["user_id"])
            detail = {"person": data_dict["user_id"], "tokens": ended}
            holding.record("grant_person_end", people.actor_id(context), grant, detail)
    _commit(context)
    return [holding.shown(grant) for grant in found]


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


@tk.side_effect_free
@validate(schema.delivery_list)
def edudata_delivery_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What was delivered: to oneself, by one grant, or from the data of a unit.

    By a grant, who applied for it sees what went to all its persons, each of these
    what went to them.

    :param unit_id: from the data of this unit (optional)
    :param grant_id: by this grant (optional)
    :param resource_id: from this resource (optional)
    :param user_id: to this person (optional)
    :param way: `interface`, `structure`, `dump_csv` … (optional)
    :param outcome: `done`, `started` or `broken` (optional)
    :param since: from this day on, `until`: to this day (`2026-05-01`, optional)
    :param limit: at most so many (default: 50)
    :param before: only records with a smaller id (optional)
    :param counted: whether to count them all (default: true)
    :returns: `{"count": int, "results": [{id, at, grant_id, user_id, resource_id,
        release_id, content_digest, fields, filter_keys, asked, rows, way, network,
        outcome}]}`
    """
    tk.check_access("edudata_delivery_list", context, data_dict)
    me = people.actor_id(context)
    query = sa.select(Delivery).where(*holding.deliveries(data_dict))
    if data_dict.get("grant_id"):
        grant = holding.get(data_dict["grant_id"])
        query = query.where(Delivery.grant_id == grant.id)
        watches = people.may(context, "delivery_read", grant.unit_id)["success"]
        if not watches and grant.user_id != me:
            query = query.where(Delivery.user_id == me)
    elif data_dict.get("unit_id"):
        query = query.where(Delivery.unit_id == data_dict["unit_id"])
    else:
        query = query.where(Delivery.user_id == me)
    total, rows = holding.page(
        query,
        [Delivery.id.desc()],
        data_dict["limit"],
        before=data_dict.get("before"),
        counting=data_dict["counted"],
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
