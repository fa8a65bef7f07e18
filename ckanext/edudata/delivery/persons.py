"""Who may read by a grant: the person who applied, or those whom a body named."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.delivery.model import Grant, GrantPerson


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def first(wanted: Iterable[str], applicant_id: str, kind: str | None) -> list[str]:
    """Who may read at first, in order and once each.

    A body's applicant reads only as one of the persons named; a natural person always
    does, and so does whoever applied for a body that named nobody.
    """
    named = list(dict.fromkeys(wanted))
    if applicant_id in named or (named and kind not in (None, "natural")):
        return named
    return [applicant_id, *named]


def add(grant: Grant, user_id: str) -> bool:
    """Let a person read, in the open transaction; whether they could not before.

    :raises ValidationError: no such active account
    """
    user = model.Session.get(model.User, user_id)
    if user is None or user.state != "active":
        raise tk.ValidationError({"user_id": [tk._("There is no such person")]})
    person = model.Session.get(
        GrantPerson, (grant.id, user_id), populate_existing=True, with_for_update=True
    )
    if person is None:
        person = GrantPerson(
            grant_id=grant.id, user_id=user_id, resource_id=grant.resource_id
        )
        model.Session.add(person)
    elif person.ended_at is None:
        return False
    else:
        person.added_at, person.ended_at = now(), None
    model.Session.flush()
    return True


def end(grant: Grant, user_id: str) -> bool:
    """Let a person read no longer, in the open transaction; whether they could."""
    person = model.Session.get(
        GrantPerson, (grant.id, user_id), populate_existing=True, with_for_update=True
    )
    if person is None or person.ended_at is not None:
        return False
    person.ended_at = now()
    model.Session.flush()
    return True


def of(grant: Grant) -> list[GrantPerson]:
    """All persons the grant was ever for, the first first."""
    query = (
        sa.select(GrantPerson)
        .where(GrantPerson.grant_id == grant.id)
        .order_by(GrantPerson.added_at, GrantPerson.user_id)
        .execution_options(populate_existing=True)
    )
    return list(model.Session.scalars(query))
