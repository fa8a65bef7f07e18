"""What a table of units would change. Pure: no database, no CKAN.

A row is a unit that is there (same code, else same identifier, else same name) or a new
one. Empty cells leave what is. Superiors are given by name, code or identifier, and may
stand anywhere in the file. Messages are English message ids.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ckanext.edudata.units import codes, identifiers, wordlists
from ckanext.edudata.units.spreadsheet import Table

DEEPEST = 30
PLACES = (
    "superior",
    "coordinating_department",
    "technical_department",
    "acting_office",
)
"""Fields that name another unit."""

LABELS = {
    "title": "Name",
    "code": "School code or credit code",
    "kind": "Kind",
    "district": "District",
    "superior": "Superior unit",
    "name": "Identifier",
    "description": "Description",
    "acting_office": "Office that acts for this unit",
    "coordinating_department": "Coordinating department",
    "technical_department": "Technical department",
    "office_name": "Contact office",
    "office_phone": "Office telephone",
    "office_email": "Office mail",
    "office_address": "Address",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell: where, and a message id with what it speaks of."""

    sheet: str
    row: int
    field: str
    message: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass
class Item:
    """A row of the table: a unit as it is to be.

    ``key`` is the id of a unit that is there, or `+` and a number for a new one;
    ``after`` holds the fields that the row sets; of `PLACES`, keys of units.
    """

    sheet: str
    row: int
    key: str
    after: dict[str, str]
    before: dict[str, str] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return self.key.startswith("+")

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """Field → (before, after) where they differ."""
        return {
            key: (self.before.get(key, ""), value)
            for key, value in self.after.items()
            if value != self.before.get(key, "")
        }


@dataclass
class Known:
    """The units that there are: `{id: {id, name, title, code, superior, …}}`."""

    units: dict[str, dict[str, str]]
    taken: set[str]
    kinds: dict[str, str]
    districts: dict[str, str]
    defaults: dict[str, str] = field(default_factory=dict)


@dataclass
class UnitPlan:
    items: list[Item]
    problems: list[Problem]

    def keys(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}


class _Names:
    """Keys of units by code, identifier and name, those of the file with them."""

    def __init__(self, units: Iterable[dict[str, str]]) -> None:
        self.by: dict[str, dict[str, list[str]]] = {"code": {}, "name": {}, "title": {}}
        for unit in units:
            self.add(unit["id"], unit)

    def add(self, key: str, unit: dict[str, str]) -> None:
        for name, found in self.by.items():
            value = unit.get(name) or ""
            if value and key not in found.setdefault(value, []):
                found[value].append(key)

    def find(self, words: str) -> list[str]:
        for name, value in (("code", words.upper()), ("name", words), ("title", words)):
            if value in self.by[name]:
                return self.by[name][value]
        return []


def plan(tables: Iterable[Table], known: Known) -> UnitPlan:
    """Read the rows, find who they are, and say what would change."""
    made = UnitPlan([], [])
    old = _Names(known.units.values())
    names = _Names(known.units.values())
    taken = set(known.taken)
    seen: dict[str, Item] = {}
    wanted: list[tuple[Item, dict[str, str]]] = []
    for table in tables:
        for row, values, _ in table.rows:
            cells = _Cells(table.sheet, row, values, made.problems)
            item = _item(cells, known, old, taken, len(wanted))
            if item is None:
                continue
            twin = seen.get(item.key) or (
                seen.get(f"code {item.after['code']}")
                if item.after.get("code")
                else seen.get(_place(cells))
            )
            if twin is not None:
                cells.wrong(
                    "title",
                    "This unit stands in row {row} already",
                    row=str(twin.row),
                )
                continue
            for mark in (
                item.key,
                f"code {item.after['code']}" if item.after.get("code") else None,
                _place(cells),
            ):
                if mark:
                    seen.setdefault(mark, item)
            names.add(item.key, {**item.before, **item.after})
            wanted.append((item, values))
    for item, values in wanted:
        _places(item, values, known, names, made.problems)
        made.items.append(item)
    _shape(made, known)
    return made


def _place(cells: _Cells) -> str:
    return f"title {cells.values.get('title')} below {cells.values.get('superior')}"


class _Cells:
    def __init__(
        self, sheet: str, row: int, values: dict[str, str], problems: list[Problem]
    ) -> None:
        self.sheet, self.row, self.values = sheet, row, values
        self.problems = problems

    def wrong(self, key: str, message: str, **values: str) -> None:
        self.problems.append(Problem(self.sheet, self.row, key, message, values))


def _item(
    cells: _Cells, known: Known, old: _Names, taken: set[str], number: int
) -> Item | None:
    values = cells.values
    after = {
        key: value
        for key, value in values.items()
        if value and key in LABELS and key not in PLACES
    }
    title = after.get("title", "")
    if not title:
        cells.wrong("title", "Write the name of the unit")
        return None
    code = after.get("code", "").upper().replace(" ", "")
    if code:
        after["code"] = code
        if not codes.is_school_code(code) and not codes.is_credit_code(code):
            cells.wrong(
                "code",
                "Neither a 10-digit school code nor an 18-character credit code",
            )
    _coded(cells, after, "kind", wordlists.kind, known.kinds)
    _coded(cells, after, "district", wordlists.district, known.districts)
    matched = _match(cells, known, old, code)
    if len(matched) > 1:
        cells.wrong("title", "Several units have this name; write the code")
        return None
    if matched:
        unit = known.units[matched[0]]
        after.pop("name", None)
        return Item(cells.sheet, cells.row, unit["id"], after, dict(unit))
    for key in ("kind", "district"):
        if key not in values or not values[key]:
            default = known.defaults.get(key, "")
            if default:
                after[key] = default
    if not after.get("kind") and not values.get("kind"):
        cells.wrong("kind", "Say what kind of unit it is")
    if after.get("name") in taken:
        cells.wrong("name", "This identifier is taken")
    if not after.get("name"):
        after["name"] = identifiers.identifier(code, title, taken)
    taken.add(after["name"])
    return Item(cells.sheet, cells.row, f"+{number}", after)


def _coded(
    cells: _Cells, after: dict[str, str], key: str, read: Any, labels: dict[str, str]
) -> None:
    if key not in after:
        return
    found = read(after[key], labels)
    if found is None:
        cells.wrong(key, "Choose one of the list")
        after.pop(key)
    else:
        after[key] = found


def _match(cells: _Cells, known: Known, old: _Names, code: str) -> list[str]:
    """Units that are there and that the row may mean; most often none or one."""
    values = cells.values
    if code and code in old.by["code"]:
        return old.by["code"][code]
    if values.get("name") and values["name"] in old.by["name"]:
        return old.by["name"][values["name"]]
    same = [
        key
        for key in old.by["title"].get(values["title"], [])
        # Two schools of one name have two codes.
        if not (code and known.units[key].get("code"))
    ]
    above = values.get("superior") or known.defaults.get("superior") or ""
    if above:
        tops = old.find(above) if above not in known.units else [above]
        inside = [key for key in same if known.units[key]["superior"] in tops]
        # Of one name below another unit: moved there if it is the only one of the name.
        return inside or (same if len(same) == 1 and not code else [])
    return same


def _places(
    item: Item,
    values: dict[str, str],
    known: Known,
    names: _Names,
    problems: list[Problem],
) -> None:
    for key in PLACES:
        words = values.get(key, "")
        if not words and key == "superior" and item.is_new:
            words = known.defaults.get("superior", "")
            if not words:
                problems.append(
                    Problem(
                        item.sheet, item.row, key, "Say which unit it stands below."
                    )
                )
        if not words:
            continue
        found = [words] if words in known.units else names.find(words)
        if len(found) == 1:
            item.after[key] = found[0]
            continue
        message = (
            "Several units have this name; write the code of the one you mean"
            if found
            else "There is no such unit, neither in the portal nor in this file"
        )
        problems.append(Problem(item.sheet, item.row, key, message))


def _shape(made: UnitPlan, known: Known) -> None:
    """Refuse circles, depth and departments that stand in the wrong place."""
    above = {key: unit["superior"] for key, unit in known.units.items()}
    items = made.keys()
    above.update(
        {
            key: item.after.get("superior", above.get(key, ""))
            for key, item in items.items()
        }
    )
    for item in made.items:
        line = lineage(item.key, above)
        if line is None:
            made.problems.append(
                Problem(
                    item.sheet, item.row, "superior", "A unit cannot stand above itself"
                )
            )
            continue
        if len(line) > DEEPEST:
            made.problems.append(
                Problem(
                    item.sheet, item.row, "superior", "The tree would become too deep"
                )
            )
        for key in PLACES[1:]:
            office = item.after.get(key)
            if not office:
                continue
            under = above.get(office, "")
            if key == "acting_office" and under not in line[1:]:
                message = "The office must stand directly below a unit above this one"
            elif key != "acting_office" and under != item.key:
                message = "The department must stand directly below this unit"
            else:
                continue
            made.problems.append(Problem(item.sheet, item.row, key, message))


def lineage(key: str, above: dict[str, str]) -> list[str] | None:
    """The unit and those above it, nearest first; None for a circle."""
    line = []
    while key:
        if key in line:
            return None
        line.append(key)
        key = above.get(key, "")
    return line
