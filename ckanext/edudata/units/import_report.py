"""What an import would change and what is wrong with it, in words for people."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import has_request_context

from ckanext.edudata.units import plan_units, spreadsheet, who_may
from ckanext.edudata.units.importing import Plan, choices
from ckanext.edudata.units.plan_units import Problem


def report(made: Plan, *, most: int = 500) -> dict[str, Any]:
    """What would change, in words, with errors by row and column.

    :returns: `{digest, tables, others, counts, changes, errors, more_changes,
        more_errors}`
    """
    changes = _changes(made)
    errors = [_said(problem, made) for problem in made.problems]
    return {
        "digest": made.digest(),
        "tables": [
            {
                "sheet": table.sheet,
                "kind": table.kind,
                "rows": len(table.rows),
                "columns": {header: key for key, (_, header) in table.headers.items()},
                "unused": table.unused,
                "skipped": table.skipped,
            }
            for table in made.tables
        ],
        "others": made.others,
        "counts": counts(made),
        "changes": changes[:most],
        "more_changes": max(0, len(changes) - most),
        "errors": errors[:most],
        "more_errors": max(0, len(errors) - most),
    }


def counts(made: Plan) -> dict[str, int]:
    """Numbers of what would change."""
    items = made.units.items
    gifts = [gift for person in made.people.people for gift in person.gifts]
    return {
        "units_new": sum(item.is_new for item in items),
        "units_changed": sum(bool(i.changes) and not i.is_new for i in items),
        "units_moved": len(made.moved),
        "units_same": sum(not i.changes and not i.is_new for i in items),
        "people_new": sum(person.is_new for person in made.people.people),
        "roles_new": sum(not gift.same for gift in gifts),
        "roles_same": sum(gift.same for gift in gifts),
        "errors": len(made.problems),
    }


def _changes(made: Plan) -> list[dict[str, Any]]:
    items = made.units.keys()
    # A command or job has no page whose language it could follow.
    page = has_request_context()
    language = tk.h.lang() if page else tk.config["ckan.locale_default"]

    def title(key: str) -> str:
        if key in items:
            return items[key].after.get("title") or items[key].before.get("title", "")
        return made.known.units.get(key, {}).get("title", "")

    def words(key: str, value: str) -> str:
        if key in plan_units.PLACES:
            return title(value)
        if key in ("kind", "district"):
            return next(
                (
                    tk.h.scheming_language_text(choice["label"], language)
                    for choice in choices(key)
                    if choice["value"] == value
                ),
                value,
            )
        return value

    found: list[dict[str, Any]] = [
        {
            "sheet": item.sheet,
            "row": item.row,
            "what": "unit_new" if item.is_new else "unit_change",
            "title": title(item.key),
            "fields": [
                {
                    "field": key,
                    "label": tk._(plan_units.LABELS[key]),
                    "old": words(key, old),
                    "new": words(key, new),
                }
                for key, (old, new) in item.changes.items()
                if not (item.is_new and key in ("title", "name"))
            ],
        }
        for item in made.units.items
        if item.is_new or item.changes
    ]
    for person in made.people.people:
        gifts = [gift for gift in person.gifts if not gift.same]
        if not (person.is_new or gifts):
            continue
        found.append(
            {
                "sheet": person.sheet,
                "row": person.row,
                "what": "person_new" if person.is_new else "person_roles",
                "title": person.fullname or person.name,
                "account": person.name,
                "roles": [
                    {
                        "role": gift.role,
                        "label": tk._(who_may.ROLES[gift.role].label),
                        "unit": title(gift.unit),
                        "until": gift.until,
                    }
                    for gift in gifts
                ],
            }
        )
    return found


def _said(problem: Problem, made: Plan) -> dict[str, Any]:
    table = next((t for t in made.tables if t.sheet == problem.sheet), None)
    place = table.headers.get(problem.field) if table else None
    values = {
        key: tk._(value) if key == "role" else value
        for key, value in problem.values.items()
    }
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "field": problem.field,
        "column": f"{spreadsheet.letter(place[0])} {place[1]}" if place else "",
        "message": tk._(problem.message).format(**values)
        if problem.message != "{said}"
        else values["said"],
    }
