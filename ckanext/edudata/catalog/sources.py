"""One data, one source: likely duplicates, and which of two is the source. Pure.

Art. 4 (2), 6, 10: each kind of data has one authoritative source; what the platform
holds is in principle not collected again; what was aggregated by a superior belongs to
the superior.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ckanext.edudata.catalog import grams
from ckanext.edudata.catalog.scope import DEPARTMENT, Tree

SAME_DATA, TITLE, ITEMS = "same_data", "title", "items"
GROUNDS = {
    SAME_DATA: "Holds the same table or file",
    TITLE: "Has nearly the same title",
    ITEMS: "Has mostly the same information items",
}
"""Why two entries are likely duplicates, as English message ids; strongest first."""

FEWEST_ROWS = 20
"""Smaller tables are not compared by content: one could guess what they hold."""
FEWEST_ITEMS = 3

_EMPTY = re.compile(
    r"数据集|数据|信息|资源|列表|一览表|汇总表|汇总|明细表|明细|登记表|统计表|清单|"
    r"名录|名单|情况|关于|基本|相关|有关|全体|各类|本市|全市|全区|本区|本校|[表的与及和等]"
)
_CODE = re.compile(r"[0-9a-z]+")


@dataclass(frozen=True)
class Resource:
    """What is compared of an entry. `words`: the core of its title, see `core`;
    `template`: the row of a district's template that it was made from; `listed_at`:
    when it was first approved, empty before."""

    id: str
    unit_id: str
    words: str
    items: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    category: str | None = None
    template: str | None = None
    listed_at: str = ""


def core(title: str, places: Iterable[str] = ()) -> str:
    """A title without signs, and without words that say nothing of the subject.

    :param places: names of districts and units: whose they are is no subject
    """
    plain = "".join(grams.runs(title))
    for place in sorted(places, key=len, reverse=True):
        plain = plain.replace("".join(grams.runs(place)) or "\0", "")
    return _EMPTY.sub("", plain) or plain or "".join(grams.runs(title))


def alike(one: str, other: str) -> float:
    """Likeness of two titles from 0 to 1: Dice's coefficient of their pairs of signs.

    Titles that differ in a number (a year, a term) are of other data.

    :param one: core of a title
    """
    if _CODE.findall(one) != _CODE.findall(other):
        return 0.0
    if one == other:
        return 1.0
    pairs_a, pairs_b = set(pairwise(one)), set(pairwise(other))
    both = len(pairs_a) + len(pairs_b)
    return 2 * len(pairs_a & pairs_b) / both if both else 0.0


def item_keys(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """What information items are compared by: the standard's element, else the label,
    else the name."""
    found: dict[str, None] = {}
    for item in items:
        word = item.get("element") or item.get("label") or item.get("name") or ""
        key = "".join(grams.runs(str(word)))
        if key:
            found[key] = None
    return list(found)


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Share of the smaller set of items that the other has too; 0 where it is small."""
    if min(len(one), len(other)) < FEWEST_ITEMS:
        return 0.0
    shared = len(set(one) & set(other))
    # A handful of items is a part of nearly everything.
    return shared / max(min(len(one), len(other)), max(len(one), len(other)) / 2)


def parallel(one: str, other: str, tree: Tree) -> bool:
    """Whether two units do the same work, each for its own: schools, districts.

    What each of them has of its own kind is meant to be alike.
    """
    a, b = tree.body(one), tree.body(other)
    if a == b or a in tree.up(b) or b in tree.up(a):
        return False
    return tree.kind(a) == tree.kind(b) != DEPARTMENT


def grounds(one: Resource, other: Resource, tree: Tree) -> list[str]:
    """Why the two are likely duplicates; empty where they are not."""
    if one.id == other.id:
        return []
    if one.template and one.template == other.template:
        return []
    found = [SAME_DATA] if one.digests & other.digests else []
    title = alike(one.words, other.words)
    items = overlap(one.items, other.items)
    unknown = not one.items or not other.items
    by_title = title >= 0.85 and (unknown or items >= 0.2)
    by_items = items >= 0.8 and (title >= 0.3 or _one_kind(one, other))
    both = title >= 0.6 and items >= 0.5
    if found or not parallel(one.unit_id, other.unit_id, tree):
        found += [TITLE] if by_title or both else []
        found += [ITEMS] if by_items or both else []
    return found


def _one_kind(one: Resource, other: Resource) -> bool:
    return bool(one.category) and one.category == other.category


def authoritative(one: Resource, other: Resource, tree: Tree) -> str:
    """Id of the one that is the source, until a superior says otherwise.

    What a superior holds counts before what stands below it (Art. 6); else what was
    approved first.
    """
    if one.unit_id != other.unit_id:
        if one.unit_id in tree.up(other.unit_id):
            return one.id
        if other.unit_id in tree.up(one.unit_id):
            return other.id
    if not one.listed_at:
        return other.id
    return min((one, other), key=lambda it: (it.listed_at or "~", it.id)).id


CHOICES = {
    "another": "These are other data",
    "refer": "The other one is the source; ours refers to it",
    "ask": "We cannot tell: the superior authority decides",
}
"""What the compiler says of a likely duplicate, as English message ids."""

DECISIONS = {
    "another": "Both are sources: these are other data",
    "refer": "The other data resource is the source",
    "this": "This data resource is the source",
}
"""What the superior authority decides."""


def undecided(found: Collection[str], answered: Mapping[str, Any] | None) -> bool:
    """Whether a likely duplicate still waits for an answer.

    :param found: grounds as they are now
    :param answered: the case in force, `{state, grounds}`: a ground that was not known
        when it was answered asks anew
    """
    if answered is None or answered["state"] == "asked":
        return True
    return not set(found) <= set(answered["grounds"])


def authority(one: str, other: str, tree: Tree) -> str:
    """The unit that decides a doubtful case (Art. 4): the nearest above both owners.

    A body that is above the other is its superior authority, also where the data are
    its own; whoever wrote into one of the two entries does not decide.
    """
    found = tree.common(one, other)
    return tree.body(found) if found else (tree.up(one) or [""])[-1]
