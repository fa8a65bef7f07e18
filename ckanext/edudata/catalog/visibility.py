"""Who may see a package: everybody an open dataset, its unit an entry.

An entry carries the label of its unit, of the office that acts for it and of all units
above, a person the labels of the units they hold a role for: so a role reaches all
below, and giving a role needs no new index. Members of other units see no entry, only
what was approved of its metadata, in the catalog for units (`scope_search.py`).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.types import Context

from ckanext.edudata.units import people, tree, who_may

PUBLIC = "public"


def is_public(package: model.Package) -> bool:
    """Whether everybody may see it: only what the door released is ever public."""
    return (
        package.type == "dataset" and package.state == "active" and not package.private
    )


def visible(context: Context, package: model.Package) -> bool:
    """Whether the person who acts may know of the package."""
    name = context.get("user")
    user = model.User.get(name) if name else None
    mine = user_labels(user if user and user.is_active else None)
    return any(label in mine for label in dataset_labels(package))


def dataset_labels(package: model.Package) -> list[str]:
    """Labels of a package, as the index keeps them."""
    if is_public(package):
        return [PUBLIC]
    if not package.owner_org:
        return ["edudata-nobody"]
    return [f"edudata-unit-{unit}" for unit in tree.reached_from(package.owner_org)]


def index_anew(unit_id: str) -> None:
    """Give the index new labels for a unit that moved and all below it."""
    ids = model.Session.scalars(
        sa.select(model.Package.id).where(
            model.Package.owner_org.in_(tree.with_subordinates(unit_id)),
            model.Package.state == "active",
        )
    ).all()
    if ids:
        search.rebuild(package_ids=list(ids))
        # CKAN leaves the commit of several to Solr's own time.
        search.commit()


def user_labels(user: Any) -> list[str]:
    """Labels a person may see."""
    if not user or getattr(user, "is_anonymous", False):
        return [PUBLIC]
    units = people.units_where(user.id, who_may.roles_for("entry_read"))
    return [PUBLIC, *(f"edudata-unit-{unit}" for unit in units)]
