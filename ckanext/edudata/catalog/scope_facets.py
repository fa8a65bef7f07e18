"""Units as a way into the catalog for units, counted with all below. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def branches(
    units: Sequence[Mapping[str, Any]], counts: Mapping[str, int], chosen: str
) -> dict[str, list[dict[str, Any]]]:
    """Where one stands in the tree, and where one can go from there.

    :param units: as `edudata_unit_tree` gives them, each after the one above it
    :param counts: id of a unit → number of its own
    :param chosen: id of a unit, or empty for the top
    :returns: `{path, below}` of `{id, name, title, count}`; below are only those that
        have any, most first
    """
    known = {unit["id"]: unit for unit in units}
    sums = {unit["id"]: counts.get(unit["id"], 0) for unit in units}
    for unit in reversed(units):
        if unit["superior"] in sums:
            sums[unit["superior"]] += sums[unit["id"]]

    def told(unit: Mapping[str, Any]) -> dict[str, Any]:
        named = {key: unit[key] for key in ("id", "name", "title")}
        return {**named, "count": sums[unit["id"]]}

    path: list[dict[str, Any]] = []
    here = chosen
    while here in known and len(path) < len(known):
        path.insert(0, told(known[here]))
        here = known[here]["superior"]
    top = [unit for unit in units if unit["superior"] not in known]
    if not path and len(top) == 1:
        path, chosen = [told(top[0])], top[0]["id"]
    below = [
        told(unit)
        for unit in units
        if (unit["superior"] == chosen if path else unit in top) and sums[unit["id"]]
    ]
    return {"path": path, "below": sorted(below, key=lambda unit: -unit["count"])}
