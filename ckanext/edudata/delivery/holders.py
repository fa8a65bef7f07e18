"""Who a grant is for: its holder, and the persons a body named."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.delivery.model import Delivery, Grant, GrantPerson


def holds(grant: Grant, user_id: str | None) -> bool:
    """Whether the person may read by this grant now, as far as persons go."""
    if not user_id:
        return False
    query = sa.select(GrantPerson.ended_at).where(
        GrantPerson.grant_id == grant.id, GrantPerson.user_id == user_id
    )
    row = model.Session.execute(query).first()
    return row is not None and row[0] is None


def belongs(grant: Grant, user_id: str | None) -> bool:
    """Whether the person applied for the grant, or may read by it."""
    return user_id is not None and (user_id == grant.user_id or holds(grant, user_id))


def recipients(grant_ids: Iterable[str]) -> dict[str, set[str]]:
    """Who ever read by these grants, was named in them or holds them: id → grants."""
    ids = list(grant_ids)
    found: dict[str, set[str]] = {}
    for table in (Grant, GrantPerson, Delivery):
        of = Grant.id if table is Grant else table.grant_id  # type: ignore[union-attr]
        query = sa.select(table.user_id, of).where(of.in_(ids)).distinct()
        for user_id, grant_id in model.Session.execute(query):
            found.setdefault(user_id, set()).add(grant_id)
    return found
