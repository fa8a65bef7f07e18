"""Commands on applications, one action for each, and reading them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.requests import applying, book, commands, schema, showing, who
from ckanext.edudata.requests.model import Request
from ckanext.edudata.units import people

Shown = dict[str, Any]


@validate(schema.create)
def edudata_request_create(context: Context, data_dict: DataDict) -> Shown:
    """Begin an application for conditional data: a draft, seen by its author only.

    :param resource_id: public id of the conditional resource
    :param applicant_kind: `natural`, `legal` or `unincorporated`
    :param body_name: name of the body, for the last two; `body_code` its credit code
    :param purpose: what for; `scenario`: how the data are used
    :param fields: ids of the fields wanted
    :param rows: `{field: [values]}`, only these rows (optional)
    :param until: last day, ISO 8601
    :param way: `interface` (default), or `copy` with a `way_reason`
    :param security: how the data are protected; `results`: what is to come of it
    :param agreed: the terms of use are accepted
    :returns: as `edudata_request_show`. All but `resource_id` may come later
    :raises ValidationError: no conditional data; one is open already
    """
    tk.check_access("edudata_request_create", context, data_dict)
    return applying.create(people.actor_id(context) or "", data_dict)


@validate(schema.filled)
def edudata_request_update(context: Context, data_dict: DataDict) -> Shown:
    """Change a draft, or an application that was returned (applicant).

    :param id: id of the application; the rest as `edudata_request_create`, only what
        is given changes
    :param version: as last seen (optional)
    """
    change = applying.filled(data_dict, submits=False)
    return commands.execute(context, data_dict, "update", change)


@validate(schema.filled)
def edudata_request_submit(context: Context, data_dict: DataDict) -> Shown:
    """Submit a draft (提交, applicant). Parameters as `edudata_request_update`."""
    return commands.execute(context, data_dict, "submit", applying.filled(data_dict))


@validate(schema.filled)
def edudata_request_resubmit(context: Context, data_dict: DataDict) -> Shown:
    """Submit a returned application again (applicant), as `edudata_request_update`."""
    return commands.execute(context, data_dict, "resubmit", applying.filled(data_dict))


@validate(schema.command)
def edudata_request_withdraw(context: Context, data_dict: DataDict) -> Shown:
    """Withdraw before a decision (撤回申请, applicant).

    :param id: id of the application
    :param version: as last seen; refused if somebody acted since (optional)
    :param words: to be read by the other side
    """
    return commands.execute(context, data_dict, "withdraw")


@validate(schema.command)
def edudata_request_accept(context: Context, data_dict: DataDict) -> Shown:
    """Take into review (受理, reviewer). Parameters as `edudata_request_withdraw`."""
    return commands.execute(context, data_dict, "accept")


@validate(schema.command)
def edudata_request_return(context: Context, data_dict: DataDict) -> Shown:
    """Return for correction (退回补正, reviewer); `words` obliged."""
    return commands.execute(context, data_dict, "return")


@validate(schema.approve)
def edudata_request_approve(context: Context, data_dict: DataDict) -> Shown:
    """Approve (通过, reviewer), as asked or less; `words` obliged for less.

    :param id: id of the application; `version`, `words` as for other commands
    :param fields: only these of the fields asked for (optional)
    :param rows: only these rows; at least as narrow as asked (optional)
    :param until: not later than asked, ISO date (optional)
    :param way: `interface` where `copy` was asked (optional)
    :param quota_rows: most rows a day, `quota_calls`: most calls a minute (optional)
    :param reason: code of a reason for less, or id of a unit's template (optional)
    """
    return commands.execute(context, data_dict, "approve", applying.decided(data_dict))


@validate(schema.command)
def edudata_request_consent(context: Context, data_dict: DataDict) -> Shown:
    """Consent as the second person where a copy was asked for (coordinator)."""
    return commands.execute(context, data_dict, "consent")


@validate(schema.command)
def edudata_request_refuse(context: Context, data_dict: DataDict) -> Shown:
    """Refuse (不予通过, reviewer, or coordinator for a consent); `words` obliged."""
    return commands.execute(context, data_dict, "refuse")


@validate(schema.command)
def edudata_request_provision(context: Context, data_dict: DataDict) -> Shown:
    """Carry an approval out (办理, technician): the grant begins."""
    return commands.execute(context, data_dict, "provision")


@validate(schema.command)
def edudata_request_freeze(context: Context, data_dict: DataDict) -> Shown:
    """Hold the grant for now (owner, security officer); `words` obliged."""
    return commands.execute(context, data_dict, "freeze")


@validate(schema.command)
def edudata_request_unfreeze(context: Context, data_dict: DataDict) -> Shown:
    """Let the grant go on (owner, security officer)."""
    return commands.execute(context, data_dict, "unfreeze")


@validate(schema.command)
def edudata_request_revoke(context: Context, data_dict: DataDict) -> Shown:
    """Revoke the grant for good (收回, owner, superior); `words` obliged."""
    return commands.execute(context, data_dict, "revoke")


@validate(schema.command)
def edudata_request_end(context: Context, data_dict: DataDict) -> Shown:
    """End one's own use before its time (applicant)."""
    return commands.execute(context, data_dict, "end")


@validate(schema.command)
def edudata_request_appeal(context: Context, data_dict: DataDict) -> Shown:
    """Ask for a review of a refusal (申请复核, applicant), once, in time; `words`."""
    return commands.execute(context, data_dict, "appeal", applying.appealed)


@validate(schema.command)
def edudata_request_send_back(context: Context, data_dict: DataDict) -> Shown:
    """Send back to another reviewer with an opinion (coordinator without part)."""
    return commands.execute(context, data_dict, "send_back")


@validate(schema.command)
def edudata_request_escalate(context: Context, data_dict: DataDict) -> Shown:
    """Pass on to the superior authority (coordinator without part)."""
    return commands.execute(context, data_dict, "escalate")


@validate(schema.command)
def edudata_request_uphold(context: Context, data_dict: DataDict) -> Shown:
    """Uphold the refusal for good (superior's reviewer); `words` obliged."""
    return commands.execute(context, data_dict, "uphold")


@validate(schema.approve)
def edudata_request_overturn(context: Context, data_dict: DataDict) -> Shown:
    """Grant what was refused (superior's reviewer), as `edudata_request_approve`."""
    return commands.execute(context, data_dict, "overturn", applying.decided(data_dict))


@tk.side_effect_free
@validate(schema.by_id)
def edudata_request_show(context: Context, data_dict: DataDict) -> Shown:
    """An application, to its applicant and to those who have a part in deciding.

    :param id: its id
    :returns: `{id, number, state, since, due, overdue, version, dataset_id,
        dataset_name, dataset_title, resource_id, release_id, unit_id, applicant_kind,
        form, decided, appealed, agreed_terms, created_at, submitted_at, mine,
        commands: [names of those this reader may give now], history: [{at, command,
        source, target, by, words, detail}]}`; for those who decide also
        `applicant: {id, name}` and `actor_id` in the history
    """
    user_id = people.actor_id(context)
    request = book.get(data_dict["id"], user_id)
    tk.check_access("edudata_request_show", context, data_dict)
    return showing.whole(request, user_id)


@tk.side_effect_free
@validate(schema.request_list)
def edudata_request_list(context: Context, data_dict: DataDict) -> Shown:
    """One's own applications; or those one has a part in deciding.

    :param inbox: those to one's units and all below them, oldest wait first
    :param unit_id: those to this unit (optional)
    :param resource_id: only for this resource (optional)
    :param state: only in this state (optional)
    :param limit: at most so many (default: 50)
    :param offset: skip so many (default: 0)
    :returns: `{"count": int, "states": {state: number}, "results": [{id, number,
        state, due, overdue, dataset_title, …}]}`
    """
    tk.check_access("edudata_request_list", context, data_dict)
    user_id = people.actor_id(context)
    query = sa.select(Request)
    order = [Request.created_at.desc(), Request.id]
    if data_dict.get("unit_id") or data_dict["inbox"]:
        wanted = data_dict.get("unit_id")
        units = [wanted] if wanted else people.all_units_where(user_id, who.SEE)
        query = query.where(
            Request.unit_id.in_(units),
            Request.submitted_at.is_not(None),
            Request.user_id != user_id,
        )
        order = [Request.since, Request.id]
    else:
        query = query.where(Request.user_id == user_id)
    if data_dict.get("resource_id"):
        query = query.where(Request.resource_id == data_dict["resource_id"])
    found = query.subquery()
    counted = model.Session.execute(
        sa.select(found.c.state, sa.func.count()).group_by(found.c.state)
    )
    by_state = {row[0]: row[1] for row in counted}
    total = sum(by_state.values())
    if data_dict.get("state"):
        query = query.where(Request.state == data_dict["state"])
        total = by_state.get(data_dict["state"], 0)
    page = query.order_by(*order).limit(data_dict["limit"]).offset(data_dict["offset"])
    return {
        "count": total,
        "states": by_state,
        "results": [showing.brief(row) for row in model.Session.scalars(page)],
    }
