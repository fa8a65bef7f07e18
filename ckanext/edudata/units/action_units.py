"""Moving and ending units, and looking at the tree piece by piece (Art. 2, 4)."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.units import (
    forest,
    moving,
    people,
    placing,
    schema,
    waiting,
    who_may,
)
from ckanext.edudata.units.model import UnitChange


@validate(schema.unit_move)
def edudata_unit_move(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Put a unit, with all below it, under another unit.

    Entries, open datasets, applications, roles and everything below go with it. People
    of the units it stood below lose what they held through them, people of the new
    ones gain it. An office that acted for it and no longer stands in its line ends
    acting for it.

    :param id: id or name of the unit
    :param superior: id, identifier, code or name of the unit to stand below
    :param reason: why, one line (optional)
    :returns: `{id, name, superior, from, changed}`
    :raises ValidationError: key `superior`: no such unit, a circle, not both yours
    """
    tk.check_access("edudata_unit_move", context, data_dict)
    unit = _unit(data_dict["id"])
    superior = ""
    if not data_dict["superior"] and not context.get("ignore_auth"):
        # Nobody there could bring it back.
        raise tk.ValidationError({"superior": [tk._("Missing value")]})
    if data_dict["superior"]:
        named = placing.named(data_dict["superior"])
        if len(named) != 1:
            message = (
                tk._("Several units have this name; write the code of the one you mean")
                if named
                else tk._("There is no such unit")
            )
            raise tk.ValidationError({"superior": [message]})
        superior = named[0]
    placing.check_move(context, unit.id, superior)
    before = placing.superior_of(unit.id)
    if before == superior:
        model.Session.rollback()
        return _moved(unit, superior, before)
    change = moving.move(
        unit,
        superior,
        actor_id=people.actor_id(context),
        reason=data_dict["reason"],
    )
    for plugin in p.PluginImplementations(p.IOrganizationController):
        plugin.edit(unit)
    model.Session.commit()
    moving.index(change.id)
    return _moved(unit, superior, before)


def _moved(unit: Any, superior: str, before: str) -> dict[str, Any]:
    return {
        "id": unit.id,
        "name": unit.name,
        "superior": superior,
        "from": before,
        "changed": superior != before,
    }


@validate(schema.unit_end)
def edudata_unit_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End a unit that has nothing left: closed, or merged into another one.

    Move the units below, hand over or delete the entries, end the roles first; what is
    left is said by `edudata_unit_remains`. The unit and its past stay on record.

    :param id: id or name of the unit
    :param into: id, identifier, code or name of the unit it was merged into (optional)
    :param reason: why, one line
    :returns: `{id, name, into}`
    :raises ValidationError: it still has something
    """
    tk.check_access("edudata_unit_end", context, data_dict)
    unit = _unit(data_dict["id"])
    into = placing.named(data_dict["into"]) if data_dict["into"] else []
    if data_dict["into"] and (len(into) != 1 or into[0] == unit.id):
        raise tk.ValidationError({"into": [tk._("There is no such unit")]})
    placing.check_end(unit.id)
    left = {key: number for key, number in moving.remains(unit.id).items() if number}
    if left:
        model.Session.rollback()
        raise tk.ValidationError(
            {"unit": [tk._("The unit still has something; see what is left")]}
        )
    moving.end(
        unit,
        into[0] if into else "",
        actor_id=people.actor_id(context),
        reason=data_dict["reason"],
    )
    for plugin in p.PluginImplementations(p.IOrganizationController):
        plugin.delete(unit)
    model.Session.commit()
    return {"id": unit.id, "name": unit.name, "into": into[0] if into else ""}


def edudata_unit_settle(context: Context, data_dict: DataDict) -> int:
    """Let the index follow moves where a crash came between, and empty the files of
    old dry runs (internal; the sweep asks).

    :returns: how many packages were indexed
    """
    tk.check_access("edudata_unit_settle", context, data_dict)
    waiting.forget()
    model.Session.commit()
    return moving.index(*moving.unindexed())


@tk.side_effect_free
@validate(schema.unit_only)
def edudata_unit_remains(context: Context, data_dict: DataDict) -> dict[str, int]:
    """What a unit still has, so that it cannot be ended.

    :param id: id or name of the unit
    :returns: `{entries, datasets, units, roles, requests}`, numbers
    """
    tk.check_access("edudata_unit_remains", context, data_dict)
    return moving.remains(_unit(data_dict["id"]).id)


@tk.side_effect_free
@validate(schema.unit_only)
def edudata_unit_change_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Moves and the end of a unit, newest first.

    :param id: id or name of the unit
    :returns: `[{id, kind, detail, reason, made_by, made_at}]`
    """
    tk.check_access("edudata_unit_change_list", context, data_dict)
    unit = _unit(data_dict["id"], ended=True)
    rows = model.Session.scalars(
        sa.select(UnitChange)
        .where(UnitChange.unit_id == unit.id)
        .order_by(UnitChange.made_at.desc())
        .limit(200)
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "detail": row.detail,
            "reason": row.reason,
            "made_by": row.made_by,
            "made_at": row.made_at.isoformat(),
        }
        for row in rows
    ]


@tk.side_effect_free
@validate(schema.unit_only)
def edudata_unit_end_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A unit that was ended (public).

    :param id: id or name of the unit
    :returns: `{title, ended_at, into}`; `into` is `{name, title}` of the unit it was
        merged into, or None
    """
    tk.check_access("edudata_unit_end_show", context, data_dict)
    unit = _unit(data_dict["id"], ended=True)
    row = model.Session.scalar(
        sa.select(UnitChange).where(
            UnitChange.unit_id == unit.id, UnitChange.kind == "end"
        )
    )
    if unit.state == "active" or row is None:
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    into = forest.planted().units.get(row.detail.get("into") or "")
    return {
        "title": unit.title,
        "ended_at": row.made_at.isoformat(),
        "into": {"name": into["name"], "title": into["title"]} if into else None,
    }


@tk.side_effect_free
@validate(schema.unit_below)
def edudata_unit_below(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A piece of the tree (public): the units directly below one, or found by words.

    :param id: id, identifier or code of the unit; empty: the top of the tree
    :param q: words of names, or a code; looks in all units below instead (optional)
    :param kind: only of this kind (optional)
    :param limit: at most so many (default 100, most 500)
    :param offset: after so many
    :returns: `{unit: {…} or None, path: [{…}], count, results: [{id, name, title, kind,
        district, superior, code, depth, below, all_below}]}`; `below` and `all_below`
        are numbers of units
    """
    tk.check_access("edudata_unit_below", context, data_dict)
    grown = forest.planted()
    at = ""
    if data_dict["id"]:
        named = placing.named(data_dict["id"])
        if len(named) != 1:
            raise tk.ObjectNotFound(tk._("There is no such unit"))
        at = named[0]
    if data_dict["q"] or data_dict["kind"]:
        found = forest.matching(grown, at, data_dict["q"], data_dict["kind"])
    else:
        found = grown.below.get(at, [])
    start, most = data_dict["offset"], min(data_dict["limit"], 500)
    return {
        "unit": _shown(grown, at) if at else None,
        "path": [_shown(grown, each["id"]) for each in forest.path(grown.units, at)],
        "count": len(found),
        "results": [_shown(grown, each) for each in found[start : start + most]],
    }


@tk.side_effect_free
@validate(schema.unit_only)
def edudata_unit_responsible(
    context: Context, data_dict: DataDict
) -> dict[str, list[dict[str, str]]]:
    """Who is responsible for a unit, role by role: its own people, else those of the
    office that acts for it, else of the nearest unit above (Art. 33, 38).

    :param id: id or name of the unit
    :returns: `{role: [{user_id, unit_id}]}`; `unit_id` is where the person holds it
    """
    tk.check_access("edudata_unit_responsible", context, data_dict)
    unit = _unit(data_dict["id"])
    found: dict[str, list[dict[str, str]]] = {}
    for role in who_may.ROLES:
        if role in who_may.ADMINISTRATORS:
            continue
        users = people.responsible(unit.id, [role])
        found[role] = [
            {"user_id": user_id, "unit_id": people.place_of(user_id, role, unit.id)}
            for user_id in users
        ]
    return found


@tk.side_effect_free
@validate(schema.person_find)
def edudata_person_find(context: Context, data_dict: DataDict) -> list[dict[str, str]]:
    """Accounts whose user name or name holds the words, for those who give roles.

    :param q: at least two characters
    :returns: at most 20 of `{id, name, display_name, state}`; no mail addresses
    """
    tk.check_access("edudata_person_find", context, data_dict)
    words = data_dict["q"].strip()
    if len(words) < 2:
        raise tk.ValidationError({"q": [tk._("Write at least two characters")]})
    like = (
        "%" + words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    )
    user = model.User
    rows = model.Session.scalars(
        sa.select(user)
        .where(
            user.state.in_(["active", "pending"]),
            user.name != tk.config["ckan.site_id"],
            sa.or_(user.name.ilike(like), user.fullname.ilike(like)),
        )
        .order_by(user.fullname, user.name)
        .limit(20)
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "display_name": row.display_name,
            "state": row.state,
        }
        for row in rows
    ]


def _shown(grown: forest.Forest, unit_id: str) -> dict[str, Any]:
    return {
        **grown.units[unit_id],
        "below": len(grown.below.get(unit_id, [])),
        "all_below": grown.all_below[unit_id],
    }


def _unit(reference: str, *, ended: bool = False) -> Any:
    unit = model.Group.get(reference)
    if (
        unit is None
        or not unit.is_organization
        or not (ended or unit.state == "active")
    ):
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    return unit
