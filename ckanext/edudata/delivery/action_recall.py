"""Recalls (召回): data called back from everybody who has them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.delivery import holding, recall_rules, recalls, schema_after
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_after import Recall, RecallPerson
from ckanext.edudata.feedback import telling
from ckanext.edudata.requests import book
from ckanext.edudata.units import people

Shown = dict[str, Any]


@validate(schema_after.recall_create)
def edudata_recall_create(context: Context, data_dict: DataDict) -> Shown:
    """Call data back (reviewer or security officer of the owner).

    At once: grants are frozen, copies on the portal removed, and everybody told who is
    named in a grant or has a delivery on record. Each has to confirm the deletion.

    :param dataset_id: id of the open dataset
    :param release_id: only grants on this version (optional; default: all)
    :param reason: `personal`, `mistake`, `misuse`, `law` or `other`
    :param words: to the recipients
    :param due: last day to confirm, ISO 8601 (optional; default by the setting)
    :returns: as `edudata_recall_show`
    :raises ValidationError: no grant is reached, or it is recalled already
    """
    _or_not_found("edudata_recall_create", context, data_dict, "dataset_id")
    actor_id = people.actor_id(context) or ""
    if data_dict["reason"] not in recall_rules.REASONS:
        raise _wrong("reason", recall_rules.CHOOSE)
    due = recalls.default_due()
    if data_dict.get("due"):
        given = recall_rules.date(data_dict["due"])
        if given is None or given < book.today():
            wrong = recall_rules.PAST if given else recall_rules.NO_DATE
            raise _wrong("due", wrong)
        due = given
    dataset_id, release_id = data_dict["dataset_id"], data_dict.get("release_id")
    with transactions.whole():
        recalls.one_at_a_time(dataset_id)
        found = recalls.grants_of(dataset_id, release_id or None, lock=True)
        if not found:
            raise _wrong("dataset_id", "Nobody holds a grant on these data.")
        _none_open(dataset_id, release_id)
        row = Recall(
            unit_id=found[0].unit_id,
            dataset_id=dataset_id,
            release_id=release_id or None,
            reason=data_dict["reason"],
            words=data_dict["words"].strip(),
            actor_id=actor_id,
            due=due,
        )
        model.Session.add(row)
        model.Session.flush()
        model.Session.refresh(row)
        frozen = recalls.freeze(found)
        for grant in frozen:
            holding.record("grant_move", actor_id, grant, {"state": "frozen"})
        users = recalls.add_people(row, found)
        recalls.record(
            "create",
            actor_id,
            row,
            {
                "reason": row.reason,
                "grants": len(found),
                "frozen": len(frozen),
                "people": len(users),
                "due": due.isoformat(),
            },
        )
        ids = recalls.tell("recall_told", row, users)
        recall_id = row.id
    telling.queue(ids)
    recalls.follow(recalls.get(recall_id))
    return recalls.shown(recalls.get(recall_id), actor_id)


def _none_open(dataset_id: str, release_id: str | None) -> None:
    same = (
        Recall.release_id == release_id if release_id else Recall.release_id.is_(None)
    )
    query = sa.select(Recall).where(
        Recall.dataset_id == dataset_id, Recall.state == "open", same
    )
    found = model.Session.scalar(query)
    if found:
        words = tk._("These data are recalled already ({number}).")
        raise tk.ValidationError({"dataset_id": [words.format(number=found.number)]})


@tk.side_effect_free
@validate(schema_after.by_id)
def edudata_recall_show(context: Context, data_dict: DataDict) -> Shown:
    """A recall, to its recipients and to who watches over the owner's deliveries.

    :param id: its id
    :returns: `{id, number, unit_id, dataset_id, dataset_title, release_id, version,
        reason, words, state, at, due, late, closed_at, closing_words, people,
        confirmed, mine}`; `state` is `open`, `complete` or `lifted`; `mine` is the
        reader's own part as in `edudata_recall_people`, None for others
    """
    _or_not_found("edudata_recall_show", context, data_dict)
    return recalls.shown(recalls.get(data_dict["id"]), people.actor_id(context))


@tk.side_effect_free
@validate(schema_after.listing)
def edudata_recall_list(context: Context, data_dict: DataDict) -> Shown:
    """Recalls of data that one has or had, or of the data of a unit; newest first.

    :param unit_id: of this unit's data, instead of one's own (optional)
    :param state: only in this state; of one's own, `open` are those that one has not
        confirmed (optional)
    :param limit: at most so many (default: 50)
    :param offset: skip so many (default: 0)
    :returns: `{count, results: [as edudata_recall_show]}`
    """
    tk.check_access("edudata_recall_list", context, data_dict)
    user_id = people.actor_id(context)
    query = sa.select(Recall)
    if data_dict.get("unit_id"):
        query = query.where(Recall.unit_id == data_dict["unit_id"])
    else:
        query = query.join(RecallPerson, RecallPerson.recall_id == Recall.id)
        query = query.where(RecallPerson.user_id == user_id)
        if data_dict.get("state") == "open":
            query = query.where(RecallPerson.confirmed_at.is_(None))
    if data_dict.get("state"):
        query = query.where(Recall.state == data_dict["state"])
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    rows = model.Session.scalars(
        query.order_by(Recall.at.desc(), Recall.id)
        .limit(data_dict["limit"])
        .offset(data_dict["offset"])
    )
    return {
        "count": model.Session.scalar(counted) or 0,
        "results": [recalls.shown(row, user_id) for row in rows],
    }


@tk.side_effect_free
@validate(schema_after.by_id)
def edudata_recall_people(context: Context, data_dict: DataDict) -> list[Shown]:
    """Recipients of recalled data and what they confirmed, for the owner; those who
    have not confirmed come first.

    :param id: id of the recall
    :returns: `[{user_id, name, account_open, request_numbers, deliveries, rows,
        last_delivery, told_at, chased, chased_at, confirmed_at, deleted_on, what,
        derived, derived_words}]`
    """
    _or_not_found("edudata_recall_people", context, data_dict)
    row = recalls.get(data_dict["id"])
    query = sa.select(Grant).where(Grant.dataset_id == row.dataset_id)
    numbers = {each.id: each.request_number for each in model.Session.scalars(query)}
    found = []
    for each in recalls.people(row.id):
        user = model.User.get(each.user_id)
        found.append(
            {
                **recalls.person(each),
                "name": user.display_name if user else each.user_id,
                "account_open": bool(user and user.is_active),
                "request_numbers": sorted(
                    {numbers[id] for id in each.grants if id in numbers}
                ),
            }
        )
    return found


@validate(schema_after.recall_confirm)
def edudata_recall_confirm(context: Context, data_dict: DataDict) -> Shown:
    """Confirm, for oneself, that recalled data are deleted (a recipient); once.

    :param id: id of the recall
    :param what: what was deleted, and where
    :param deleted_on: when, ISO 8601, not later than today
    :param derived: copies and what was derived: `none`, `deleted` or `kept`
    :param derived_words: what is kept and why, obliged for `kept`
    :returns: as `edudata_recall_show`
    :raises ValidationError: something is missing; it was confirmed already; it was
        lifted
    """
    _or_not_found("edudata_recall_confirm", context, data_dict)
    user_id = people.actor_id(context) or ""
    form, wrong = recall_rules.confirmation(data_dict, book.today())
    if wrong:
        raise tk.ValidationError({name: [tk._(msgid)] for name, msgid in wrong.items()})
    ids: list[str] = []
    with transactions.whole():
        row = recalls.get(data_dict["id"], lock=True)
        mine = model.Session.get(
            RecallPerson, (row.id, user_id), populate_existing=True
        )
        if mine is None:
            raise recalls.not_found()
        if row.state == "lifted":
            raise _wrong("id", "The recall was lifted; nothing is to be confirmed.")
        if mine.confirmed_at is not None:
            raise _wrong("id", "You have confirmed this already.")
        for name, value in form.items():
            setattr(mine, name, value)
        mine.confirmed_at = book.now()
        recalls.record(
            "confirm",
            user_id,
            row,
            {"derived": mine.derived, "deleted": str(mine.deleted_on)},
        )
        if not recalls.people(row.id, open_only=True):
            row.state, row.closed_at = "complete", book.now()
            recalls.record("complete", None, row, {})
            ids = recalls.tell("recall_complete", row, recalls.watchers(row))
    telling.queue(ids)
    return recalls.shown(recalls.get(data_dict["id"]), user_id)


@validate(schema_after.decide)
def edudata_recall_lift(context: Context, data_dict: DataDict) -> Shown:
    """Lift a recall that was a mistake (who may recall); the grants stay frozen until
    they are freed one by one.

    :param id: id of the recall
    :param words: why, to the recipients; obliged
    :returns: as `edudata_recall_show`
    """
    _or_not_found("edudata_recall_lift", context, data_dict)
    actor_id = people.actor_id(context)
    if not data_dict["words"].strip():
        raise _wrong("words", "Give a reason: the recipients will read it.")
    with transactions.whole():
        row = recalls.get(data_dict["id"], lock=True)
        if row.state == "lifted":
            raise _wrong("id", "The recall was lifted already.")
        row.state, row.closed_at, row.closed_by = "lifted", book.now(), actor_id
        row.closing_words = data_dict["words"].strip()
        recalls.record("lift", actor_id, row, {})
        users = [each.user_id for each in recalls.people(row.id)]
        ids = recalls.tell("recall_lifted", row, users)
    telling.queue(ids)
    return recalls.shown(recalls.get(data_dict["id"]), actor_id)


def edudata_recall_settle(context: Context, data_dict: DataDict) -> int:
    """Finish recalls that a crash left half done, and chase who has not confirmed
    (internal; the clock asks).

    :returns: number of new notices
    """
    tk.check_access("edudata_recall_settle", context, data_dict)
    told = 0
    unsettled = Recall.settled_at.is_(None) & (Recall.state == "open")
    for recall_id in _ids(unsettled):
        recalls.follow(recalls.get(recall_id))
    for recall_id in _ids((Recall.state == "open") & (Recall.due < book.today())):
        with transactions.whole():
            row = recalls.get(recall_id, lock=True)
            ids = recalls.chase(row) if row.state == "open" else []
        telling.queue(ids)
        told += len(ids)
    return told


def _ids(condition: Any) -> list[str]:
    return list(model.Session.scalars(sa.select(Recall.id).where(condition)))


def _wrong(name: str, msgid: str) -> tk.ValidationError:
    return tk.ValidationError({name: [tk._(msgid)]})


def _or_not_found(
    name: str, context: Context, data_dict: DataDict, key: str = "id"
) -> None:
    """Check access; who may not know of it learns that there is none."""
    try:
        tk.check_access(name, context, data_dict)
    except tk.NotAuthorized:
        if key == "dataset_id":
            raise
        try:
            tk.check_access("edudata_recall_show", context, {"id": data_dict["id"]})
        except tk.NotAuthorized:
            raise recalls.not_found() from None
        raise
