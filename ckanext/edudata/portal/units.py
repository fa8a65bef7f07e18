"""Units as a tree, with what each has opened."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.portal.datasets import caller

MOST_IN_QUERY = 500


def tree() -> list[dict[str, Any]]:
    """All units, each after the one above it."""
    return tk.get_action("edudata_unit_tree")({}, {})


def counts() -> dict[str, int]:
    """Name of a unit → number of its own open datasets."""
    found = tk.get_action("package_search")(
        {"user": ""},
        {
            "fq": "+dataset_type:dataset",
            "rows": 0,
            "facet.field": ["organization"],
            "facet.limit": -1,
        },
    )
    return found["facets"].get("organization", {})


def nested(units: list[dict[str, Any]], opened: dict[str, int]) -> list[dict[str, Any]]:
    """The tree as lists in lists.

    :param opened: as `counts` gives it
    :returns: units with `below` (units like it), `own` (datasets) and `all` (datasets
        with those of all below)
    """
    nodes = {
        unit["id"]: {**unit, "below": [], "own": opened.get(unit["name"], 0)}
        for unit in units
    }
    roots = []
    for unit in nodes.values():
        above = nodes.get(unit["superior"])
        (above["below"] if above else roots).append(unit)
    for unit in reversed(nodes.values()):
        unit["all"] = unit["own"] + sum(low["all"] for low in unit["below"])
    return roots


def matching(units: list[dict[str, Any]], q: str) -> list[dict[str, Any]]:
    """Units whose title or code holds the words."""
    words = q.lower().split()
    return [
        unit
        for unit in units
        if all(word in f"{unit['title']} {unit['code']}".lower() for word in words)
    ]


def find(node_id: str, roots: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The unit of this id in the nested tree."""
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node["id"] == node_id:
            return node
        todo.extend(node["below"])
    return None


def opened_below(node: dict[str, Any], *, rows: int, start: int) -> dict[str, Any]:
    """Open datasets of a unit and of all below it.

    :returns: as `package_search`
    """
    names: list[str] = []
    todo = [node]
    while todo:
        unit = todo.pop()
        if unit["own"]:
            names.append(unit["name"])
        todo.extend(unit["below"])
    if not names:
        return {"count": 0, "results": []}
    wanted = " OR ".join(f'"{name}"' for name in sorted(names)[:MOST_IN_QUERY])
    return tk.get_action("package_search")(
        caller(),
        {
            "fq": f"+dataset_type:dataset +organization:({wanted})",
            "sort": "metadata_modified desc",
            "rows": rows,
            "start": start,
        },
    )
