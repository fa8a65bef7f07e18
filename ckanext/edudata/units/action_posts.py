"""Undertakings and training of people in sensitive posts (Art. 37)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import telling
from ckanext.edudata.units import naming, people, posts, schema, tree, who_may
from ckanext.edudata.units.model import PostRecord, RoleAssignment


@validate(schema.post_record)
def edudata_post_record(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Put on record that a person signed an undertaking or was trained.

    :param unit_id: id or name of the unit
    :param user_id: id or name of the person's account; or, for somebody of a
        contractor without one,
    :param person_name: the name, with
    :param company: the contractor
    :param post: the post, such as 数据库运维
    :param kind: `undertaking`, `confidentiality`, `training` or `background_check`
    :param made_on: the day it was signed or held, as 2026-09-01
    :param valid_until: last day it holds (optional)
    :param reference: number of the paper, or title of the course (optional)
    :returns: the record, as `edudata_post_list` gives it
    """
    tk.check_access("edudata_post_record", context, data_dict)
    unit = model.Group.get(data_dict["unit_id"])
    if unit is None or not unit.is_organization or unit.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    user = model.User.get(data_dict.get("user_id") or "")
    wrong: Any = {}
    if data_dict.get("user_id") and (user is None or user.state == "deleted"):
        wrong["user_id"] = [tk._("There is no such account")]
    if not data_dict.get("user_id"):
        for key in ("person_name", "company"):
            if not data_dict.get(key):
                wrong[key] = [
                    tk._("Name the account, or person and company of a contractor")
                ]
    until = data_dict.get("valid_until")
    if until and until < data_dict["made_on"]:
        wrong["valid_until"] = [tk._("The end lies before the beginning")]
    if data_dict["made_on"] > _today():
        wrong["made_on"] = [tk._("This day has not come yet")]
    if wrong:
        raise tk.ValidationError(wrong)
    row = PostRecord(
        unit_id=unit.id,
        user_id=user.id if user else None,
        person_name="" if user else data_dict["person_name"],
        company=data_dict.get("company") or "",
        post=data_dict["post"],
        kind=data_dict["kind"],
        reference=data_dict.get("reference") or "",
        made_on=data_dict["made_on"],
        valid_until=until or None,
        recorded_by=people.actor_id(context),
    )
    model.Session.add(row)
    model.Session.flush()
    trail.record(
        "post_record",
        actor_id=row.recorded_by,
        object_type="post_record",
        object_id=row.id,
        unit_id=unit.id,
        detail={"kind": row.kind, "user": row.user_id},
    )
    model.Session.commit()
    return _shown([row])[0]


@validate(schema.unit_only)
def edudata_post_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that a record was wrong. It stays, marked as withdrawn.

    :param id: of the record
    :returns: the record
    """
    row = model.Session.scalar(
        sa.select(PostRecord).where(PostRecord.id == data_dict["id"]).with_for_update()
    )
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such record"))
    tk.check_access("edudata_post_withdraw", context, {"unit_id": row.unit_id})
    if row.withdrawn_at is None:
        row.withdrawn_at = datetime.datetime.now(datetime.timezone.utc)
        row.withdrawn_by = people.actor_id(context)
        trail.record(
            "post_withdraw",
            actor_id=row.withdrawn_by,
            object_type="post_record",
            object_id=row.id,
            unit_id=row.unit_id,
        )
    model.Session.commit()
    return _shown([row])[0]


@tk.side_effect_free
@validate(schema.post_list)
def edudata_post_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Undertakings and training on record, newest first.

    :param unit_id: id or name of the unit; without it, one's own records
    :param below: also of all units below (optional)
    :param withdrawn: also those that were withdrawn (optional)
    :returns: `[{id, unit_id, unit, user_id, person, company, post, kind, reference,
        made_on, valid_until, state, recorded_by, recorded_at}]`
    """
    tk.check_access("edudata_post_list", context, data_dict)
    query = sa.select(PostRecord).order_by(
        PostRecord.made_on.desc(), PostRecord.recorded_at.desc()
    )
    if data_dict.get("unit_id"):
        unit = model.Group.get(data_dict["unit_id"])
        if unit is None:
            raise tk.ObjectNotFound(tk._("There is no such unit"))
        below = data_dict.get("below")
        units = tree.with_subordinates(unit.id) if below else [unit.id]
        query = query.where(PostRecord.unit_id.in_(units))
    else:
        query = query.where(PostRecord.user_id == people.actor_id(context))
    if not data_dict.get("withdrawn"):
        query = query.where(PostRecord.withdrawn_at.is_(None))
    return _shown(list(model.Session.scalars(query.limit(20_000))))


@validate(schema.post_list)
def edudata_post_export(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """All records of a unit and all below it, withdrawn ones too, to be taken along.
    That they were taken is on record.

    :param unit_id: id or name of the unit
    :returns: as `edudata_post_list`
    """
    tk.check_access("edudata_post_export", context, data_dict)
    unit = model.Group.get(data_dict.get("unit_id") or "")
    if unit is None:
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    found = edudata_post_list(
        context, {"unit_id": unit.id, "below": True, "withdrawn": True}
    )
    trail.record(
        "post_export",
        actor_id=people.actor_id(context),
        object_type="unit",
        object_id=unit.id,
        unit_id=unit.id,
        detail={"records": len(found)},
    )
    model.Session.commit()
    return found


@tk.side_effect_free
@validate(schema.post_list)
def edudata_post_missing(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """People in sensitive posts without a valid undertaking or training.

    :param unit_id: id or name of the unit
    :param below: also of all units below (optional)
    :returns: `[{user_id, person, unit_id, unit, roles, undertaking, training}]`; the
        last two are `due`, `expired` or `missing` where something is to be done
    """
    tk.check_access("edudata_post_missing", context, data_dict)
    unit = model.Group.get(data_dict.get("unit_id") or "")
    if unit is None:
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    below = data_dict.get("below")
    units = tree.with_subordinates(unit.id) if below else [unit.id]
    held: dict[tuple[str, str], list[str]] = {}
    for row in model.Session.scalars(
        sa.select(RoleAssignment).where(
            RoleAssignment.unit_id.in_(units),
            RoleAssignment.role.in_(who_may.SENSITIVE),
            RoleAssignment.in_force(),
        )
    ):
        held.setdefault((row.user_id, row.unit_id), []).append(row.role)
    states: dict[tuple[str, str], list[str]] = {}
    users = {user_id for user_id, _ in held}
    for record in model.Session.scalars(
        sa.select(PostRecord).where(
            PostRecord.user_id.in_(users), PostRecord.withdrawn_at.is_(None)
        )
    ):
        states.setdefault((record.user_id or "", record.kind), []).append(
            posts.state(record.valid_until, _today())
        )
    names, titles = _names(users), naming.titles(units)
    found = []
    for (user_id, unit_id), roles in held.items():
        stands = {
            kind: posts.best(states.get((user_id, kind), [])) for kind in posts.OBLIGED
        }
        if any(each != "valid" for each in stands.values()):
            found.append(
                {
                    "user_id": user_id,
                    "person": names.get(user_id, ""),
                    "unit_id": unit_id,
                    "unit": titles.get(unit_id, ""),
                    "roles": sorted(roles),
                    **stands,
                }
            )
    return sorted(found, key=lambda each: (each["unit"], each["person"]))


def edudata_post_remind(context: Context, data_dict: DataDict) -> int:
    """Tell people, and those who keep the records, of what ends within 30 days
    (internal; the sweep asks).

    :returns: how many notices were made
    """
    tk.check_access("edudata_post_remind", context, data_dict)
    last = _today() + datetime.timedelta(days=posts.DUE_DAYS)
    made = 0
    rows = model.Session.scalars(
        sa.select(PostRecord)
        .where(
            PostRecord.withdrawn_at.is_(None),
            PostRecord.valid_until <= last,
            sa.or_(
                PostRecord.reminded_for.is_(None),
                PostRecord.reminded_for != PostRecord.valid_until,
            ),
        )
        .with_for_update(skip_locked=True)
        .limit(1000)
    )
    for row in list(rows):
        row.reminded_for = row.valid_until
        if not _renewed(row):
            made += _told(row)
    model.Session.commit()
    return made


def _renewed(row: PostRecord) -> bool:
    """Whether a later record of the same kind stands for the same person."""
    same = (
        PostRecord.user_id == row.user_id
        if row.user_id
        else sa.and_(
            PostRecord.person_name == row.person_name,
            PostRecord.company == row.company,
        )
    )
    return (
        model.Session.scalar(
            sa.select(PostRecord.id)
            .where(
                PostRecord.unit_id == row.unit_id,
                PostRecord.kind == row.kind,
                PostRecord.withdrawn_at.is_(None),
                PostRecord.id != row.id,
                sa.or_(
                    PostRecord.valid_until.is_(None),
                    PostRecord.valid_until > row.valid_until,
                ),
                same,
            )
            .limit(1)
        )
        is not None
    )


def _told(row: PostRecord) -> int:
    users = people.responsible(row.unit_id, ["security_officer"])
    if row.user_id and row.user_id not in users:
        users = [*users, row.user_id]
    made = telling.note(
        "post_due",
        users,
        unit_id=row.unit_id,
        object_type="post_record",
        object_id=row.id,
        detail={"unit": row.unit_id},
    )
    return len(made)


def _today() -> datetime.date:
    return datetime.datetime.now(people.SHANGHAI).date()


def _names(users: Any) -> dict[str, str]:
    return {key: name for key, (name, _, _) in naming.persons(users).items()}


def _shown(rows: list[PostRecord]) -> list[dict[str, Any]]:
    names = _names(
        {row.user_id for row in rows if row.user_id}
        | {row.recorded_by for row in rows if row.recorded_by}
    )
    titles = naming.titles({row.unit_id for row in rows})
    today = _today()
    return [
        {
            "id": row.id,
            "unit_id": row.unit_id,
            "unit": titles.get(row.unit_id, ""),
            "user_id": row.user_id,
            "person": names.get(row.user_id or "", row.person_name),
            "company": row.company,
            "post": row.post,
            "kind": row.kind,
            "reference": row.reference,
            "made_on": row.made_on.isoformat(),
            "valid_until": row.valid_until.isoformat() if row.valid_until else "",
            "state": "withdrawn"
            if row.withdrawn_at
            else posts.state(row.valid_until, today),
            "recorded_by": names.get(row.recorded_by or "", ""),
            "recorded_at": row.recorded_at.isoformat(),
        }
        for row in rows
    ]
