"""Onward provision: handing granted data on needs a written consent (Art. 31)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.delivery import (
    holding,
    provision_rules,
    provisions,
    schema_after,
)
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_after import Provision
from ckanext.edudata.feedback import telling
from ckanext.edudata.requests import book
from ckanext.edudata.units import people, who_may

Shown = dict[str, Any]


@validate(schema_after.provision_create)
def edudata_provision_create(context: Context, data_dict: DataDict) -> Shown:
    """Apply to hand data of one's grant on to a third party (grant's holder).

    Nothing may be handed on until it is consented to; silence is a refusal.

    :param grant_id: id of the grant, in use
    :param third_party: name; `third_kind`: `body`, `person` or `public`; `third_code`:
        credit code (optional)
    :param purpose: what the third party uses them for
    :param security: how it protects them
    :param what: `results`, `derived` or `data`; `fields`: ids of granted fields, for
        the last two
    :param until: last day, ISO 8601, not after the grant's
    :returns: as `edudata_provision_show`
    :raises ValidationError: something is missing or wider than the grant
    """
    _or_not_found("edudata_provision_create", context, data_dict, "grant_id")
    user_id = people.actor_id(context) or ""
    grant = holding.get(data_dict["grant_id"])
    if holding.shown(grant)["state"] != "active":
        words = tk._("The grant is not in use; nothing of it can be handed on.")
        raise tk.ValidationError({"grant_id": [words]})
    form, wrong = provision_rules.clean(
        data_dict, list(grant.fields), book.today(), provisions.last_day(grant)
    )
    if wrong:
        raise tk.ValidationError(
            {name: [tk._(msgid) % values] for name, (msgid, values) in wrong.items()}
        )
    days = tk.config["ckanext.edudata.provision.days_decide"]
    with transactions.whole():
        model.Session.refresh(grant, with_for_update=True)
        if len(provisions.waiting(grant_id=grant.id)) >= 20:
            words = tk._("Twenty applications wait for an answer. Wait for one first.")
            raise tk.ValidationError({"grant_id": [words]})
        row = Provision(
            grant_id=grant.id,
            request_id=grant.request_id,
            user_id=user_id,
            unit_id=grant.unit_id,
            dataset_id=grant.dataset_id,
            form=form,
            due=book.today() + datetime.timedelta(days=days),
        )
        model.Session.add(row)
        model.Session.flush()
        model.Session.refresh(row)
        provisions.record("ask", user_id, row, {"what": form["what"]})
        ids = _tell("provision_asked", row, _deciders(row))
    telling.queue(ids)
    return provisions.shown(row, user_id)


@tk.side_effect_free
@validate(schema_after.by_id)
def edudata_provision_show(context: Context, data_dict: DataDict) -> Shown:
    """An application to hand data on, to who applied and to the owner.

    :param id: its id
    :returns: `{id, number, grant_id, grant_state, request_id, request_number, unit_id,
        dataset_id, dataset_title, form, labels, state, mine, asked_at, due, decided_at,
        words}`; `state` is `waiting`, `consented`, `refused`, `withdrawn` or `lapsed`
    """
    _or_not_found("edudata_provision_show", context, data_dict)
    return provisions.shown(provisions.get(data_dict["id"]), people.actor_id(context))


@tk.side_effect_free
@validate(schema_after.listing)
def edudata_provision_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One's own applications to hand data on, or those to a unit; newest first.

    :param unit_id: to this unit, instead of one's own (optional)
    :param grant_id: of this grant (optional)
    :param state: only in this state (optional)
    :param limit: at most so many (default: 50)
    :param offset: skip so many (default: 0)
    :returns: `{count, results: [as edudata_provision_show]}`
    """
    tk.check_access("edudata_provision_list", context, data_dict)
    user_id = people.actor_id(context)
    query = sa.select(Provision)
    if data_dict.get("unit_id"):
        query = query.where(Provision.unit_id == data_dict["unit_id"])
    else:
        query = query.where(Provision.user_id == user_id)
    if data_dict.get("grant_id"):
        query = query.where(Provision.grant_id == data_dict["grant_id"])
    state, today = data_dict.get("state"), book.today()
    if state == "waiting":
        query = query.where(Provision.state == "waiting", Provision.due >= today)
    elif state:
        query = query.where(Provision.state == state)
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    total = model.Session.scalar(counted)
    query = query.order_by(Provision.asked_at.desc(), Provision.id)
    rows = model.Session.scalars(
        query.limit(data_dict["limit"]).offset(data_dict["offset"])
    )
    return {
        "count": total or 0,
        "results": [provisions.shown(row, user_id) for row in rows],
    }


@validate(schema_after.decide)
def edudata_provision_consent(context: Context, data_dict: DataDict) -> Shown:
    """Consent to handing data on (reviewer of the owner or of an authority above it).

    :param id: id of the application
    :param words: conditions, to be read by who applied (optional)
    :returns: as `edudata_provision_show`
    :raises ValidationError: it does not wait any more; the grant does not hold
    """
    return _decide(context, data_dict, "consent", "consented")


@validate(schema_after.decide)
def edudata_provision_refuse(context: Context, data_dict: DataDict) -> Shown:
    """Refuse handing data on, as `edudata_provision_consent`; `words` obliged."""
    if not data_dict["words"].strip():
        words = tk._("Give a reason: the applicant will read it.")
        _or_not_found("edudata_provision_refuse", context, data_dict)
        raise tk.ValidationError({"words": [words]})
    return _decide(context, data_dict, "refuse", "refused")


@validate(schema_after.by_id)
def edudata_provision_withdraw(context: Context, data_dict: DataDict) -> Shown:
    """Withdraw one's application before it is decided.

    :param id: id of the application
    """
    return _decide(context, {**data_dict, "words": ""}, "withdraw", "withdrawn")


def _decide(context: Context, data_dict: DataDict, command: str, state: str) -> Shown:
    _or_not_found(f"edudata_provision_{command}", context, data_dict)
    actor_id = people.actor_id(context)
    with transactions.whole():
        row = provisions.get(data_dict["id"], lock=True)
        now = provisions.state_now(row)
        if now != "waiting":
            words = tk._("The application is in the state “{state}” already.").format(
                state=tk._(provision_rules.STATES[now])
            )
            raise tk.ValidationError({"state": [words]})
        if command == "consent":
            _still_held(row)
        provisions.move(row, command, state, actor_id)
        row.words = data_dict["words"].strip()
        ids = [] if command == "withdraw" else _tell("provision_decided", row, [])
    telling.queue(ids)
    return provisions.shown(row, actor_id)


def _still_held(row: Provision) -> None:
    grant = model.Session.get(
        Grant, row.grant_id, populate_existing=True, with_for_update=True
    )
    if grant is None or holding.shown(grant)["state"] != "active":
        words = tk._("The grant is not in use; nothing of it can be handed on.")
        raise tk.ValidationError({"state": [words]})


def edudata_provision_settle(context: Context, data_dict: DataDict) -> int:
    """Write down what time has refused (internal; the clock asks).

    :returns: how many there were
    """
    tk.check_access("edudata_provision_settle", context, data_dict)
    done = 0
    for row_id in provisions.waiting(before=book.today()):
        ids: list[str] = []
        with transactions.whole():
            row = provisions.get(row_id, lock=True)
            if row.state == "waiting" and provisions.state_now(row) == "lapsed":
                provisions.move(row, "lapse", "lapsed", None)
                ids = _tell("provision_decided", row, [])
                done += 1
        telling.queue(ids)
    return done


def _deciders(row: Provision) -> list[str]:
    roles = who_may.roles_for("request_review")
    return telling.responsible(row.unit_id, roles, {row.user_id})


def _tell(kind: str, row: Provision, users: list[str]) -> list[str]:
    return telling.note(
        kind,
        users or [row.user_id],
        unit_id=row.unit_id,
        object_type="provision",
        object_id=row.id,
        detail={"state": row.state},
    )


def _or_not_found(
    name: str, context: Context, data_dict: DataDict, key: str = "id"
) -> None:
    """Check access; who may not know of it learns that there is none."""
    try:
        tk.check_access(name, context, data_dict)
    except tk.NotAuthorized:
        if key == "id":
            try:
                shown = {"id": data_dict["id"]}
                tk.check_access("edudata_provision_show", context, shown)
            except tk.NotAuthorized:
                raise provisions.not_found() from None
            raise
        raise tk.ObjectNotFound(tk._("There is no such grant")) from None
