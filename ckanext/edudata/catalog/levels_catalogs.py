"""The level of each unit, and making catalogs of levels and of Shanghai (Art. 16)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import book_catalogs as book
from ckanext.edudata.catalog import making_catalogs as making
from ckanext.edudata.catalog import scope
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.catalog.model_catalogs import Catalog, CatalogPart
from ckanext.edudata.units import tree


class Levels:
    """The tree as it is now, by levels."""

    def __init__(self, units: list[dict[str, Any]] | None = None) -> None:
        self.units = tree.walk() if units is None else units
        self.by_id = {unit["id"]: unit for unit in self.units}
        self.tree = scope.Tree.of(self.units)

    def of(self, unit_id: str) -> str:
        """The unit whose level a unit belongs to."""
        return self.tree.level(unit_id)

    def keeps(self, unit_id: str) -> bool:
        """Whether a unit has a catalog of its level."""
        return bool(unit_id) and self.of(unit_id) == unit_id

    def members(self, level_id: str) -> list[dict[str, Any]]:
        """Units of a level, itself first, in the tree's order."""
        return [unit for unit in self.units if self.of(unit["id"]) == level_id]

    def city(self) -> dict[str, Any] | None:
        """The commission, which merges the catalogs of all levels."""
        kinds = (u for u in self.units if u["kind"] == "municipal_commission")
        return next(kinds, None)

    def all(self) -> list[dict[str, Any]]:
        """Units that keep a catalog of their level, in the tree's order."""
        return [unit for unit in self.units if self.keeps(unit["id"])]


def named(reference: str) -> tuple[dict[str, Any], Levels]:
    """A unit by id or name, and the tree.

    :raises ObjectNotFound: there is none
    """
    found = Levels()
    for unit in found.units:
        if reference in (unit["id"], unit["name"]):
            return unit, found
    raise tk.ObjectNotFound(tk._("There is no such unit"))


def counted(unit_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Approved entries of units: `{unit: {approved, last}}`; those without are left
    out. `last` is the moment of the last approval."""
    rows = model.Session.execute(
        sa.select(
            model.Package.owner_org,
            sa.func.count(sa.distinct(EntryVersion.entry_id)),
            sa.func.max(EntryVersion.decided_at),
        )
        .join(EntryVersion, EntryVersion.entry_id == model.Package.id)
        .where(
            model.Package.type == "entry",
            model.Package.state == "active",
            model.Package.owner_org.in_(unit_ids),
            making.passed(),
        )
        .group_by(model.Package.owner_org)
    )
    return {unit: {"approved": n, "last": last} for unit, n, last in rows}


def newest(unit_ids: list[str], scope_name: str, *among: str) -> dict[str, Catalog]:
    """The newest catalog of each unit in one of these states."""
    rows = model.Session.scalars(
        sa.select(Catalog)
        .where(
            Catalog.scope == scope_name,
            Catalog.unit_id.in_(unit_ids),
            Catalog.state.in_(among),
        )
        .distinct(Catalog.unit_id)
        .order_by(Catalog.unit_id, Catalog.year.desc(), Catalog.sequence.desc())
        .execution_options(populate_existing=True)
    )
    return {row.unit_id: row for row in rows}


def expected(members: list[dict[str, Any]], level_id: str) -> list[dict[str, Any]]:
    """Members that a catalog is expected of: the level's own unit only if it has
    entries, for its departments usually have them."""
    own = counted([level_id])
    return [unit for unit in members if unit["id"] != level_id or own]


def prepare(unit: dict[str, Any], found: Levels, actor_id: str | None) -> Catalog:
    """Make a unit's next catalog, or make it anew, in the open transaction.

    :raises ValidationError: nothing is approved; one is being consolidated
    """
    book.hold(states.UNIT, unit["id"])
    catalog = book.last(states.UNIT, unit["id"], (*states.OPEN, "consolidated"))
    if catalog is None:
        catalog = book.begin(states.UNIT, unit, found.of(unit["id"]), "draft")
    else:
        book.lock(catalog)
        book.judged(catalog, "prepare", actor_id, "")
    making.from_entries(catalog)
    book.move(catalog, "prepare", "draft", actor_id)
    return catalog


def consolidate(unit: dict[str, Any], found: Levels, actor_id: str | None) -> Catalog:
    """Make a level's next catalog, or make it anew, in the open transaction.

    :raises ValidationError: no unit has submitted one
    """
    book.hold(states.LEVEL, unit["id"])
    catalog = book.last(states.LEVEL, unit["id"], states.UNDER_WAY)
    if catalog is None:
        catalog = book.begin(states.LEVEL, unit, unit["id"], "consolidated")
    else:
        book.lock(catalog)
    _only_while_consolidated(catalog)
    ids = [member["id"] for member in found.members(unit["id"])]
    for part in newest(ids, states.UNIT, "submitted").values():
        book.lock(part)
        if part.state == "submitted":
            part.part_of = catalog.id
            book.move(part, "take", "consolidated", actor_id)
    fill(catalog, found)
    book.move(catalog, "consolidate", "consolidated", actor_id)
    return catalog


def _only_while_consolidated(catalog: Catalog) -> None:
    if catalog.state != "consolidated":
        raise tk.ValidationError(
            {
                "state": [
                    tk._(
                        "The version {number} is on its way: “{state}”. It has to be "
                        "published, refused or taken back first."
                    ).format(
                        number=catalog.number, state=tk._(states.STATES[catalog.state])
                    )
                ]
            }
        )


def fill(catalog: Catalog, found: Levels | None = None) -> None:
    """Fill a level's catalog from what its units have handed in.

    :raises ValidationError: there is nothing
    """
    found = found or Levels()
    members = found.members(catalog.unit_id)
    ids = [member["id"] for member in members]
    taken = {
        part.unit_id: part
        for part in newest(ids, states.UNIT, "consolidated").values()
        if part.part_of == catalog.id
    }
    kept = newest(ids, states.UNIT, "published")
    parts = [
        (taken.get(unit_id) or kept[unit_id], unit_id not in taken)
        for unit_id in ids
        if unit_id in taken or unit_id in kept
    ]
    if not parts:
        raise tk.ValidationError(
            {"state": [tk._("No unit has submitted its catalog yet.")]}
        )
    have = {part.unit_id for part, _ in parts}
    wanted = expected(members, catalog.unit_id)
    making.from_parts(
        catalog,
        parts,
        {
            "members": len(wanted),
            "new_parts": len(taken),
            "missing": [unit["id"] for unit in wanted if unit["id"] not in have],
        },
    )
    kinds = {unit["id"]: unit["kind"] for unit in found.units}
    catalog.summary = {
        **catalog.summary,
        "duplicates": len(making.alike(catalog.id, kinds)),
    }


def merge(unit: dict[str, Any], found: Levels, actor_id: str | None) -> Catalog:
    """Make the next Shanghai catalog from the last published of all levels.

    :raises ValidationError: no level has published one
    """
    book.hold(states.CITY, unit["id"])
    catalog = book.last(states.CITY, unit["id"], states.UNDER_WAY)
    if catalog is None:
        catalog = book.begin(states.CITY, unit, unit["id"], "consolidated")
    else:
        book.lock(catalog)
    _only_while_consolidated(catalog)
    every = found.all()
    ids = [level["id"] for level in every]
    published = newest(ids, states.LEVEL, "published")
    if not published:
        raise tk.ValidationError(
            {"state": [tk._("No level has published its catalog yet.")]}
        )
    before = set(
        model.Session.scalars(
            sa.select(CatalogPart.part_id).where(
                CatalogPart.catalog_id == (catalog.against_id or "")
            )
        )
    )
    parts = [(published[i], published[i].id in before) for i in ids if i in published]
    making.from_parts(
        catalog,
        parts,
        {
            "members": len(ids),
            "new_parts": sum(not kept for _, kept in parts),
            "missing": [i for i in ids if i not in published],
        },
    )
    kinds = {level["id"]: level["kind"] for level in found.units}
    catalog.summary = {
        **catalog.summary,
        "duplicates": len(making.alike(catalog.id, kinds)),
    }
    book.move(catalog, "merge", "consolidated", actor_id)
    return catalog
