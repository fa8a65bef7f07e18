"""Lines of a catalog: frozen from an approved version of an entry, compared. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ckanext.edudata.catalog import scope, scope_view

SCOPE_FIELDS = ("sharing_class", "sharing_scope", "sharing_units")
"""What decides, with the unit, who sees a line."""

SCHOOLS = frozenset({"school", "kindergarten", "vocational_school", "voluntary"})


def frozen(content: Mapping[str, Any], read: Collection[str]) -> dict[str, Any]:
    """What a catalog keeps of an entry's version: what other units may see of it.

    :param content: as `catalog.content.of_entry` gives it
    :param read: fields whose words the personal-data check reads
    :returns: as `scope_view.view`, with the units that the sharing names
    """
    shared = sorted(scope_view.sharing_of(content).units)
    kept = {**scope_view.view(content, read), "sharing_units": shared}
    return {key: value for key, value in kept.items() if value}


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of a line's content, hexadecimal, over its canonical JSON."""
    return _sha(content)


def scope_key(unit_id: str, content: Mapping[str, Any]) -> str:
    """Lines with the same key are seen by the same people."""
    return _sha([unit_id, *(content.get(key) for key in SCOPE_FIELDS)])[:32]


def sharing(fields: Mapping[str, Any]) -> scope.Sharing:
    """The sharing that a line or working copy states; what is unreadable is nobody's.

    :param fields: `sharing_units` as a list of ids, or as JSON of one
    """
    units = fields.get("sharing_units")
    if isinstance(units, str):
        try:
            units = json.loads(units)
        except ValueError:
            units = []
    return scope_view.sharing_of({**fields, "sharing_units": units})


def likeness(title: str) -> str:
    """A title without what people write differently: width, case, marks, spaces."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"[\W_]+", "", plain)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Names of the fields that differ, in the order of the newer line."""
    names = dict.fromkeys([*new, *old])
    return [name for name in names if old.get(name) != new.get(name)]


def alike(lines: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Lines that may describe the same data, in groups of two and more.

    The same data of different schools are no duplicates: every school has its own
    list of classes. Two of one unit are, and two of different offices.

    :param lines: `{likeness, unit_id, kind, …}`; `kind` is the unit's
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        if line["likeness"]:
            groups.setdefault(line["likeness"], []).append(line)
    found = []
    for group in groups.values():
        units = [line["unit_id"] for line in group]
        doubtful = [
            line
            for line in group
            if line["kind"] not in SCHOOLS or units.count(line["unit_id"]) > 1
        ]
        if len(doubtful) > 1:
            found.append(doubtful)
    return found


def _sha(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
