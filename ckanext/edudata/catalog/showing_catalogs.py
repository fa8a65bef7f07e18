"""Catalogs as actions give them: facts, lines, differences, progress."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import book_catalogs as book
from ckanext.edudata.catalog import levels_catalogs as levels
from ckanext.edudata.catalog import lines_catalogs as lines
from ckanext.edudata.catalog import seeing_catalogs as seeing
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.catalog.model_catalogs import Catalog, CatalogRow
from ckanext.edudata.units import people, tree, who_may

Shown = dict[str, Any]


def brief(catalog: Catalog) -> Shown:
    """What everybody may know who knows of the catalog; no number of its lines."""
    return {
        "id": catalog.id,
        "number": catalog.number,
        "scope": catalog.scope,
        "unit_id": catalog.unit_id,
        "unit_title": catalog.unit_title,
        "year": catalog.year,
        "sequence": catalog.sequence,
        "state": catalog.state,
        "since": _moment(catalog.since),
        "made_at": _moment(catalog.made_at),
        "published_at": _moment(catalog.published_at),
    }


def inside(catalog: Catalog) -> Shown:
    """What people of the unit know beside it: numbers over all lines."""
    return {
        **brief(catalog),
        "line_count": catalog.line_count,
        "digest": catalog.digest,
        "summary": catalog.summary,
    }


def whole(catalog: Catalog, reader: seeing.Reader) -> Shown:
    """A catalog to a reader: with its making for those who work with it."""
    before = model.Session.get(Catalog, catalog.against_id or "")
    consent = _consent(catalog)
    shown = {
        **brief(catalog),
        "against": before.number if before else None,
        "consent_day": consent.day.isoformat() if consent and consent.day else None,
        "count": count(reader.rows(catalog.id)),
        "works": reader.works(catalog),
        "commands": [],
    }
    if not shown["works"]:
        return shown
    return {
        **shown,
        **inside(catalog),
        "commands": commands(catalog, reader.user_id),
        "history": [
            {
                "command": step.command,
                "at": _moment(step.at),
                "actor_id": step.actor_id,
                "actor_name": step.actor_name,
                "words": step.words,
                "day": step.day.isoformat() if step.day else None,
            }
            for step in book.steps(catalog.id)
        ],
        "parts": [inside(part) for part in book.parts(catalog.id)],
        "missing": _titles(catalog.summary.get("missing", [])),
    }


def commands(catalog: Catalog, user_id: str | None) -> list[str]:
    """Commands that a person may give now."""
    found = states.possible(
        catalog.scope, catalog.state, user_id, book.acted(catalog.id)
    )
    return [command for command in found if _carries(catalog, command, user_id)]


def _carries(catalog: Catalog, command: str, user_id: str | None) -> bool:
    unit = catalog.level_id if command == "return" else catalog.unit_id
    permission = states.COMMANDS[command].permission
    return people.holds(user_id, who_may.roles_for(permission), unit)


def _consent(catalog: Catalog) -> Any:
    given = [step for step in book.steps(catalog.id) if step.command == "consent"]
    return given[-1] if given else None


def _titles(unit_ids: list[str]) -> list[Shown]:
    if not unit_ids:
        return []
    rows = model.Session.execute(
        sa.select(model.Group.id, model.Group.name, model.Group.title).where(
            model.Group.id.in_(unit_ids)
        )
    ).mappings()
    by_id = {row["id"]: dict(row) for row in rows}
    return [by_id[unit] for unit in unit_ids if unit in by_id]


def count(query: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    return model.Session.scalar(counted) or 0


def row(found: CatalogRow) -> Shown:
    """A line. Neither its place, which would tell how many lines somebody does not
    see, nor the units that its scope names."""
    content = {key: found.content[key] for key in found.content if key not in _INNER}
    return {
        "entry_id": found.entry_id,
        "version": found.version,
        "digest": found.digest,
        "unit_id": found.unit_id,
        "unit_title": found.content.get("unit_title", ""),
        **content,
    }


_INNER = ("unit_title", "sharing_units")


def filtered(query: sa.Select[Any], asked: Shown) -> sa.Select[Any]:
    """Rows that were asked for, among those that may be seen."""
    for word in (asked.get("q") or "").split()[:8]:
        query = query.where(
            sa.or_(
                CatalogRow.title.icontains(word, autoescape=True),
                CatalogRow.content["unit_title"].astext.icontains(
                    word, autoescape=True
                ),
                CatalogRow.content["resource_code"].astext == word,
            )
        )
    for name in ("sharing_class", "opening_class"):
        if asked.get(name):
            query = query.where(CatalogRow.content[name].astext == asked[name])
    if asked.get("unit_id"):
        query = query.where(CatalogRow.unit_id == asked["unit_id"])
    if asked.get("entry_id"):
        query = query.where(CatalogRow.entry_id == asked["entry_id"])
    return query


def difference(
    old: Catalog | None, new: Catalog, reader: seeing.Reader, asked: Shown
) -> Shown:
    """What changed between two catalogs, of what the reader sees of both."""
    before = (reader.rows(old.id) if old is not None else reader.rows("")).subquery(
        "before"
    )
    after = reader.rows(new.id).subquery("after")
    kind = sa.case(
        (before.c.id.is_(None), "added"),
        (after.c.id.is_(None), "removed"),
        else_="changed",
    ).label("kind")
    changed = (
        sa.select(kind, before.c.id.label("old_id"), after.c.id.label("new_id"))
        .select_from(
            sa.join(before, after, before.c.entry_id == after.c.entry_id, full=True)
        )
        .where(before.c.digest.is_distinct_from(after.c.digest))
        .subquery()
    )
    counts = model.Session.execute(
        sa.select(changed.c.kind, sa.func.count()).group_by(changed.c.kind)
    )
    numbers = dict.fromkeys(("added", "removed", "changed"), 0)
    for name, number in counts:
        numbers[name] = number
    page = sa.select(changed).order_by(
        changed.c.kind, sa.func.coalesce(changed.c.new_id, changed.c.old_id)
    )
    if asked.get("kind"):
        page = page.where(changed.c.kind == asked["kind"])
    found = model.Session.execute(
        page.limit(asked["limit"]).offset(asked["offset"])
    ).all()
    return {
        "number": new.number,
        "against": old.number if old else None,
        **numbers,
        "results": [_changed(*item) for item in found],
    }


def _changed(kind: str, old_id: int | None, new_id: int | None) -> Shown:
    old = model.Session.get(CatalogRow, old_id) if old_id else None
    new = model.Session.get(CatalogRow, new_id) if new_id else None
    line = new or old
    fields = []
    if old is not None and new is not None:
        fields = [
            {"field": name, "old": old.content.get(name), "new": new.content.get(name)}
            for name in lines.differences(old.content, new.content)
            if name not in _INNER
        ]
    return {
        "kind": kind,
        "entry_id": line.entry_id if line else "",
        "title": line.title if line else "",
        "unit_title": line.content.get("unit_title", "") if line else "",
        "fields": [
            field if field["field"] != "tables" else {"field": "tables"}
            for field in fields
        ],
    }


STANDS = {
    "missing": "Nothing yet",
    "draft": "Being prepared",
    "returned": "Returned to the unit",
    "submitted": "Submitted to the level",
    "consolidated": "Consolidated",
    "outdated": "Published, changed since",
    "published": "Published",
}
"""Where a unit stands on the way to its level's next catalog."""
WAITING = ("missing", "draft", "returned", "outdated")
"""Those who still have to hand something in."""


def progress(level: Shown, found: levels.Levels) -> list[Shown]:
    """Each unit of a level: how far it is."""
    members = found.members(level["id"])
    ids = [unit["id"] for unit in members]
    counted = levels.counted(ids)
    newest = levels.newest(ids, states.UNIT, *states.STATES)
    wanted = levels.expected(members, level["id"])
    return [_stand(unit, counted.get(unit["id"]), newest.get(unit["id"]))
            for unit in wanted]  # fmt: skip


def _stand(unit: Shown, counted: Shown | None, catalog: Catalog | None) -> Shown:
    stand = catalog.state if catalog else "missing"
    if catalog and stand == "published" and counted and counted["last"]:
        stand = "outdated" if counted["last"] > catalog.made_at else stand
    return {
        "unit": {key: unit[key] for key in ("id", "name", "title", "kind")},
        "approved": counted["approved"] if counted else 0,
        "stand": stand,
        "catalog": inside(catalog) if catalog else None,
    }


def units_of(user_id: str | None, permission: str) -> list[Shown]:
    """Units for which a person carries a permission, in the tree's order."""
    mine = set(people.all_units_where(user_id, who_may.roles_for(permission)))
    return [unit for unit in tree.walk() if unit["id"] in mine]


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None
