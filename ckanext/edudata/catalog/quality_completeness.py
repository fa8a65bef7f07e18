"""Which optional parts of a description matter, and how much. Pure.

Art. 12 (完备性); fields of the 2017 catalogue guide. Required fields are not looked at:
without them an entry is not saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Gap:
    """Something missing. `kind`: empty, short, unlabelled or untold (how many items of
    a file have no name of their own, or no meaning); `field` is where it is mended."""

    kind: str
    field: str
    weight: int
    count: int = 0
    resource: str = ""

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Wish:
    """One of `fields` is to be filled in, where the entry says one of `when`."""

    fields: tuple[str, ...]
    weight: int
    when: tuple[str, tuple[str, ...]] | None = None


SHORT = 20
"""A summary of fewer characters says nothing that the title does not."""

_RESTRICTED = ("sharing_class", ("authorized", "not_shared"))
_OPENED = ("opening_class", ("unconditional", "conditional"))

WISHES = (
    Wish(("opening_condition",), 4, ("opening_class", ("conditional",))),
    Wish(("opening_basis",), 3, ("opening_class", ("not_open",))),
    Wish(("sharing_reason",), 3, _RESTRICTED),
    Wish(("sharing_basis",), 3, _RESTRICTED),
    Wish(("sharing_condition",), 2, ("sharing_class", ("authorized",))),
    Wish(("contact_office",), 3),
    Wish(("contact_phone", "contact_email"), 2),
    Wish(("temporal_start",), 2),
    Wish(("temporal_end",), 1),
    Wish(("source",), 2),
    Wish(("category",), 2),
    Wish(("keywords",), 2),
    Wish(("license_id",), 2, _OPENED),
    Wish(("spatial_coverage", "district"), 1),
    Wish(("school_stage",), 1),
    Wish(("data_format",), 1),
)
SUMMARY_WEIGHT = 3
ITEMS_WEIGHT = 6
"""For each file: half for names, half for meanings of its information items."""


def assess(
    entry: dict[str, Any], files: list[dict[str, Any]], known: set[str]
) -> tuple[int, list[Gap]]:
    """How complete a description is, and what is missing, what matters most first.

    :param entry: fields of the entry
    :param files: `[{id, items: [{name, label, description}]}]`, those to be released
    :param known: fields that the form has
    :returns: 0 to 100, and the gaps
    """
    whole, got = SUMMARY_WEIGHT, 0.0
    gaps: list[Gap] = []
    if len(str(entry.get("notes") or "").strip()) >= SHORT:
        got += SUMMARY_WEIGHT
    else:
        gaps.append(Gap("short", "notes", SUMMARY_WEIGHT))
    for wish in WISHES:
        fields = [name for name in wish.fields if name in known]
        if not fields or (wish.when and entry.get(wish.when[0]) not in wish.when[1]):
            continue
        whole += wish.weight
        if any(str(entry.get(name) or "").strip() for name in fields):
            got += wish.weight
        else:
            gaps.append(Gap("empty", fields[0], wish.weight))
    for file in files:
        items = file["items"]
        if not items:
            continue
        whole += ITEMS_WEIGHT
        for kind, good in (("unlabelled", _named), ("untold", _told)):
            bad = sum(not good(item) for item in items)
            got += ITEMS_WEIGHT / 2 * (1 - bad / len(items))
            if bad:
                weight = ITEMS_WEIGHT // 2
                gaps.append(Gap(kind, "information_items", weight, bad, file["id"]))
    gaps.sort(key=lambda gap: -gap.weight)
    return int(100 * got / whole), gaps


def _named(item: dict[str, Any]) -> bool:
    """A label is there and has words: `XXDM` alone tells nobody anything."""
    label = str(item.get("label") or item.get("name") or "").strip()
    return bool(label) and not (label.isascii() and label == label.upper())


def _told(item: dict[str, Any]) -> bool:
    return bool(str(item.get("description") or "").strip() or item.get("element"))
