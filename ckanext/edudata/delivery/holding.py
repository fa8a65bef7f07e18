"""Keeping grants and tokens: made, moved, ended, and told of."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import api_token
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.delivery import calls, extracts, frozen, persons, recalls
from ckanext.edudata.delivery.model import Delivery, Grant, GrantPerson, GrantToken
from ckanext.edudata.requests import forms

SHOWN = (
    *("id", "request_id", "request_number", "user_id", "unit_id", "dataset_id"),
    *("resource_id", "release_id", "rows", "way", "quota_rows", "purpose"),
    "agreement",
)
DELIVERY = (
    *("id", "grant_id", "user_id", "resource_id", "release_id", "fields"),
    *("content_digest", "filter_keys", "asked", "rows", "way", "network", "outcome"),
)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def get(grant_id: str) -> Grant:
    """A grant as it stands in the database.

    :raises ObjectNotFound: there is none
    """
    grant = model.Session.get(Grant, grant_id, populate_existing=True)
    if grant is None:
        raise tk.ObjectNotFound(tk._("There is no such grant"))
    return grant


def create(wanted: DataDict) -> Grant:
    """A grant on the version that is released now, in the open transaction.

    :raises ValidationError: this version lacks a column, or is not to be had
    """
    released = tk.get_action("edudata_released_resource_show")(
        {"ignore_auth": True}, {"id": wanted["resource_id"]}
    )
    recalls.refuse_new(released["dataset_id"], released["release_id"])
    rows = wanted.get("rows") or {}
    shown = tk.get_action("resource_show")(
        {"ignore_auth": True}, {"id": released["resource_id"]}
    )
    items = shown.get("information_items")
    columns = forms.labelled(released["columns"], items)
    unknown = {*wanted["fields"], *rows} - {column["id"] for column in columns}
    if unknown or released["kind"] != "conditional" or released["stopped"]:
        raise tk.ValidationError(
            {
                "fields": [
                    tk._(
                        "The dataset was released anew or stopped since, and these "
                        "fields are not in it: {fields}"
                    ).format(fields=", ".join(sorted(unknown)) or "–")
                ]
            }
        )
    grant = Grant(
        request_id=wanted["request_id"],
        request_number=wanted["request_number"],
        user_id=wanted["user_id"],
        unit_id=released["unit_id"],
        dataset_id=released["dataset_id"],
        resource_id=released["resource_id"],
        release_id=released["release_id"],
        table_id=released["table_id"],
        content_digest=released["content_digest"],
        columns=columns,
        fields=wanted["fields"],
        rows=rows,
        starts=wanted["starts"],
        until=wanted["until"],
        granted_until=wanted["until"],
        way=wanted.get("way") or "interface",
        quota_rows=wanted.get("quota_rows"),
        quota_calls=wanted.get("quota_calls"),
        purpose=wanted.get("purpose"),
        agreement=wanted.get("agreement"),
    )
    model.Session.add(grant)
    model.Session.flush()
    named, kind = wanted.get("persons") or [], wanted.get("applicant_kind")
    for user_id in persons.first(named, grant.user_id, kind):
        persons.add(grant, user_id)
    return grant


def move(request_id: str, state: str) -> list[Grant]:
    """Put the grants of an application into a state, in the open transaction."""
    if state == "active":
        recalls.refuse_freed(request_id)
        frozen.refuse_freed(request_id)
    moved = locked(request_id)
    for grant in moved:
        grant.state = state
        grant.changed_at = now()
        if state not in ("active", "frozen"):
            end_tokens(grant)
    extracts.withdraw(moved)
    model.Session.flush()
    return moved


def locked(request_id: str) -> list[Grant]:
    """The grants of an application, as they stand, until the transaction ends."""
    return list(
        model.Session.scalars(
            sa.select(Grant)
            .where(Grant.request_id == request_id)
            .order_by(Grant.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def extend(grant: Grant, until: datetime.datetime) -> bool:
    """Let a grant go on, in the open transaction; whether its end changed.

    What is over stays over, and nothing ends earlier than it did.
    """
    if grant.state not in ("active", "frozen") or now() >= grant.until:
        return False
    days = tk.config["ckanext.edudata.delivery.extend_days"]
    until = min(until, grant.granted_until + datetime.timedelta(days=days))
    if until <= grant.until:
        return False
    grant.until, grant.changed_at = until, now()
    model.Session.flush()
    return True


def issue_token(grant: Grant, user_id: str) -> tuple[model.ApiToken, str]:
    """A person's token bound to the grant, in the open transaction; its secret text.

    Not by `api_token_create`: that commits before the token can be bound, and an
    unbound one opens the whole account.
    """
    token = model.ApiToken(user_id, grant.request_number)
    model.Session.add(token)
    mine = GrantToken(jti=token.id, grant_id=grant.id, user_id=user_id)
    model.Session.add(mine)
    model.Session.flush()
    issued = api_token.into_seconds(token.created_at)
    return token, api_token.encode({"jti": token.id, "iat": issued})


def end_tokens(grant: Grant, user_id: str | None = None, jti: str | None = None) -> int:
    """End the grant's tokens, or those of one person, or one; how many ended."""
    query = sa.select(GrantToken).where(
        GrantToken.grant_id == grant.id, GrantToken.ended_at.is_(None)
    )
    if user_id:
        query = query.where(GrantToken.user_id == user_id)
    if jti:
        query = query.where(GrantToken.jti == jti)
    ended = list(model.Session.scalars(query))
    for row in ended:
        row.ended_at = now()
        token = model.ApiToken.get(row.jti)
        if token:
            model.Session.delete(token)
    return len(ended)


def record(
    name: str, actor_id: str | None, grant: Grant, detail: dict[str, Any]
) -> None:
    """Write what was done to a grant into the trail, in the open transaction."""
    trail.record(
        name,
        actor_id=actor_id,
        object_type="grant",
        object_id=grant.id,
        unit_id=grant.unit_id,
        detail={"request": grant.request_id, "release": grant.release_id, **detail},
    )


def shown(
    grant: Grant, reader_id: str | None = None, *, others: bool = True
) -> dict[str, Any]:
    """A grant as its actions return it, its state as it is at this moment.

    :param reader_id: tokens of this person only (optional)
    :param others: whether the reader learns who else may read by it
    """
    over = grant.state in ("active", "frozen") and now() >= grant.until
    tokens = sa.select(GrantToken).where(
        GrantToken.grant_id == grant.id, GrantToken.ended_at.is_(None)
    )
    if reader_id:
        tokens = tokens.where(GrantToken.user_id == reader_id)
    return {
        **{name: getattr(grant, name) for name in SHOWN},
        "fields": [column for column in grant.columns if column["id"] in grant.fields],
        "starts": grant.starts.isoformat(),
        "until": grant.until.isoformat(),
        "extended": grant.until > grant.granted_until,
        "quota_calls": calls.allowed(grant),
        "state": "expired" if over else grant.state,
        "persons": [
            {
                "user_id": person.user_id,
                "added_at": person.added_at.isoformat(),
                "ended_at": person.ended_at and person.ended_at.isoformat(),
            }
            for person in persons.of(grant)
            if others or person.user_id == reader_id
        ],
        "tokens": [
            {
                "jti": token.jti,
                "user_id": token.user_id,
                "created_at": token.created_at.isoformat(),
            }
            for token in model.Session.scalars(tokens)
        ],
    }


def shown_delivery(row: Delivery) -> dict[str, Any]:
    """A delivery as its action returns it."""
    return {"at": row.at.isoformat(), **{key: getattr(row, key) for key in DELIVERY}}


def commit(context: Context) -> None:
    """End the transaction, unless it is the caller's (`defer_commit`)."""
    if not context.get("defer_commit"):
        model.Session.commit()


def held_by(user_id: str | None) -> Any:
    """Condition: grants that the person applied for or may read by."""
    mine = sa.select(GrantPerson.grant_id).where(
        GrantPerson.user_id == user_id, GrantPerson.ended_at.is_(None)
    )
    return sa.or_(Grant.user_id == user_id, Grant.id.in_(mine))


def deliveries(asked: DataDict) -> list[Any]:
    """Conditions on deliveries, out of what `edudata_delivery_list` takes."""
    found: list[Any] = [
        getattr(Delivery, key) == asked[key]
        for key in ("resource_id", "user_id", "way", "outcome")
        if asked.get(key)
    ]
    if asked.get("since"):
        found.append(Delivery.at >= asked["since"])
    if asked.get("until"):
        found.append(Delivery.at < asked["until"] + datetime.timedelta(days=1))
    return found


def page(
    query: Any,
    order: list[Any],
    limit: int,
    offset: int = 0,
    before: int | None = None,
    counting: bool = True,
) -> tuple[int, list[Any]]:
    """A page of a query (of deliveries: before this id), and how many rows in all."""
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    if before:
        query = query.where(Delivery.id < before)
    rows = model.Session.scalars(query.order_by(*order).limit(limit).offset(offset))
    total = model.Session.scalar(counted) if counting else 0
    return total or 0, list(rows)
