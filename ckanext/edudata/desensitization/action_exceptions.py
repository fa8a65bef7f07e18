"""Exceptions (例外公开审批), and findings decided once and remembered (Art. 27)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict
from sqlalchemy.exc import IntegrityError

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import veil, visibility
from ckanext.edudata.desensitization import (
    basis,
    decisions,
    ending,
    exceptions,
    runs,
    schema,
)
from ckanext.edudata.desensitization import schema_exceptions as takes
from ckanext.edudata.desensitization.model import (
    Check,
    Clearance,
    PublicationException,
)
from ckanext.edudata.units import people, who_may

_DAY = datetime.timedelta(days=1)


@tk.side_effect_free
@veil.veiled
@validate(schema.by_resource)
def edudata_finding_decision_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """What was decided about each finding of a file, and elsewhere in the unit before.

    :param resource_id: id of the resource, or of the entry for its description
    :returns: in the order of the findings: `[{place, column, entity, passed,
        may_except, decision, proposal, exception}]`; `proposal` is what was last
        decided for this element in another file of the unit
    """
    check = _checked(context, data_dict, "edudata_check_show")
    return decisions.of_file(check)


@veil.veiled
@validate(takes.decided)
def edudata_finding_decide(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Decide that a finding will be corrected or desensitized; it is remembered.

    The other ways, an exception or that it is not personal, are asked for with
    `edudata_exception_request`, which remembers them too.

    :param resource_id: id of the resource, or of the entry for its description
    :param place: as `where` of the finding (default: cell)
    :param column: label of the column
    :param entity: as in the finding
    :param way: `correct` or `desensitize`
    :returns: `{way, decided_by, decided_at, resource_id, exception_id}`
    """
    check = _checked(context, data_dict, "edudata_exception_request")
    found = decisions.finding_of(check, data_dict)
    actor = people.actor_id(context)
    row = decisions.remember(check, found, data_dict["way"], actor)
    trail.record(
        "finding_decide",
        actor_id=actor,
        object_type="resource",
        object_id=check.resource_id,
        unit_id=row.unit_id,
        detail={"entity": row.entity, "way": row.way, "decision": row.id},
    )
    model.Session.commit()
    return decisions.shown_decision(row)


@veil.veiled
@validate(takes.request)
def edudata_exception_request(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask that one element of a file be opened although it is personal, or taken for
    not personal (误报).

    :param resource_id: id of the resource, or of the entry for its description
    :param place: as `where` of the finding (default: cell)
    :param column: label of the column
    :param entity: as in the finding
    :param kind: `exception` (default) or `not_personal`
    :param law: law or regulation that has it published; obliged for an exception
    :param article: its article; obliged for an exception
    :param purpose: what it is published for; for `not_personal`, what it is instead
    :param until: last day, as 2026-12-31; obliged for an exception
    :returns: the exception, see `edudata_exception_show`
    :raises ValidationError: a part is missing, the last check has found no such thing,
        or one is already waiting for a decision
    """
    check = _checked(context, data_dict, "edudata_exception_request")
    found = decisions.finding_of(check, data_dict)
    refusal = exceptions.refused_kind(
        data_dict["kind"], found["where"], found["entity"]
    )
    if refusal:
        raise tk.ValidationError({"kind": [tk._(refusal)]})
    until = _asked_words(data_dict)
    package = basis.entry_of(check.resource_id)
    column = found["label_of_column"]
    actor = people.actor_id(context)
    row = PublicationException(
        entry_id=check.entry_id,
        resource_id=check.resource_id,
        unit_id=(package.owner_org if package else None) or "",
        place=found["where"],
        column=column,
        entity=found["entity"],
        element=basis.elements(check.resource_id).get(column, ""),
        evidence="" if found["where"] == "cell" else exceptions.evidence_of(found),
        kind=data_dict["kind"],
        law=data_dict["law"],
        article=data_dict["article"],
        purpose=data_dict["purpose"],
        until=until,
        asked_by=actor,
    )
    model.Session.add(row)
    try:
        model.Session.flush()
    except IntegrityError:
        model.Session.rollback()
        raise tk.ValidationError(
            {"column": [tk._("An exception for this is already waiting")]}
        ) from None
    decisions.remember(check, found, row.kind, actor, row.id)
    _record("request", row, actor)
    model.Session.commit()
    return decisions.shown(row)


@validate(takes.decision)
def edudata_exception_decide(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Grant or refuse an exception, as a second person.

    The security officer of the unit decides, or one above it; never who asked, nor who
    compiled the entry. What it is granted for is checked again by itself.

    :param id: id of the exception
    :param decision: `grant` or `refuse`
    :param reason: why
    :param scope: `file` (default), or `unit` for this element in all files of the unit
    :param until: an earlier last day than was asked for (optional)
    :returns: the exception, see `edudata_exception_show`
    :raises ValidationError: it is decided already
    """
    row = _seen(context, data_dict["id"], hold=True)
    command = data_dict["decision"]
    tk.check_access("edudata_exception_decide", context, {"id": row.entry_id})
    actor = people.actor_id(context)
    if exceptions.TRANSITIONS[command].second:
        refusal = exceptions.not_second(
            actor, row.asked_by, decisions.compilers(row.entry_id)
        )
        if refusal:
            entry_id, unit_id = row.entry_id, row.unit_id
            model.Session.rollback()
            trail.record_apart(
                f"exception_{command}",
                actor_id=actor,
                object_type="exception",
                object_id=data_dict["id"],
                unit_id=unit_id,
                detail={"entry": entry_id},
                outcome="denied",
            )
            raise tk.NotAuthorized(tk._(refusal))
    _step(row, command)
    errors: dict[str, Any] = {}
    if not data_dict["reason"]:
        errors["reason"] = [tk._("Say why: whoever asked reads it")]
    until = data_dict.get("until") or row.until
    if until > row.until:
        errors["until"] = [tk._("It can last no longer than was asked for")]
    if command == "grant" and until <= _now():
        errors["until"] = [tk._("The date that was asked for has passed; refuse it")]
    if data_dict["scope"] == "unit" and row.place != "cell":
        errors["scope"] = [tk._("Only a column can be excepted in all files")]
    if errors:
        model.Session.rollback()
        raise tk.ValidationError(errors)
    row.decided_by, row.decided_at = actor, _now()
    row.decision_reason = data_dict["reason"]
    queued: list[str] = []
    if command == "grant":
        row.scope, row.until = data_dict["scope"], until
        queued = basis.again(ending.files_of(row))
    _record(command, row, actor)
    model.Session.commit()
    runs.queue(queued)
    return decisions.shown(row)


@validate(takes.by_id)
def edudata_exception_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Withdraw what was asked for, or end an exception that is in force.

    Clearances that rest on it are void at once. What was released stays until its
    owner acts, who is told.

    :param id: id of the exception
    :returns: the exception, with `released`: `[{dataset_id, dataset_name, title,
        version, entry_id, unit_id}]` that rest on it
    :raises ValidationError: it has ended already
    """
    row = _seen(context, data_dict["id"], hold=True)
    command = "withdraw" if row.state == "requested" else "end"
    permission = exceptions.TRANSITIONS[command].permission
    tk.check_access(f"edudata_{permission}", context, {"id": row.entry_id})
    actor = people.actor_id(context)
    _step(row, command)
    released: list[dict[str, Any]] = []
    queued: list[str] = []
    if command == "end":
        released = ending.end(row, "withdrawn", actor)
        queued = basis.again(ending.files_of(row))
    else:
        row.ended_by, row.ended_at = actor, _now()
        _record("withdraw", row, actor)
    model.Session.commit()
    runs.queue(queued)
    return {**decisions.shown(row), "released": released}


@tk.side_effect_free
@validate(takes.by_id)
def edudata_exception_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """An exception: what for, on what basis, who asked and decided, and until when.

    :param id: id of the exception
    :returns: `{id, entry_id, resource_id, unit_id, place, column, entity, element,
        kind, law, article, purpose, until, scope, state, asked_by, asked_at,
        decided_by, decided_at, decision_reason, ended_by, ended_at, end_cause,
        commands, deciders}`; `commands` are those the caller may give now, `deciders`
        the ids of those whose turn it is
    """
    row = _seen(context, data_dict["id"])
    tk.check_access("edudata_exception_show", context, {"id": row.entry_id})
    actor = people.actor_id(context)
    compilers = decisions.compilers(row.entry_id)
    waiting = row.state == "requested"
    return {
        **decisions.shown(row),
        "commands": [
            command
            for command, step in exceptions.TRANSITIONS.items()
            if step.source == row.state
            and people.may(context, step.permission, row.unit_id)["success"]
            and not (
                step.second and exceptions.not_second(actor, row.asked_by, compilers)
            )
        ],
        "deciders": decisions.deciders(row.unit_id, [*compilers, row.asked_by or ""])
        if waiting
        else [],
    }


@tk.side_effect_free
@veil.veiled
@validate(takes.exception_list)
def edudata_exception_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Exceptions of the units one works for, newest first.

    :param inbox: only those whose turn to decide is one's own (default: false)
    :param resource_id: only of this file (optional)
    :param state: only in this state (optional)
    :param limit: at most so many (default: 50)
    :param offset: how many to skip (default: 0)
    :returns: `{count, results}`, each as `edudata_exception_show` has it, with
        `entry_title`, `name` of the file
    """
    tk.check_access("edudata_exception_list", context, data_dict)
    actor = people.actor_id(context)
    permission = "exception_decide" if data_dict["inbox"] else "finding_read"
    units = people.all_units_where(actor, who_may.roles_for(permission))
    query = (
        sa.select(PublicationException, model.Package, model.Resource)
        .join(model.Package, model.Package.id == PublicationException.entry_id)
        .outerjoin(
            model.Resource, model.Resource.id == PublicationException.resource_id
        )
        .where(
            PublicationException.unit_id.in_(units),
            model.Package.state == "active",
            model.Package.owner_org == PublicationException.unit_id,
            sa.or_(model.Resource.id.is_(None), model.Resource.state == "active"),
        )
        .order_by(PublicationException.number.desc())
    )
    if data_dict["inbox"]:
        query = query.where(PublicationException.state == "requested")
    if data_dict.get("state"):
        query = query.where(PublicationException.state == data_dict["state"])
    if data_dict.get("resource_id"):
        query = query.where(
            PublicationException.resource_id == data_dict["resource_id"]
        )
    rows = [
        (row, package, resource)
        for row, package, resource in model.Session.execute(query)
        if not data_dict["inbox"] or _turn_of(row, actor)
    ]
    start, limit = data_dict["offset"], min(data_dict["limit"], 500)
    return {
        "count": len(rows),
        "results": [
            {
                **decisions.shown(row),
                "entry_title": package.title,
                "name": resource.name if resource else "",
            }
            for row, package, resource in rows[start : start + limit]
        ],
    }


@tk.side_effect_free
def edudata_clearance_attention(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Released data whose clearance no longer holds, in the units one works for.

    An exception or the standing rule that it rests on has ended; what is public stays
    until its owner releases anew or stops it.

    :returns: `[{dataset_id, dataset_name, title, version, entry_id, unit_id}]`
    """
    tk.check_access("edudata_clearance_attention", context, data_dict)
    units = people.all_units_where(
        people.actor_id(context), who_may.roles_for("finding_read")
    )
    rows = model.Session.scalars(
        sa.select(Clearance)
        .join(model.Package, model.Package.id == Clearance.entry_id)
        .where(
            model.Package.owner_org.in_(units),
            sa.or_(
                Clearance.basis["exceptions"] != sa.text("'[]'::jsonb"),
                Clearance.basis["rule"] != sa.text("'null'::jsonb"),
            ),
        )
    ).all()
    live = ending.released_on([row.id for row in rows])
    named = {each for item in live for each in item["clearance_ids"]}
    void = {
        row.id
        for row in rows
        if row.id in named and not basis.still_holds(row, hold=False)
    }
    return [
        {key: value for key, value in item.items() if key != "clearance_ids"}
        for item in live
        if void & set(item["clearance_ids"])
    ]


def _checked(context: Context, data_dict: DataDict, action: str) -> Check:
    """The last run over a file, done, for somebody who may call *action*."""
    last = runs.latest(data_dict["resource_id"])
    if last is None:
        raise tk.ObjectNotFound(tk._("This file has not been checked"))
    tk.check_access(action, context, {"id": last.entry_id})
    # While it runs again over the same content, what it found before still stands.
    done = runs.last_done(last)
    if done is None and action == "edudata_exception_request":
        raise tk.ValidationError(
            {"column": [tk._("The check has not finished; decide when it has")]}
        )
    return done or last


def _seen(
    context: Context, exception_id: str, *, hold: bool = False
) -> PublicationException:
    """An exception of an entry that the caller may see; else it is not there.

    :param hold: against everybody else, until the commit
    """
    query = sa.select(PublicationException).where(
        PublicationException.id == exception_id
    )
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = model.Session.scalar(query)
    package = model.Session.get(model.Package, row.entry_id) if row else None
    if (
        row is None
        or package is None
        or package.state != "active"
        or package.owner_org != row.unit_id
        or not (context.get("ignore_auth") or visibility.visible(context, package))
    ):
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._("There is no such exception"))
    return row


def _turn_of(row: PublicationException, actor: str | None) -> bool:
    excluded = [*decisions.compilers(row.entry_id), row.asked_by or ""]
    return actor in decisions.deciders(row.unit_id, excluded)


def _step(row: PublicationException, command: str) -> None:
    """Take a step in an exception's life; the row is held by the caller."""
    step = exceptions.TRANSITIONS[command]
    if row.state != step.source:
        model.Session.rollback()
        raise tk.ValidationError(
            {
                "state": [
                    tk._("This was decided already: {state}").format(
                        state=tk._(exceptions.STATES[row.state])
                    )
                ]
            }
        )
    row.state = step.target


def _asked_words(data_dict: DataDict) -> datetime.datetime:
    """What must be said when asking; the last moment of the exception.

    :raises ValidationError: naming each part that is missing
    """
    errors: dict[str, Any] = {}
    longest = tk.config["ckanext.edudata.exception.longest_days"]
    until = data_dict.get("until")
    if data_dict["kind"] == exceptions.EXCEPTION:
        if not data_dict["law"]:
            errors["law"] = [tk._("Cite the law or regulation that has it published")]
        if not data_dict["article"]:
            errors["article"] = [tk._("Cite the article")]
        if until is None:
            errors["until"] = [tk._("Say until when")]
    if not data_dict["purpose"]:
        errors["purpose"] = [
            tk._("Say what it is published for")
            if data_dict["kind"] == exceptions.EXCEPTION
            else tk._("Say what it is, so that a second person can judge")
        ]
    latest = _now() + longest * _DAY
    # A day given without a time lasts to its end.
    if until is not None and until > latest + _DAY:
        errors["until"] = [
            tk._("An exception lasts at most {n} days").format(n=longest)
        ]
    if errors:
        raise tk.ValidationError(errors)
    return until or latest


def _record(command: str, row: PublicationException, actor: str | None) -> None:
    trail.record(
        f"exception_{command}",
        actor_id=actor,
        object_type="exception",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={
            "entry": row.entry_id,
            "resource": row.resource_id,
            "entity": row.entity,
            "kind": row.kind,
            "scope": row.scope,
            "until": row.until.date().isoformat(),
        },
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
