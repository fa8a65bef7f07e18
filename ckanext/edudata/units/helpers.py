"""Words of units and roles."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.units import forest, importing, people, who_may


def edudata_role_label(role: str) -> str:
    """Name of a role."""
    return tk._(who_may.ROLES[role].label)


def edudata_all_units() -> list[dict[str, Any]]:
    """All units, each after the one above it."""
    return tk.get_action("edudata_unit_tree")({}, {})


def edudata_unit_kinds() -> list[dict[str, str]]:
    """Kinds of units with their labels: `[{value, label}]`."""
    return [
        {
            "value": choice["value"],
            "label": tk.h.scheming_language_text(choice["label"]),
        }
        for choice in importing.choices("kind")
    ]


def edudata_unit_pages(unit: dict[str, Any]) -> list[dict[str, str]]:
    """Working pages of a unit that the person may open: `[{page, label, url}]`."""
    if tk.current_user.is_anonymous:
        return []
    pages = (
        ("edit", "organization_update", tk._("Edit this unit"), "organization.edit"),
        (
            "people",
            "edudata_role_list",
            tk._("People and roles"),
            "edudata_unit.people",
        ),
        ("below", "edudata_role_list", tk._("People below"), "edudata_unit.below"),
        (
            "posts",
            "edudata_post_list",
            tk._("Sensitive posts"),
            "edudata_unit_posts.of",
        ),
        ("move", "edudata_unit_move", tk._("Move or end"), "edudata_unit_place.place"),
    )
    return [
        {"page": page, "label": label, "url": tk.h.url_for(endpoint, id=unit["name"])}
        for page, action, label, endpoint in pages
        if web.may(action, id=unit["id"], unit_id=unit["id"])
    ]


def edudata_unit_words(reference: str | None) -> str:
    """A unit as one types it: its name, or its code where others have the same name;
    what was typed and names none stays."""
    grown = forest.planted()
    unit = grown.units.get(reference or "")
    if unit is None and reference:
        named = [each for each in grown.units.values() if each["name"] == reference]
        unit = named[0] if named else None
    if unit is None:
        return reference or ""
    return _words(unit, _twice(grown))


def edudata_unit_choices(candidates: str = "") -> list[dict[str, str]]:
    """Units to choose from while typing: `[{value, label}]`.

    :param candidates: `mine`: those under which the person may enter units;
        `departments`: only departments; else all that have units below or may have
    """
    grown = forest.planted()
    units = grown.units.values()
    if candidates == "departments":
        found = [unit for unit in units if unit["kind"] == "department"]
    else:
        found = [
            unit
            for unit in units
            if grown.below.get(unit["id"]) or unit["kind"] not in LEAVES
        ]
    if candidates == "mine" and not tk.current_user.is_anonymous:
        mine = set(
            people.all_units_where(tk.current_user.id, who_may.roles_for("unit_edit"))
        )
        found = [unit for unit in found if unit["id"] in mine]
    twice = _twice(grown)
    return [
        {"value": _words(unit, twice), "label": unit["code"] or unit["title"]}
        for unit in found[:MOST_CHOICES]
    ]


def edudata_posts_to_do() -> list[dict[str, Any]]:
    """For security officers: units of theirs where somebody lacks an undertaking or a
    training: at most three of `{unit_id, title, count}`."""
    if tk.current_user.is_anonymous:
        return []
    units = forest.planted().units
    found = []
    for unit_id in people.units_where(tk.current_user.id, ["security_officer"])[:3]:
        missing = web.call("edudata_post_missing", unit_id=unit_id, below=True)
        if missing and unit_id in units:
            title = units[unit_id]["title"]
            found.append({"unit_id": unit_id, "title": title, "count": len(missing)})
    return found


LEAVES = ("school", "kindergarten")
MOST_CHOICES = 400


def _twice(grown: forest.Forest) -> set[str]:
    """Names that several units have."""
    seen: set[str] = set()
    return {
        unit["title"]
        for unit in grown.units.values()
        if unit["title"] in seen or seen.add(unit["title"])
    }


def _words(unit: dict[str, Any], twice: set[str]) -> str:
    if unit["title"] in twice:
        return unit["code"] or unit["name"]
    return unit["title"]
