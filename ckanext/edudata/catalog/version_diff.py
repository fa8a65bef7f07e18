"""What differs between two contents of an entry: description, files, structure. Pure.

A content is what `content.of_entry` makes. Structure is what Article 14 calls so:
columns, their types, lengths, code lists and rules, as the file has them and as the
information items describe them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from typing import Any

#: Labels so much alike may be one column under a new name.
_ALIKE = 0.55
_OF_COLUMN = ("id", "name")
#: Said by the file and by the item alike; the file's word counts.
_SHOWN_FIRST = ("label", "type", "length", "unit", "codes", "required", "personal")

Content = Mapping[str, Any]
Column = Mapping[str, Any]


@dataclass
class Structure:
    """Columns added and removed (labels), renamed by a guess, changed in themselves.

    `changed`: `[{column, attribute, old, new}]`.
    """

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: list[dict[str, str]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    #: Column ids of the old table → those of the new one, for comparing rows.
    columns: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.changed)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "differs": bool(self)}


def metadata(old: Content | None, new: Content) -> list[dict[str, Any]]:
    """Fields of the description that differ: `[{field, old, new}]`, as they stand."""
    before = old or {}
    names = [
        name for name in dict.fromkeys([*new, *before]) if name not in ("resources",)
    ]
    return [
        {"field": name, "old": before.get(name), "new": new.get(name)}
        for name in names
        if (before.get(name) or None) != (new.get(name) or None)
    ]


def file_pairs(
    old: Content | None, new: Content
) -> list[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Files of both contents side by side: by id, else by their name; new ones first
    in their order, then what is gone."""
    before = {item["id"]: item for item in (old or {}).get("resources", [])}
    pairs: list[tuple[Any, Any]] = [
        (before.pop(item["id"], None), item) for item in new.get("resources", [])
    ]
    for place, (was, item) in enumerate(pairs):
        if was is None and item.get("name"):
            twin = next((b for b in before.values() if _named_alike(b, item)), None)
            if twin is not None:
                pairs[place] = (before.pop(twin["id"]), item)
    return [*pairs, *((item, None) for item in before.values())]


def _named_alike(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return old.get("name") == new.get("name") and bool(old.get("not_released")) == bool(
        new.get("not_released")
    )


def described(
    columns: Sequence[Column], items: Iterable[Column] | None
) -> list[dict[str, Any]]:
    """Columns of a table with what the information items say of them.

    :param columns: `[{id, label, type}]` as read; without any, the items alone
    """
    said = {item.get("name"): dict(item) for item in items or []}
    if not columns:
        return [{**item, "id": name} for name, item in said.items() if name]
    return [
        {
            **{k: v for k, v in said.get(column["id"], {}).items() if v},
            "id": column["id"],
            "type": column.get("type"),
            "label": said.get(column["id"], {}).get("label") or column.get("label"),
        }
        for column in columns
    ]


def structure(old: Sequence[Column], new: Sequence[Column]) -> Structure:
    """What differs between the columns of two tables, see `described`."""
    before = {column["id"]: column for column in old}
    after = {column["id"]: column for column in new}
    found = Structure(columns={key: key for key in before if key in after})
    gone = [key for key in before if key not in after]
    come = [key for key in after if key not in before]
    for was, now in _renames(old, new, gone, come):
        found.columns[was] = now
        found.renamed.append({"old": _label(before[was]), "new": _label(after[now])})
        gone.remove(was)
        come.remove(now)
    found.removed = [_label(before[key]) for key in gone]
    found.added = [_label(after[key]) for key in come]
    for was, now in found.columns.items():
        found.changed.extend(_attributes(before[was], after[now], renamed=was != now))
    return found


def _label(column: Column) -> str:
    return str(column.get("label") or column["id"])


def _attributes(old: Column, new: Column, *, renamed: bool) -> list[dict[str, Any]]:
    names = dict.fromkeys([*_SHOWN_FIRST, *old, *new])
    return [
        {
            "column": _label(new),
            "attribute": name,
            "old": old.get(name),
            "new": new.get(name),
        }
        for name in names
        if name not in _OF_COLUMN
        and not (renamed and name == "label")
        and (old.get(name) or None) != (new.get(name) or None)
    ]


def _renames(
    old: Sequence[Column], new: Sequence[Column], gone: list[str], come: list[str]
) -> list[tuple[str, str]]:
    """Columns that may be the same under another name: alike in name, or the only one
    gone and come at one place; never of another type."""
    places = {column["id"]: place for place, column in enumerate(old)}
    found = {column["id"]: place for place, column in enumerate(new)}
    scored = []
    for was in gone:
        for now in come:
            before, after = old[places[was]], new[found[now]]
            if before.get("type") != after.get("type"):
                continue
            alike = SequenceMatcher(None, _label(before), _label(after)).ratio()
            same_place = places[was] == found[now] and len(old) == len(new)
            if alike >= _ALIKE or same_place:
                scored.append((alike + same_place, was, now))
    taken: set[str] = set()
    pairs = []
    for _, was, now in sorted(scored, key=lambda item: -item[0]):
        if f"old {was}" not in taken and f"new {now}" not in taken:
            taken |= {f"old {was}", f"new {now}"}
            pairs.append((was, now))
    return pairs


def sheet_pairs(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Tables of two states of one file side by side, by sheet; single ones together."""
    if len(old) == len(new) == 1:
        return [(old[0], new[0])]
    before = {table["sheet"]: table for table in old}
    pairs: list[tuple[Any, Any]] = [
        (before.pop(table["sheet"], None), table) for table in new
    ]
    return [*pairs, *((table, None) for table in before.values())]
