"""What one read is about, found in one statement.

A read by a grant asks for what stands under the public id, whether its dataset is
still open, who asks, and which grants they hold on which version. Each of these could
be asked of the room it belongs to; together they would cost more than the read. So
this one module looks at the tables of releases beside its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from ckan import model
from ckan.types import Context
from sqlalchemy.orm import aliased

from ckanext.edudata.delivery import tokens
from ckanext.edudata.delivery.model import Grant, GrantPerson
from ckanext.edudata.opening.model import Release, ReleasedResource


class Held(NamedTuple):
    """A grant of the one who asks; whether the version it is for was stopped, and how
    many rows this version has (`None` where its table is unknown)."""

    grant: Grant
    stopped: bool
    rows: int | None


class Sought(NamedTuple):
    """Conditional data under a public id, who asks for them, and their grants.

    `dataset_name` is the name in the address of its page.
    """

    resource_id: str
    unit_id: str
    dataset_name: str
    stopped: bool
    user_id: str | None
    held: Sequence[Held]


def _statement() -> Any:
    package, user = model.Package, model.User
    # What stands under the id now; a grant keeps to the version it was given for.
    now, version = Release, ReleasedResource
    of_grant = aliased(Release)
    table = aliased(ReleasedResource)
    each, its = aliased(ReleasedResource), aliased(Release)
    newest = (
        sa.select(each.id)
        .join(its, its.id == each.release_id)
        .where(each.resource_id == sa.bindparam("resource"))
        .order_by(its.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(
            version.kind,
            now.unit_id,
            now.state,
            package.name,
            user.id.label("user_id"),
            Grant,
            of_grant.state.label("granted_state"),
            table.row_count.label("granted_rows"),
        )
        .select_from(version)
        .join(now, now.id == version.release_id)
        .join(
            package,
            sa.and_(
                package.id == now.dataset_id,
                package.type == "dataset",
                package.state == "active",
                package.private.is_(False),
            ),
        )
        .outerjoin(
            user, sa.and_(user.name == sa.bindparam("user"), user.state == "active")
        )
        .outerjoin(
            GrantPerson,
            sa.and_(
                GrantPerson.user_id == user.id,
                GrantPerson.resource_id == version.resource_id,
                GrantPerson.ended_at.is_(None),
            ),
        )
        .outerjoin(
            Grant,
            sa.and_(
                Grant.id == GrantPerson.grant_id,
                sa.func.coalesce(sa.bindparam("grant"), Grant.id) == Grant.id,
            ),
        )
        .outerjoin(table, table.table_id == Grant.table_id)
        .outerjoin(of_grant, of_grant.id == table.release_id)
        .where(version.id == newest)
        .order_by(Grant.created_at.desc(), Grant.id)
        .execution_options(populate_existing=True)
    )


_made: list[Any] = []


def conditional(resource_id: str, context: Context) -> Sought | None:
    """Find out; None where no conditional data of an open dataset stand there."""
    mine = tokens.bound()
    if not _made:
        # After all models are mapped.
        _made.append(_statement())
    values = {
        "resource": resource_id,
        "user": context.get("user") or "",
        "grant": mine.grant_id if mine else None,
    }
    rows = model.Session.execute(_made[0], values).all()
    if not rows or rows[0].kind != "conditional":
        return None
    first = rows[0]
    held = [
        Held(row.Grant, row.granted_state in (None, "stopped"), row.granted_rows)
        for row in rows
        if row.Grant is not None
    ]
    return Sought(
        resource_id,
        first.unit_id,
        first.name,
        first.state == "stopped",
        first.user_id,
        held,
    )
