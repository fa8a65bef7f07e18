"""Data demands: asked for, supported, answered with a class, a date or a reason."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.catalog import lines_catalogs
from ckanext.edudata.feedback import demands, telling
from ckanext.edudata.feedback import schema_demands as schema
from ckanext.edudata.feedback import states_demands as states
from ckanext.edudata.feedback.model_demands import Demand, DemandEvent, DemandSupport
from ckanext.edudata.units import people, who_may

Shown = dict[str, Any]


@validate(schema.create)
def edudata_demand_create(context: Context, data_dict: DataDict) -> Shown:
    """Ask for data that are not open, or not there (a person with an account).

    The words are public at once, once the personal-data check finds nobody in them.

    :param title: which data
    :param purpose: what for
    :param unit: id or name of the unit that holds them (optional: not sure)
    :param line: title of a line of the unit's open list that it begins from (optional)
    :returns: as `edudata_demand_show`
    :raises ValidationError: personal data in the words; the same is asked for already;
        too many in one day
    """
    tk.check_access("edudata_demand_create", context, data_dict)
    user_id = people.actor_id(context) or ""
    unit_id, unsure = _asked_of(data_dict.get("unit") or "")
    title = " ".join(data_dict["title"].split())
    purpose = data_dict["purpose"].strip()
    line = demands.line(data_dict.get("unit") or "", data_dict.get("line") or "")
    with transactions.whole():
        demands.one_after_the_other(user_id)
        _limited(user_id)
        likeness = lines_catalogs.likeness(title)
        _asked_already(unit_id, likeness)
        demands.readable({"title": title, "purpose": purpose})
        row = Demand(
            title=title,
            purpose=purpose,
            likeness=likeness,
            unit_id=unit_id,
            unsure=unsure,
            line_unit=unit_id if line else None,
            line_title=line,
            user_id=user_id,
            state="open",
        )
        model.Session.add(row)
        model.Session.flush()
        demands.move(row, "create", "open", user_id)
        notices = demands.tell_owner(row, "demand_new")
    telling.queue(notices)
    return _shown(row, user_id)


@validate(schema.command)
def edudata_demand_support(context: Context, data_dict: DataDict) -> Shown:
    """Say that one needs these data too: once, and only the number is shown.

    :param id: id or number of the demand
    """
    return _support(context, data_dict, "support", 1)


@validate(schema.command)
def edudata_demand_unsupport(context: Context, data_dict: DataDict) -> Shown:
    """Take one's support back. Parameters as `edudata_demand_support`."""
    return _support(context, data_dict, "unsupport", -1)


@validate(schema.answer)
def edudata_demand_answer(context: Context, data_dict: DataDict) -> Shown:
    """Answer a demand to one's unit (reviewer or coordinator), or answer it anew.

    :param id: id or number of the demand
    :param answer: `planned` with `opening_class` and `planned_date`, `existing` with
        `dataset`, or `declined` with `words`
    :param opening_class: `unconditional` or `conditional`
    :param planned_date: ISO date, in the next five years
    :param dataset: address, id or name of an open dataset
    :param words: the reason, or more about it; everybody reads them
    :returns: as `edudata_demand_show`
    """
    user_id = people.actor_id(context)
    row = _found(context, data_dict, "answer")
    words = (data_dict.get("words") or "").strip()
    answer = data_dict.get("answer") or ""
    planned = _day(data_dict.get("planned_date") or "")
    package = _dataset(data_dict.get("dataset") or "")
    problems = states.problems(
        answer,
        data_dict.get("opening_class"),
        planned,
        package is not None,
        words,
        demands.today(),
    )
    with transactions.whole():
        target = demands.judged(row, "answer", user_id)
        _refuse(problems)
        demands.readable({"words": words})
        existing = answer == "existing" and package is not None
        row.answer, row.answer_words = answer, words
        row.opening_class = data_dict["opening_class"] if answer == "planned" else None
        row.planned_date = planned if answer == "planned" else None
        row.dataset_id = package.id if existing and package else None
        row.answered_unit, row.answered_at = row.unit_id, demands.now()
        demands.move(row, "answer", target, user_id)
        notices = demands.tell_asker(row, "demand_answered")
    telling.queue(notices)
    return _shown(row, user_id)


@validate(schema.command)
def edudata_demand_pass_on(context: Context, data_dict: DataDict) -> Shown:
    """Pass a demand on to the unit that holds the data (reviewer or coordinator).

    :param id: id or number of the demand
    :param unit: id or name of the other unit
    :param reason: why; stays inside
    """
    user_id = people.actor_id(context)
    row = _found(context, data_dict, "pass_on")
    with transactions.whole():
        target = demands.judged(row, "pass_on", user_id, data_dict.get("reason") or "")
        other = _another(row, data_dict.get("unit") or "")
        row.unit_id, row.unsure = other, False
        demands.move(row, "pass_on", target, user_id, data_dict["reason"])
        notices = demands.tell_owner(row, "demand_new")
    telling.queue(notices)
    return _shown(row, user_id)


@validate(schema.command)
def edudata_demand_hide(context: Context, data_dict: DataDict) -> Shown:
    """Hide a demand from the public (coordinator); `reason` is told to who asked.

    :param id: id or number of the demand
    :param reason: why it must not be read by all
    """
    user_id = people.actor_id(context)
    row = _found(context, data_dict, "hide")
    return _plain(row, "hide", user_id, data_dict.get("reason") or "", "demand_hidden")


@validate(schema.command)
def edudata_demand_unhide(context: Context, data_dict: DataDict) -> Shown:
    """Show a hidden demand again (coordinator)."""
    user_id = people.actor_id(context)
    row = _found(context, data_dict, "unhide")
    return _plain(row, "unhide", user_id, "", None)


@validate(schema.command)
def edudata_demand_withdraw(context: Context, data_dict: DataDict) -> Shown:
    """Withdraw one's own demand before it is answered."""
    user_id = people.actor_id(context)
    row = _found(context, data_dict, "withdraw")
    return _plain(row, "withdraw", user_id, "", None)


@tk.side_effect_free
@validate(schema.by_id)
def edudata_demand_show(context: Context, data_dict: DataDict) -> Shown:
    """A data demand (public).

    :param id: id or number
    :returns: `{id, number, title, purpose, unit_id, unit_name, unit_title, unsure,
        line_unit, line_title, state, supports, answer, opening_class, planned_date,
        dataset_name, dataset_title, answer_words, answered_unit, answered_at,
        created_at, since, mine, supported, commands}`. For who asked and the unit's
        coordinators also `hidden_because`. Nobody reads who asked or supports
    """
    tk.check_access("edudata_demand_show", context, data_dict)
    user_id = people.actor_id(context)
    return _shown(demands.get(data_dict["id"], user_id), user_id)


@tk.side_effect_free
@validate(schema.demand_list)
def edudata_demand_list(context: Context, data_dict: DataDict) -> Shown:
    """Data demands, newest first (public).

    :param q: words in the title or purpose (optional)
    :param unit: id or name: to this unit and all below it (optional)
    :param state: `open` or `answered` (optional)
    :param sort: `new` (default) or `supports`
    :param mine: one's own, in all states; `inbox`: those one may answer (optional)
    :param limit: at most so many (default: 20); `offset`: skip so many
    :returns: `{count, states: {open, answered}, results: [as edudata_demand_show,
        without what is one's own]}`
    """
    tk.check_access("edudata_demand_list", context, data_dict)
    user_id = people.actor_id(context)
    query = sa.select(Demand)
    if data_dict.get("mine"):
        query = query.where(Demand.user_id == user_id)
    else:
        query = query.where(Demand.state.in_(states.PUBLIC))
    if data_dict.get("inbox"):
        roles = who_may.roles_for("demand_answer")
        query = query.where(
            Demand.unit_id.in_(people.all_units_where(user_id, roles)),
            Demand.user_id != user_id,
        )
    if data_dict.get("unit"):
        unit_id = _unit(data_dict["unit"])
        below = people.tree.with_subordinates(unit_id) if unit_id else []
        query = query.where(Demand.unit_id.in_(below))
    for word in (data_dict.get("q") or "").split()[:8]:
        query = query.where(
            sa.or_(
                Demand.title.icontains(word, autoescape=True),
                Demand.purpose.icontains(word, autoescape=True),
            )
        )
    found = query.subquery()
    counted = model.Session.execute(
        sa.select(found.c.state, sa.func.count()).group_by(found.c.state)
    )
    numbers = {row[0]: row[1] for row in counted}
    if data_dict.get("state"):
        query = query.where(Demand.state == data_dict["state"])
    order = [Demand.created_at.desc(), Demand.number.desc()]
    if data_dict["sort"] == "supports":
        order.insert(0, Demand.supports.desc())
    if data_dict.get("inbox"):
        order = [Demand.since, Demand.number]
    rows = list(
        model.Session.scalars(
            query.order_by(*order).limit(data_dict["limit"]).offset(data_dict["offset"])
        )
    )
    known = demands.names(rows)
    state = data_dict.get("state")
    return {
        "count": numbers.get(state, 0) if state else sum(numbers.values()),
        "states": {name: numbers.get(name, 0) for name in states.PUBLIC},
        "results": [demands.brief(row, known) for row in rows],
    }


def _found(context: Context, data_dict: DataDict, command: str) -> Demand:
    row = demands.get(data_dict["id"], people.actor_id(context), lock=True)
    asked = {"id": row.id, "unit_id": row.unit_id}
    try:
        tk.check_access(f"edudata_demand_{command}", context, asked)
    except tk.NotAuthorized:
        model.Session.rollback()
        raise
    return row


def _plain(
    row: Demand, command: str, user_id: str | None, reason: str, kind: str | None
) -> Shown:
    with transactions.whole():
        target = demands.judged(row, command, user_id, reason)
        demands.move(row, command, target, user_id, reason)
        notices = demands.tell_asker(row, kind) if kind else []
    telling.queue(notices)
    return _shown(row, user_id)


def _support(context: Context, data_dict: DataDict, command: str, more: int) -> Shown:
    user_id = people.actor_id(context)
    row = _found(context, data_dict, command)
    with transactions.whole():
        demands.judged(row, command, user_id)
        if more > 0:
            model.Session.add(DemandSupport(demand_id=row.id, user_id=user_id))
        else:
            model.Session.execute(
                sa.delete(DemandSupport).where(
                    DemandSupport.demand_id == row.id, DemandSupport.user_id == user_id
                )
            )
        row.supports += more
        demands.record(row, command, user_id)
    return _shown(row, user_id)


def _shown(row: Demand, user_id: str | None) -> Shown:
    found = demands.facts(row, user_id)
    shown = {
        **demands.brief(row, demands.names([row])),
        "mine": found.asker,
        "supported": found.supports,
        "commands": states.possible(row.state, found) if found.logged_in else [],
    }
    if row.state == "hidden":
        shown["hidden_because"] = model.Session.scalar(
            sa.select(DemandEvent.words)
            .where(DemandEvent.demand_id == row.id, DemandEvent.command == "hide")
            .order_by(DemandEvent.id.desc())
            .limit(1)
        )
    return shown


def _limited(user_id: str) -> None:
    most = tk.config["ckanext.edudata.demands.per_day"]
    if demands.asked_today(user_id) >= most:
        raise tk.ValidationError(
            {
                "title": [
                    tk._(
                        "You have asked for data {n} times in a day. Support what "
                        "others ask for, or come back tomorrow."
                    ).format(n=most)
                ]
            }
        )


def _asked_already(unit_id: str, likeness: str) -> None:
    number = model.Session.scalar(
        sa.select(Demand.number).where(
            Demand.unit_id == unit_id,
            Demand.likeness == likeness,
            Demand.state == "open",
        )
    )
    if number is not None:
        raise tk.ValidationError(
            {
                "title": [
                    tk._(
                        "Somebody asks for the same: number {number}. Support that "
                        "demand instead."
                    ).format(number=number)
                ]
            }
        )


def _asked_of(reference: str) -> tuple[str, bool]:
    """The unit that is asked; without one, the commission, which passes it on."""
    if reference:
        unit_id = _unit(reference)
        if unit_id is None:
            raise tk.ValidationError({"unit": [tk._("There is no such unit")]})
        return unit_id, False
    units = tk.get_action("edudata_unit_tree")({}, {})
    kinds = [unit for unit in units if unit["kind"] == "municipal_commission"]
    if not units:
        raise tk.ValidationError({"unit": [tk._("Choose a unit.")]})
    return (kinds or units)[0]["id"], True


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise tk.ValidationError({k: [tk._(v)] for k, v in problems.items()})


def _another(row: Demand, reference: str) -> str:
    other = _unit(reference)
    if other is None or other == row.unit_id:
        raise tk.ValidationError({"unit": [tk._("Choose another unit.")]})
    return other


def _unit(reference: str) -> str | None:
    unit = model.Group.get(reference) if reference else None
    there = unit is not None and unit.is_organization and unit.state == "active"
    return unit.id if unit and there else None


def _day(given: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(given)
    except ValueError:
        return None


def _dataset(given: str) -> Any:
    """An open dataset by address, id or name; what is hidden is not there."""
    name = given.strip().split("?")[0].rstrip("/").rpartition("/")[2]
    package = model.Package.get(name) if name else None
    return package if package is not None and demands.is_open(package) else None
