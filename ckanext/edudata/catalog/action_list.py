"""Entries of the units one works for, by state, unit and words."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import listing, schema_review, states
from ckanext.edudata.units import people, tree, who_may

#: Whose work entries are; a permission asked for narrows it down.
_WORK = ("entry_compile", "entry_review", "security_review")


@tk.side_effect_free
@validate(schema_review.entry_list)
def edudata_entry_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Entries of the units one works for.

    :param state: only in this state (optional)
    :param unit_id: only of this unit and those below it (optional)
    :param q: words of the title, or a whole resource code (optional)
    :param template_id, batch_id: only made from or by these (optional)
    :param permission: only of units for which one carries it (optional)
    :param order: `modified` (newest change first, default) or `since` (what waits
        longest first)
    :param limit: at most so many (default: 50, at most 1000)
    :param offset: how many to pass over (default: 0)
    :returns: `[{id, name, title, unit_id, state, version, modified, since, due,
        overdue}]`; `since` when it began to wait for a review, `due` the day by which
        that should be done
    """
    tk.check_access("edudata_entry_list", context, data_dict)
    listed = _listed(context, data_dict)
    chosen = sa.select(listed)
    if data_dict.get("state"):
        chosen = chosen.where(_in_state(listed, data_dict["state"]))
    if data_dict["order"] == "since":
        order = sa.func.coalesce(listed.c.decided_at, listed.c.submitted_at).asc()
    else:
        order = listed.c.modified.desc()
    chosen = chosen.order_by(order, listed.c.id)
    rows = model.Session.execute(
        chosen.limit(min(data_dict["limit"], 1000)).offset(data_dict["offset"])
    )
    return [listing.as_dict(row) for row in rows]


@tk.side_effect_free
@validate(schema_review.entry_list)
def edudata_entry_count(context: Context, data_dict: DataDict) -> dict[str, int]:
    """How many entries there are in each state, asked as `edudata_entry_list`.

    :returns: number by state, all states in the order of their life
    """
    tk.check_access("edudata_entry_count", context, data_dict)
    listed = _listed(context, data_dict)
    counted = sa.select(
        sa.func.coalesce(listed.c.state, "draft"), sa.func.count()
    ).group_by(sa.text("1"))
    if data_dict.get("state"):
        counted = counted.where(_in_state(listed, data_dict["state"]))
    found = dict.fromkeys(states.LABELS, 0)
    found.update(row._tuple() for row in model.Session.execute(counted))
    return found


def _in_state(listed: Any, state: str) -> Any:
    return sa.func.coalesce(listed.c.state, "draft") == state


def _listed(context: Context, asked: dict[str, Any]) -> Any:
    permission = asked.get("permission")
    roles: set[str] = set()
    for name in (permission,) if permission else _WORK:
        roles |= who_may.roles_for(name)
    units = people.all_units_where(people.actor_id(context), roles)
    if asked.get("unit_id"):
        below = set(tree.with_subordinates(asked["unit_id"]))
        units = [unit for unit in units if unit in below]
    listed = listing.query(units, asked)
    if listing.look(listed):
        tk.get_action("edudata_entry_look")({"ignore_auth": True}, {"units": units})
    return listed


def edudata_entry_look(context: Context, data_dict: DataDict) -> None:
    """Have a job look at entries that were written in great number (internal).

    :param units: ids of their units
    """
    from ckanext.edudata.catalog import review_jobs

    tk.check_access("edudata_entry_look", context, data_dict)
    review_jobs.queue(review_jobs.look, [data_dict["units"]], "edudata entries")
