"""Reports of use (使用情况报告): due before a grant ends, filed, read by the owner."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.delivery import report_rules, schema_after, use_reports
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_after import UseReport
from ckanext.edudata.feedback import telling
from ckanext.edudata.units import people, who_may

STAGES = ("due", "late", "filed", "read")


@tk.side_effect_free
@validate(schema_after.by_request)
def edudata_use_report_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The report of use of an application's grant, to its holder and to the owner.

    :param request_id: id of the application
    :returns: `{request_id, request_number, grant_id, grant_state, user_id, unit_id,
        dataset_id, dataset_title, due, stage, filed_at, late, form, read_at, words}`;
        `due` is a date, `stage` is empty, `soon` or `late`, `filed_at` is None until it
        is filed
    """
    _or_not_found("edudata_use_report_show", context, data_dict)
    grant = use_reports.grant_of(data_dict["request_id"])
    return use_reports.shown(grant, use_reports.of(grant))


@validate(schema_after.report_file)
def edudata_use_report_file(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """File the report of use of one's grant; again, until the owner has read it.

    :param request_id: id of the application
    :param uses: what the data were used for; `results`: what came of it; `security`:
        where they were kept, who worked with them; `problems` (optional)
    :param third: `no`, `consented` or `without`; with `third_words` where not `no`
    :param copies: `in_use`, `deleted` or `kept`; with `copies_words` where `kept`
    :returns: as `edudata_use_report_show`
    :raises ValidationError: something is missing; the owner has read it already
    """
    _or_not_found("edudata_use_report_file", context, data_dict)
    actor_id = people.actor_id(context)
    form, wrong = report_rules.clean(data_dict)
    if wrong:
        raise tk.ValidationError(
            {name: [tk._(msgid) % values] for name, (msgid, values) in wrong.items()}
        )
    grant = use_reports.grant_of(data_dict["request_id"])
    with transactions.whole():
        row = use_reports.locked(grant)
        if row.read_at is not None:
            words = tk._("The owner has read this report; it cannot be changed.")
            raise tk.ValidationError({"request_id": [words]})
        first = row.filed_at is None
        row.due = use_reports.due(grant)
        if first:
            row.late = use_reports.stage(grant, None) == "late"
        row.form, row.filed_by = form, actor_id
        row.filed_at = use_reports.holding.now()
        use_reports.record(
            "use_report_file",
            actor_id,
            row,
            due=str(row.due),
            late=row.late,
            third=form["third"],
        )
        ids = telling.note(
            "use_report_filed",
            telling.responsible(
                row.unit_id, who_may.roles_for("request_review"), {row.user_id}
            ),
            unit_id=row.unit_id,
            object_type="grant",
            object_id=row.grant_id,
            detail={"request": row.request_id},
        )
    telling.queue(ids)
    return use_reports.shown(grant, use_reports.of(grant))


@validate(schema_after.report_read)
def edudata_use_report_read(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Note that the owner has read a report, with words to its holder (reviewer).

    :param request_id: id of the application
    :param words: to the holder (optional)
    :returns: as `edudata_use_report_show`
    :raises ValidationError: nothing was filed, or it was read already
    """
    _or_not_found("edudata_use_report_read", context, data_dict)
    actor_id = people.actor_id(context)
    grant = use_reports.grant_of(data_dict["request_id"])
    with transactions.whole():
        row = use_reports.locked(grant)
        if row.filed_at is None:
            raise _wrong(tk._("No report was filed yet."))
        if row.read_at is not None:
            raise _wrong(tk._("This report was read already."))
        row.read_at, row.read_by = use_reports.holding.now(), actor_id
        row.words = data_dict["words"].strip()
        use_reports.record("use_report_read", actor_id, row)
        ids = telling.note(
            "use_report_answered",
            [row.user_id],
            unit_id=row.unit_id,
            object_type="grant",
            object_id=row.grant_id,
            detail={"request": row.request_id},
        )
    telling.queue(ids)
    return use_reports.shown(grant, use_reports.of(grant))


@tk.side_effect_free
@validate(schema_after.listing)
def edudata_use_report_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Reports on one's own grants, or on those on the data of a unit.

    :param unit_id: on the data of this unit, instead of one's own (optional)
    :param state: `due` (soon or late), `late`, `filed` (not read yet) or `read`
        (default: all)
    :param limit: at most so many (default: 50)
    :param offset: skip so many (default: 0)
    :returns: `{count, results: [as edudata_use_report_show]}`, due first
    """
    tk.check_access("edudata_use_report_list", context, data_dict)
    state = data_dict.get("state")
    if state and state not in STAGES:
        raise tk.ValidationError({"state": [tk._(report_rules.CHOOSE)]})
    whose = (
        Grant.unit_id == data_dict["unit_id"]
        if data_dict.get("unit_id")
        else Grant.user_id == people.actor_id(context)
    )
    query = (
        sa.select(Grant, UseReport)
        .outerjoin(UseReport, UseReport.request_id == Grant.request_id)
        .where(whose)
    )
    if state in ("due", "late"):
        query = query.where(UseReport.filed_at.is_(None), use_reports.soon_due())
    elif state == "filed":
        query = query.where(
            UseReport.filed_at.is_not(None), UseReport.read_at.is_(None)
        )
    elif state == "read":
        query = query.where(UseReport.read_at.is_not(None))
    order = [Grant.granted_until, Grant.id]
    found = [
        use_reports.shown(grant, row)
        for grant, row in model.Session.execute(query.order_by(*order).limit(2000))
    ]
    if state in ("due", "late"):
        wanted = ("soon", "late") if state == "due" else ("late",)
        found = [each for each in found if each["stage"] in wanted]
    start = data_dict["offset"]
    return {
        "count": len(found),
        "results": found[start : start + data_dict["limit"]],
    }


def edudata_use_report_settle(context: Context, data_dict: DataDict) -> int:
    """Remind of reports that are due soon or late, each once (internal; the clock
    asks).

    :returns: number of new notices
    """
    tk.check_access("edudata_use_report_settle", context, data_dict)
    told = 0
    for grant_id in use_reports.to_remind():
        with transactions.whole():
            ids = use_reports.remind(grant_id)
        telling.queue(ids)
        told += len(ids)
    return told


def _wrong(words: str) -> tk.ValidationError:
    return tk.ValidationError({"request_id": [words]})


def _or_not_found(name: str, context: Context, data_dict: DataDict) -> None:
    """Check access; who may not know of a grant learns that there is none."""
    try:
        tk.check_access(name, context, data_dict)
    except tk.NotAuthorized:
        shown = {"request_id": data_dict["request_id"]}
        try:
            tk.check_access("edudata_use_report_show", context, shown)
        except tk.NotAuthorized:
            raise tk.ObjectNotFound(tk._("There is no such grant")) from None
        raise
