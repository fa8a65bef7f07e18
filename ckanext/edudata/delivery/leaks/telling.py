"""A run in words: a table, and each leak by what it is, never by what leaked."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.delivery.leaks.persons import HOLDERS
from ckanext.edudata.delivery.leaks.running import Result

ORDER = ("anonymous", "stranger", "applicant", *HOLDERS, "holder", "bound")
"""Persons in the order of columns; members of units after them."""


def lines(found: Result) -> list[str]:
    """The run as text: a table of families and persons, then each leak by its name."""
    return [*_aligned(_table(found)), "", *_leaks(found), *_end(found)]


def _table(found: Result) -> list[list[str]]:
    said = found.as_dict()["table"]
    table = {(row["family"], row["person"]): row for row in said}
    people = list(dict.fromkeys(row["person"] for row in said))
    people.sort(key=lambda p: ORDER.index(p) if p in ORDER else len(ORDER))
    rows = [[tk._("Family"), *people]]
    for family in dict.fromkeys(row["family"] for row in said):
        cells = [table.get((family, person)) for person in people]
        rows.append([family, *map(_cell, cells)])
    return rows


def _cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return "–"
    leaks = f" !{cell['leaks']}" if cell["leaks"] else ""
    return f"{cell['probes']}{leaks}"


def _leaks(found: Result) -> Iterator[str]:
    """Family, kind of value, object, address, persons."""
    grouped: dict[str, set[str]] = defaultdict(set)
    for leak in found.leaks:
        where = f"{leak.family}: {leak.what} · {leak.kind} {leak.object_id}"
        grouped[f"{where} · {leak.address}"].add(leak.person)
    for what, people in grouped.items():
        yield f"{tk._('LEAK')} {what} ({', '.join(sorted(people))})"


def _end(found: Result) -> Iterator[str]:
    for row in found.timing:
        said = tk._("Median time: real {real} ms, made up {made_up} ms, z {z}").format(
            real=row["real_ms"], made_up=row["made_up_ms"], z=row["z"]
        )
        yield f"{said} · {row['address']}"
    for name in found.missing:
        yield tk._("Nobody to ask as: {name}").format(name=name)
    for reason, number in found.unanswered.items():
        yield tk._("Could not probe: {reason} ({number})").format(
            reason=reason, number=number
        )
    kinds = [f"{k} {found.probed.get(k, 0)}/{n}" for k, n in found.closed.items()]
    yield tk._("Closed things probed: {kinds}").format(kinds=", ".join(kinds) or "–")
    yield tk._("{probes} probes in {seconds} s, {leaks} leaks, seed {seed}").format(
        probes=sum(found.probes.values()),
        seconds=found.seconds,
        leaks=len(found.leaks),
        seed=found.seed,
    )


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell))
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
