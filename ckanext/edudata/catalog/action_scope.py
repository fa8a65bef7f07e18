"""The catalog for units (Art. 10, 16, 22–24): metadata within the sharing scope."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import (
    grams,
    schema_scope,
    scope,
    scope_search,
    scope_view,
    veil,
)
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.catalog.model_scope import CatalogLine as Line
from ckanext.edudata.desensitization import texts
from ckanext.edudata.units import people


@tk.side_effect_free
@validate(schema_scope.search)
def edudata_resource_catalog_search(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Data resources of all units that share their metadata with the caller's.

    Shown is what was last approved, never a draft, and never data.

    :param q: words of title, summary, keywords and information items (optional)
    :param unit: id or name of a unit: its own and those of all below it (optional)
    :param subject_database, school_stage, district, sharing_class, opening_class,
        category: codes (optional)
    :param start: how many to pass over (default: 0)
    :param rows: at most so many, up to 100 (default: 20)
    :param facets: count the values of the facets (default: true)
    :returns: `{count, loosely, results: [{id, unit_id, listed_at, title, notes, …}],
        facets: {name: {value: count}}}`; `loosely`: nothing holds all of `q`, these
        hold a part of it
    :raises NotAuthorized: the caller holds no role in a unit
    """
    tk.check_access("edudata_resource_catalog_search", context, data_dict)
    known = scope_search.units()
    viewer = scope_search.viewer_of(people.actor_id(context), known)
    condition = sa.and_(scope_search.seen(viewer, known), *_wanted(data_dict, known))
    q = (data_dict.get("q") or "")[:200]
    asked, loosely = bool(grams.asked(q)), False
    if q.strip() and not asked:
        condition = sa.false()
    rows = _rows(q, condition, loosely=False)
    if asked and not rows:
        rows = _rows(q, condition, loosely=True)
        loosely = bool(rows)
    start, most = data_dict["start"], min(data_dict["rows"], schema_scope.MOST_ROWS)
    page = rows[start : start + most]
    contents = _contents([row.version_id for row in page])
    return {
        "count": len(rows),
        "loosely": loosely,
        "results": [
            _shown(row, contents.get(row.version_id, {}), items=False) for row in page
        ],
        "facets": scope_search.facet_counts(rows) if data_dict["facets"] else {},
    }


@tk.side_effect_free
@validate(schema_scope.by_id)
def edudata_resource_catalog_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """What was last approved of a data resource, as far as its scope lets one see.

    :param id: id of the data resource, as the search gives it
    :returns: `{id, unit_id, listed_at, own, title, notes, …, tables: [[{name, label,
        type, description, element, required}]], authoritative, open_dataset}`; `own`:
        the caller belongs to its unit; `authoritative`: `{id, title, unit_id}` of the
        data resource that it refers to as its source, where the caller may know of it;
        `open_dataset`: name of the open dataset, where it is open
    :raises ObjectNotFound: there is none, or none that the caller may know of
    """
    tk.check_access("edudata_resource_catalog_show", context, data_dict)
    known = scope_search.units()
    viewer = scope_search.viewer_of(people.actor_id(context), known)
    row = model.Session.execute(
        scope_search.lines(
            Line.entry_id,
            Line.version_id,
            Line.listed_at,
            model.Package.owner_org,
            condition=sa.and_(
                scope_search.seen(viewer, known), Line.entry_id == data_dict["id"]
            ),
        )
    ).first()
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such data resource"))
    content = _contents([row.version_id]).get(row.version_id, {})
    opened = tk.get_action("edudata_opened_list")(
        {"ignore_auth": True}, {"id": row.entry_id}
    )
    live = [item["dataset_name"] for item in opened if item["state"] == "live"]
    return {
        **_shown(row, content, items=True),
        "own": row.owner_org in viewer.reach,
        "authoritative": _source(content, viewer, known),
        "open_dataset": live[0] if live else None,
    }


@tk.side_effect_free
@veil.veiled
@validate(schema_scope.by_id)
def edudata_resource_catalog_hint(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Who sees an entry in the catalog for units, and why others do not.

    :param id: id of the entry
    :returns: `{listed, why, scope, units}`; `why`: `never_approved`, `words` (the
        description is not cleared of personal data), `not_shared`, or None
    """
    tk.check_access("edudata_resource_catalog_hint", context, {"id": data_dict["id"]})
    package = model.Package.get(data_dict["id"])
    line = model.Session.get(Line, package.id) if package else None
    if line is None:
        return {"listed": False, "why": "never_approved", "scope": None, "units": []}
    clear = model.Session.scalar(
        scope_search.lines(Line.entry_id, condition=Line.entry_id == line.entry_id)
    )
    closed = {line.approved_class, line.working_class} - scope.SHARED
    why = None if clear else "words"
    if clear and closed:
        why = scope.NOT_SHARED
    return {
        "listed": why is None,
        "why": why,
        "scope": line.approved_scope,
        "units": line.approved_units,
    }


def _source(
    content: dict[str, Any], viewer: scope.Viewer, known: scope.Tree
) -> dict[str, Any] | None:
    other = content.get("authoritative_entry")
    row = model.Session.execute(
        scope_search.lines(
            Line.entry_id,
            Line.title,
            model.Package.owner_org,
            condition=sa.and_(scope_search.seen(viewer, known), Line.entry_id == other),
        )
    ).first()
    if row is None:
        return None
    return {"id": row.entry_id, "title": row.title, "unit_id": row.owner_org}


def _wanted(data: DataDict, known: scope.Tree) -> list[sa.ColumnElement[bool]]:
    found = [
        column == data[name]
        for name, column in scope_search.FACETS.items()
        if name != "unit" and data.get(name)
    ]
    if data.get("unit"):
        unit = model.Group.get(data["unit"])
        below = known.down(unit.id) if unit else []
        found.append(model.Package.owner_org.in_(below))
    return found


def _rows(q: str, condition: sa.ColumnElement[bool], *, loosely: bool) -> Any:
    """All lines found, in order: count, facets and page come from the one answer."""
    if grams.asked(q):
        condition = sa.and_(condition, scope_search.matching(q, loosely=loosely))
    columns = (column.label(n) for n, column in scope_search.FACETS.items())
    found = scope_search.lines(
        *(Line.entry_id, Line.version_id, Line.listed_at, model.Package.owner_org),
        *columns,
        condition=condition,
    )
    return model.Session.execute(found.order_by(*scope_search.rank(q))).all()


def _contents(version_ids: list[str]) -> dict[str, dict[str, Any]]:
    rows = model.Session.execute(
        sa.select(EntryVersion.id, EntryVersion.content).where(
            EntryVersion.id.in_(version_ids)
        )
    )
    return {row.id: row.content for row in rows}


def _shown(row: Any, content: dict[str, Any], *, items: bool) -> dict[str, Any]:
    return {
        **scope_view.view(content, texts.FIELDS, items=items),
        "id": row.entry_id,
        "unit_id": row.owner_org,
        "listed_at": row.listed_at.isoformat(),
    }
