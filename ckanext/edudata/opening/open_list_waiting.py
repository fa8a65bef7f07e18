"""What waits to be published: found out when somebody looks, and by the sweep."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.opening import open_list, open_list_publishing, open_list_sources
from ckanext.edudata.opening.model_open_list import OpenListTouch, OpenListUnit
from ckanext.edudata.units import tree, who_may
from ckanext.edudata.units.model import RoleAssignment

#: Units that one page, and one round of the sweep, looks at.
AT_ONCE, SWEPT = 25, 50
#: A change that nothing notes (an entry was deleted) is seen then.
AGAIN = datetime.timedelta(days=1)


def touched(unit_ids: Sequence[str] | None = None) -> list[str]:
    """Units of which something was noted since they were last looked at."""
    query = sa.select(OpenListTouch.unit_id).distinct()
    if unit_ids is not None:
        query = query.where(OpenListTouch.unit_id.in_(unit_ids))
    return list(model.Session.scalars(query.order_by(OpenListTouch.unit_id)))


def rows(unit_ids: Sequence[str]) -> dict[str, OpenListUnit]:
    """What is known of units now; some that were touched are looked at first."""
    new = touched(unit_ids)[:AT_ONCE]
    if new:
        open_list_publishing.look(new, check=False)
        model.Session.commit()
    found = model.Session.scalars(
        sa.select(OpenListUnit).where(OpenListUnit.unit_id.in_(unit_ids))
    )
    return {row.unit_id: row for row in found}


def settle() -> int:
    """Look at units of which something was noted, and tell those who publish.

    :returns: how many units were looked at
    """
    ids = touched()[:SWEPT]
    if len(ids) < SWEPT:
        before = datetime.datetime.now(datetime.timezone.utc) - AGAIN
        old = sa.select(OpenListUnit.unit_id).where(OpenListUnit.looked_at < before)
        ids += model.Session.scalars(
            old.where(OpenListUnit.unit_id.not_in(ids))
            .order_by(OpenListUnit.looked_at)
            .limit(SWEPT - len(ids))
        ).all()
    if not ids:
        return 0
    looked = open_list_publishing.look(ids, check=True)
    for row in looked.values():
        _tell(row)
    model.Session.commit()
    return len(looked)


def _tell(row: OpenListUnit) -> None:
    """One notice for all units that one looks after, as long as it is unread."""
    if not row.waiting and not row.refused:
        row.told = None
        return
    draft = open_list_sources.drafts([row.unit_id], check=False)[row.unit_id]
    digest = open_list.draft_digest(
        [*draft.lines, *(item["line"] for item in draft.refused)]
    )
    if row.told == digest:
        return
    row.told = digest
    place = _place(row.unit_id)
    if place:
        tk.get_action("edudata_notify")(
            {"ignore_auth": True, "defer_commit": True},
            {
                "kind": "open_list_waits",
                "unit_id": place,
                "permission": "open_list_publish",
                "object_type": "open_list",
                "object_id": place,
            },
        )


def _place(unit_id: str) -> str | None:
    """The nearest unit whose people publish the list of this one."""
    roles = list(who_may.roles_for("open_list_publish"))
    levels = tree.with_superiors(unit_id)
    held: set[Any] = set(
        model.Session.scalars(
            sa.select(RoleAssignment.unit_id).where(
                RoleAssignment.unit_id.in_(levels),
                RoleAssignment.role.in_(roles),
                RoleAssignment.in_force(),
            )
        )
    )
    return next((level for level in levels if level in held), None)
