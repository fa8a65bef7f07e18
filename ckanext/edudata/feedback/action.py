"""Notices, and reports of personal data in open datasets (Art. 26, 31, 36)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import veil
from ckanext.edudata.feedback import alarms, schema, settling, telling
from ckanext.edudata.feedback.model import Alarm, Notice
from ckanext.edudata.units import people, who_may


@validate(schema.notify)
def edudata_notify(context: Context, data_dict: DataDict) -> list[str]:
    """Tell the people who carry a permission for a unit (internal).

    A unit without any has those of the nearest unit above. Part of the caller's
    transaction when the context says `defer_commit`; the mails then go with the sweep.

    :param kind: of `feedback.words.KINDS`
    :param unit_id: the unit
    :param permission: of the table of permissions
    :param object_type: what it is about
    :param object_id: its id
    :param detail: ids, codes and numbers (optional)
    :param apart: ids of people who may not act on it (optional)
    :returns: ids of the notices
    """
    tk.check_access("edudata_notify", context, data_dict)
    ids = telling.note(
        data_dict["kind"],
        telling.responsible(
            data_dict["unit_id"],
            who_may.roles_for(data_dict["permission"]),
            data_dict.get("apart") or [],
        ),
        unit_id=data_dict["unit_id"],
        object_type=data_dict["object_type"],
        object_id=data_dict["object_id"],
        detail=data_dict.get("detail") or {},
    )
    if not context.get("defer_commit"):
        model.Session.commit()
        telling.queue(ids)
    return ids


def edudata_notice_send(context: Context, data_dict: DataDict) -> int:
    """Send the mails that are due, none of what is done meanwhile (internal).

    `ckan edudata sweep` asks.

    :returns: how many were sent
    """
    from ckanext.edudata.feedback import jobs

    tk.check_access("edudata_notice_send", context, data_dict)
    settling.settle()
    return jobs.send_mails(telling.due()) + jobs.send_digests()


@tk.side_effect_free
@validate(schema.notice_list)
def edudata_notice_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One's own notices, newest first.

    :param unread: only those that wait: unread, the matter not done (optional)
    :param limit: at most so many (default: 20)
    :param offset: skip so many (default: 0)
    :returns: `{count: int, unread: int, results: [{id, kind, subject, text, url,
        object_type, object_id, dataset_id, created_at, read_at, done_at}]}`
    """
    tk.check_access("edudata_notice_list", context, data_dict)
    mine = Notice.user_id == people.actor_id(context)
    query = sa.select(Notice).where(mine, ~Notice.hidden)
    if data_dict.get("unread"):
        query = query.where(telling.OPEN)
    count = sa.select(sa.func.count()).select_from(query.subquery())
    rows = model.Session.scalars(
        query.order_by(Notice.created_at.desc(), Notice.id)
        .limit(data_dict["limit"])
        .offset(data_dict["offset"])
    )
    unread = sa.select(sa.func.count()).where(mine, telling.OPEN)
    return {
        "count": model.Session.scalar(count),
        "unread": model.Session.scalar(unread.select_from(Notice)),
        "results": [_notice(row) for row in rows],
    }


@validate(schema.by_id)
def edudata_notice_read(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Mark one of one's own notices as read.

    :param id: its id
    :returns: as in `edudata_notice_list`
    """
    tk.check_access("edudata_notice_read", context, data_dict)
    row = model.Session.get(Notice, data_dict["id"])
    if row is None or row.user_id != people.actor_id(context):
        raise tk.ObjectNotFound(tk._("There is no such notice"))
    row.read_at = row.read_at or datetime.datetime.now(datetime.timezone.utc)
    model.Session.commit()
    return _notice(row)


@veil.veiled
@validate(schema.alarm_raise)
def edudata_alarm_raise(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Report personal data in an open dataset; anybody may, without an account.

    The people who can stop it are told at once. Nothing is kept of who reports.

    :param id: id or name of the open dataset
    :param kind: `name`, `number`, `contact`, `health`, `picture` or `other`
    :param where: which table, column or row, without the data themselves (optional)
    :returns: `{state, where_kept}`; words in which somebody is named are not kept
    """
    tk.check_access("edudata_alarm_raise", context, data_dict)
    tk.check_access("package_show", context, {"id": data_dict["id"]})
    dataset = model.Package.get(data_dict["id"])
    if dataset is None or dataset.type != "dataset" or dataset.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such open dataset"))
    typed = data_dict.get("where") or ""
    where = alarms.harmless(typed)
    row, notices = alarms.report(dataset, data_dict["kind"], where)
    telling.queue(notices)
    return {"state": row.state, "where_kept": bool(where) or not typed.strip()}


@tk.side_effect_free
@validate(schema.by_id)
def edudata_alarm_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A report, to those who may stop the dataset; with who has taken it.

    :param id: id of the report
    :returns: `{id, dataset_id, dataset_name, dataset_title, unit_id, kind, where,
        state, reports, reason, raised_at, answered_at, answered_by, taken: {persons:
        [{user_id, deliveries, rows, last}], downloads_known: false}}`
    """
    row = _alarm(context, data_dict["id"], "edudata_alarm_show")
    taken = tk.get_action("edudata_delivery_takers")(
        {"ignore_auth": True}, {"dataset_id": row.dataset_id}
    )
    return {**alarms.shown(row), "taken": taken}


@tk.side_effect_free
@validate(schema.alarm_list)
def edudata_alarm_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Open reports about the data of one's units, oldest first.

    :param limit: at most so many (default: 20)
    :returns: as `edudata_alarm_show`, without who has taken it
    """
    tk.check_access("edudata_alarm_list", context, data_dict)
    units = people.all_units_where(people.actor_id(context), who_may.roles_for("stop"))
    rows = model.Session.scalars(
        sa.select(Alarm)
        .where(Alarm.state == "open", Alarm.unit_id.in_(units))
        .order_by(Alarm.raised_at)
        .limit(data_dict["limit"])
    )
    return [alarms.shown(row) for row in rows]


@validate(schema.alarm_answer)
def edudata_alarm_answer(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Stop the reported dataset at once, or say why nothing personal is in it; once.

    :param id: id of the report
    :param answer: `stop` or `unfounded`
    :param reason: obliged for `unfounded`
    :returns: as `edudata_alarm_show`
    :raises ValidationError: it was answered meanwhile, or the reason is missing
    """
    row = _alarm(context, data_dict["id"], "edudata_alarm_answer")
    reason = (data_dict.get("reason") or "").strip()
    if data_dict["answer"] == "unfounded" and not reason:
        raise tk.ValidationError(
            {"reason": [tk._("Say what was looked at and why nobody is in it.")]}
        )
    held = alarms.locked(row.id)
    if held is None or held.state != "open":
        model.Session.rollback()
        raise tk.ValidationError(
            {"answer": [tk._("Somebody has answered this report meanwhile.")]}
        )
    actor_id = people.actor_id(context)
    if data_dict["answer"] == "unfounded":
        alarms.answer(held, actor_id, reason)
        model.Session.commit()
    else:
        _stop(context, held, actor_id)
    return edudata_alarm_show(context, {"id": row.id})


def _stop(context: Context, row: Alarm, actor_id: str | None) -> None:
    """One transaction stops the dataset and closes the report."""
    dataset_id = row.dataset_id
    alarms.stopped(row, actor_id)
    tk.get_action("edudata_stop")(
        {
            "user": context.get("user", ""),
            "auth_user_obj": context.get("auth_user_obj"),
        },
        {
            "id": dataset_id,
            "reason": tk._("Personal data were reported; the data are being examined."),
        },
    )
    model.Session.commit()


def _alarm(context: Context, alarm_id: str, action: str) -> Alarm:
    row = model.Session.get(Alarm, alarm_id)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such report"))
    try:
        tk.check_access(action, context, {"id": row.id, "unit_id": row.unit_id})
    except tk.NotAuthorized:
        raise tk.ObjectNotFound(tk._("There is no such report")) from None
    return row


def _notice(row: Notice) -> dict[str, Any]:
    subject, text = telling.text(row)
    return {
        "id": row.id,
        "kind": row.kind,
        "subject": subject,
        "text": text,
        "url": telling.link(row),
        "object_type": row.object_type,
        "object_id": row.object_id,
        "dataset_id": row.detail.get("dataset"),
        "created_at": row.created_at.isoformat(),
        "read_at": row.read_at.isoformat() if row.read_at else None,
        "done_at": row.done_at.isoformat() if row.done_at else None,
    }
