"""Who sees the metadata of an entry: its sharing scope (Art. 16, 22–24). Pure.

Metadata of an entry are for the people of its unit, and for the members of the units
within its sharing scope, each as defined here. Data are for nobody by this.

`all` is every unit; `district` the units of the same level (本级, Art. 4): the nearest
of district bureau, university, vocational school or commission above the owner, all
below it and those above it; `named` the units that are named, with their internal
departments. What is not shared is for the owner's people only. Whatever is unknown is
not shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ALL, DISTRICT, NAMED = "all", "district", "named"
SCOPES = (ALL, DISTRICT, NAMED)
SHARED = frozenset({"unconditional", "authorized"})
NOT_SHARED = "not_shared"

LEVELS = frozenset(
    {"municipal_commission", "district_bureau", "university", "vocational_school"}
)
"""Kinds of units that keep a platform and a catalog of their own (Art. 4, 16)."""
DEPARTMENT = "department"


@dataclass(frozen=True)
class Sharing:
    """What an entry says of its sharing; `units` are ids, for `named`."""

    sharing_class: str
    scope: str = ALL
    units: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tree:
    """The tree of active units: id → (kind, id of the one above or empty)."""

    units: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Tree:
        """From `edudata_unit_tree`."""
        return cls({row["id"]: (row["kind"], row["superior"] or "") for row in rows})

    def up(self, unit_id: str) -> list[str]:
        """The unit, then those above it, nearest first; empty where there is none."""
        found: dict[str, None] = {}
        while unit_id in self.units and unit_id not in found:
            found[unit_id] = None
            unit_id = self.units[unit_id][1]
        return list(found)

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit_id, (_, above) in self.units.items():
            found.setdefault(above, []).append(unit_id)
        return found

    def down(self, unit_id: str) -> list[str]:
        """The unit and all below it."""
        if unit_id not in self.units:
            return []
        found, todo = {unit_id: None}, [unit_id]
        while todo:
            for low in self._below.get(todo.pop(), []):
                if low not in found:
                    found[low] = None
                    todo.append(low)
        return list(found)

    def kind(self, unit_id: str) -> str:
        return self.units[unit_id][0] if unit_id in self.units else ""

    def body(self, unit_id: str) -> str:
        """The unit that an internal department belongs to; others are their own."""
        above = self.up(unit_id)
        return next((u for u in above if self.kind(u) != DEPARTMENT), unit_id)

    def level(self, unit_id: str) -> str:
        """The nearest unit that keeps a level's catalog, else the top; or empty."""
        above = self.up(unit_id)
        found = (u for u in above if self.kind(u) in LEVELS)
        return next(found, above[-1] if above else "")

    def common(self, one: str, other: str) -> str:
        """The nearest unit that has both below it, or is one of them; or empty."""
        above = set(self.up(other))
        return next((unit for unit in self.up(one) if unit in above), "")


@dataclass(frozen=True)
class Viewer:
    """Where a person stands: `reach` the units they hold a role for, directly or from
    above; `bodies` those and the units whose people they are; `line` those and all
    above them."""

    reach: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    line: frozenset[str] = frozenset()

    @classmethod
    def of(cls, held: Iterable[str], tree: Tree, more: Iterable[str] = ()) -> Viewer:
        """A person who holds a role for these units.

        :param more: units that the roles reach beside all below: an office acts for
            schools that do not stand below it (Art. 9)
        """
        known = [unit for unit in held if unit in tree.units]
        reach = frozenset(low for unit in known for low in tree.down(unit))
        reach = reach.union(unit for unit in more if unit in tree.units)
        bodies = reach.union(tree.body(unit) for unit in known)
        return cls(
            reach, bodies, bodies.union(up for unit in known for up in tree.up(unit))
        )


def covers(sharing: Sharing, owner: str, viewer: Viewer, tree: Tree) -> bool:
    """Whether the scope reaches a viewer who is not of the owner's people."""
    if sharing.sharing_class not in SHARED or not viewer.reach:
        return False
    if owner not in tree.units:
        return False
    if sharing.scope == ALL:
        return True
    if sharing.scope == DISTRICT:
        return tree.level(owner) in viewer.line
    return sharing.scope == NAMED and not viewer.bodies.isdisjoint(sharing.units)


def sees(
    owner: str, approved: Sharing, working: Sharing, viewer: Viewer, tree: Tree
) -> bool:
    """Whether the viewer sees the approved metadata of an entry.

    A wider scope waits for its approval; a narrower one counts at once.
    """
    if owner in viewer.reach:
        return True
    return covers(approved, owner, viewer, tree) and covers(
        working, owner, viewer, tree
    )


def owners_of_level(viewer: Viewer, tree: Tree) -> list[str]:
    """Owners whose entries a viewer sees where the scope is `district`."""
    return [unit for unit in tree.units if tree.level(unit) in viewer.line]
