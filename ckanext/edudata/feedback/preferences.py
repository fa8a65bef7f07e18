"""Groups of notices and what a person may choose for each. Pure; English msgids."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MAIL = {
    "at_once": "At once",
    "daily": "Once a day, together",
    "off": "Not by mail",
}


@dataclass(frozen=True)
class Group:
    """`obliged` ones stay on the site; `urgent` ones are mailed at once as well."""

    label: str
    prefixes: tuple[str, ...]
    obliged: bool = True
    urgent: bool = False


GROUPS: dict[str, Group] = {
    "danger": Group(
        "Personal data reported or found in released data",
        ("alarm", "recheck_", "clearance_", "recall_"),
        urgent=True,
    ),
    "applications": Group(
        "My applications and what was granted to me",
        ("request_", "grant_", "extract_", "use_report_", "person_"),
    ),
    "reviews": Group("Applications to be decided", ("review_",)),
    "entries": Group(
        "My unit’s data resources",
        (
            *("check_", "rows_", "entry_", "security_", "structure_", "source_"),
            *("template_", "post_", "workdays_", "provision_"),
        ),
    ),
    "catalogs": Group("Catalogs and open lists", ("catalog_", "open_list_")),
    "quality": Group("Reminders of updates", ("quality_",), obliged=False),
    "demands": Group("Data demands", ("demand_",), obliged=False),
    "other": Group("Everything else", ()),
}


def group(kind: str) -> str:
    """Name of the group that a kind of notice belongs to."""
    for name, found in GROUPS.items():
        if kind.startswith(found.prefixes):
            return name
    return "other"


def mail(kind: str, chosen: Mapping[str, str]) -> str:
    """How a kind is mailed: one of `MAIL`."""
    name = group(kind)
    how = chosen.get(name, "at_once")
    return "at_once" if GROUPS[name].urgent or how not in MAIL else how


def hidden(kind: str, chosen: Collection[str]) -> bool:
    """Whether the person does not want the kind on the site, and need not."""
    name = group(kind)
    return name in chosen and not GROUPS[name].obliged
