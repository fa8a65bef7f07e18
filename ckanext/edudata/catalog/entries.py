"""What is noted when somebody writes into an entry, in the same transaction."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.types import Context

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import scope_lines
from ckanext.edudata.catalog.model import Entry
from ckanext.edudata.units import people


def written(context: Context, package: dict[str, Any], action: str) -> None:
    """Note the writer: they may not review the entry. Open datasets are passed by."""
    found = model.Package.get(package["id"])
    if found is None or found.type != "entry":
        return
    entry = model.Session.get(Entry, found.id)
    if entry is None:
        entry = Entry(id=found.id, compilers=[])
        model.Session.add(entry)
    actor = None if people.is_system(context) else people.actor_id(context)
    if actor and actor not in entry.compilers:
        entry.compilers = [*entry.compilers, actor]
    scope_lines.follow(found)
    trail.record(
        action,
        actor_id=actor,
        object_type="entry",
        object_id=found.id,
        unit_id=found.owner_org,
    )
