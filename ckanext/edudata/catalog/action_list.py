"""Entries of the units one works for, by state, unit and words."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict
from flask import g, has_request_context

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
    units = _units(context, data_dict)
    state, limit = data_dict.get("state"), min(data_dict["limit"], 1000)
    _look(context, data_dict)
    by_change = data_dict["order"] == "modified"
    if by_change and not state:
        page = (limit, data_dict["offset"])
        listed = listing.query(units, data_dict, newest=page)
        chosen = sa.select(listed).order_by(listed.c.modified.desc(), listed.c.id)
        return [listing.as_dict(row) for row in model.Session.execute(chosen)]
    listed = listing.query(units, data_dict, state=state)
    since = sa.func.coalesce(listed.c.decided_at, listed.c.submitted_at).asc()
    order = listed.c.modified.desc() if by_change else since
    chosen = sa.select(listed).order_by(order, listed.c.id)
    if state:
        chosen = chosen.where(sa.func.coalesce(listed.c.state, "draft") == state)
    rows = model.Session.execute(chosen.limit(limit).offset(data_dict["offset"]))
    return [listing.as_dict(row) for row in rows]


@tk.side_effect_free
@validate(schema_review.entry_list)
def edudata_entry_count(context: Context, data_dict: DataDict) -> dict[str, int]:
    """How many entries there are in each state, asked as `edudata_entry_list`.

    :returns: number by state, all states in the order of their life
    """
    tk.check_access("edudata_entry_count", context, data_dict)
    units = set(_units(context, data_dict))
    found = dict.fromkeys(states.LABELS, 0)
    for unit_id, state, number in _look(context, data_dict):
        if unit_id in units and data_dict.get("state") in (None, state):
            found[state] += number
    return found


def _units(context: Context, asked: dict[str, Any]) -> list[str]:
    """Units that somebody's list is of."""
    permission = asked.get("permission")
    roles: set[str] = set()
    for name in (permission,) if permission else _WORK:
        roles |= who_may.roles_for(name)
    units = people.all_units_where(people.actor_id(context), roles)
    if asked.get("unit_id"):
        below = set(tree.with_subordinates(asked["unit_id"]))
        units = [unit for unit in units if unit in below]
    return units


def _look(context: Context, asked: dict[str, Any]) -> list[tuple[str, str, int]]:
    """How many entries of each unit are in each state, after a look at those of which
    that is not known. A page asks for several lists, and for this once."""
    units = _units(context, {})
    filters = {name: asked.get(name) for name in listing.FILTERS}
    key = (frozenset(units), *filters.values())
    known = getattr(g, "edudata_counted", {}) if has_request_context() else {}
    if key in known:
        return known[key]
    listed = listing.query(units, filters)
    counted = sa.select(listed.c.unit_id, listed.c.state, sa.func.count())
    counted = counted.group_by(listed.c.unit_id, listed.c.state)
    rows = [row._tuple() for row in model.Session.execute(counted)]
    if any(state is None for _, state, _ in rows):
        if listing.look(listed):
            tk.get_action("edudata_entry_look")({"ignore_auth": True}, {"units": units})
        rows = [row._tuple() for row in model.Session.execute(counted)]
    found = [(unit, state or "draft", number) for unit, state, number in rows]
    if has_request_context():
        g.edudata_counted = {**known, key: found}
    return found


def edudata_entry_look(context: Context, data_dict: DataDict) -> None:
    """Have a job look at entries that were written in great number (internal).

    :param units: ids of their units
    """
    from ckanext.edudata.catalog import review_jobs

    tk.check_access("edudata_entry_look", context, data_dict)
    review_jobs.queue(review_jobs.look, [data_dict["units"]], "edudata entries")
