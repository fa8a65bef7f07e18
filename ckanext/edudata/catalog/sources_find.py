"""Looking for likely duplicates of an entry among what its unit may know of."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import grams, scope, scope_lines, scope_search, sources
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.catalog.model_scope import CatalogLine as Line
from ckanext.edudata.catalog.model_sources import SourceCase
from ckanext.edudata.catalog.model_templates import TemplateAnswer
from ckanext.edudata.units import tree

MOST = 5
"""So many are shown and asked about, the most alike first."""


def likely(package: model.Package, known: scope.Tree) -> list[dict[str, Any]]:
    """Likely duplicates of an entry as it stands now, in other units.

    Only among what members of its unit see in the catalog; within one unit there is
    one source anyway.

    :returns: `[{id, unit_id, grounds, authoritative, case, undecided}]`, the most alike
        first; `case` is the one in force, or None
    """
    one, terms = _of_entry(package, known)
    viewer = scope.Viewer.of([package.owner_org or ""], known)
    near = sa.or_(
        Line.title_grams.overlap(scope_search.array(terms)),
        Line.items.overlap(scope_search.array(sorted(one.items))),
        Line.digests.overlap(scope_search.array(sorted(one.digests))),
    )
    rows = model.Session.execute(
        scope_search.lines(
            *(Line.entry_id, Line.title, Line.items, Line.digests, Line.category),
            *(Line.listed_at, model.Package.owner_org.label("owner_org")),
            condition=sa.and_(
                scope_search.seen(viewer, known),
                model.Package.owner_org != package.owner_org,
                Line.entry_id != package.id,
                near,
            ),
        )
    ).all()
    ids = [package.id, *(row.entry_id for row in rows)]
    made_of, first = _templates(ids), _first_approved(ids)
    one = dataclasses.replace(
        one,
        template=made_of.get(package.id),
        listed_at=first.get(package.id, ""),
    )
    places, titles = _places(), _titles()
    found: list[tuple[sources.Resource, sources.Resource, list[str]]] = []
    for row in rows:
        owner = row.owner_org or ""
        other = sources.Resource(
            row.entry_id,
            owner,
            sources.core(row.title, [*places, titles.get(owner, "")]),
            frozenset(row.items),
            frozenset(row.digests),
            row.category,
            template=made_of.get(row.entry_id),
            listed_at=first.get(row.entry_id) or row.listed_at.isoformat(),
        )
        grounds = sources.grounds(one, other, known)
        if grounds:
            found.append((one, other, grounds))
    found.sort(key=lambda it: _order(*it), reverse=True)
    cases, decided = in_force(package.id), decided_of(package.id)
    return [_told(*it, known, cases, decided) for it in found[:MOST]]


def in_force(entry_id: str, *, hold: bool = False) -> dict[str, SourceCase]:
    """Cases in force of an entry, by the id of the other one.

    :param hold: keep them from being decided before this transaction ends
    """
    query = (
        sa.select(SourceCase)
        .where(SourceCase.entry_id == entry_id, SourceCase.state != "superseded")
        .execution_options(populate_existing=True)
    )
    rows = model.Session.scalars(query.with_for_update() if hold else query)
    return {row.other_id: row for row in rows}


def decided_of(entry_id: str) -> dict[str, SourceCase]:
    """Decisions of an authority that another entry had asked for, by its id."""
    rows = model.Session.scalars(
        sa.select(SourceCase)
        .where(SourceCase.other_id == entry_id, SourceCase.state == "decided")
        .execution_options(populate_existing=True)
    )
    return {row.entry_id: row for row in rows}


def _of_entry(
    package: model.Package, known: scope.Tree
) -> tuple[sources.Resource, list[str]]:
    """The entry as it stands now, and the terms that lines are looked up by."""
    content = standing.Now(package).content
    owner = package.owner_org or ""
    own = [_titles().get(owner, "")]
    words = sources.core(content.get("title") or "", [*_places(), *own])
    one = sources.Resource(
        package.id,
        owner,
        words,
        frozenset(scope_lines.items_of(content)),
        frozenset(scope_lines.digests_of(model.Session.connection(), content)),
        content.get("category"),
    )
    return one, grams.grams(words)


def _templates(ids: list[str]) -> dict[str, str]:
    """The row of a template that an entry was made from."""
    rows = model.Session.execute(
        sa.select(TemplateAnswer.entry_id, TemplateAnswer.row_id).where(
            TemplateAnswer.entry_id.in_(ids)
        )
    )
    return {row.entry_id or "": row.row_id for row in rows}


def _first_approved(ids: list[str]) -> dict[str, str]:
    rows = model.Session.execute(
        sa.select(EntryVersion.entry_id, sa.func.min(EntryVersion.decided_at))
        .where(
            EntryVersion.entry_id.in_(ids),
            EntryVersion.state.in_(scope_lines.LISTED),
            EntryVersion.decided_at.is_not(None),
        )
        .group_by(EntryVersion.entry_id)
    )
    return {entry_id: first.isoformat() for entry_id, first in rows}


def _titles() -> dict[str, str]:
    return {unit["id"]: unit["title"] for unit in tree.walk()}


def _places() -> list[str]:
    """Names of the city and its districts, which say nothing of what data are about."""
    fields = tk.h.scheming_get_dataset_schema("entry")["dataset_fields"]
    field = tk.h.scheming_field_by_name(fields, "district")
    found = re.findall(r"^\w{2,4}?市", "\n".join(_titles().values()), re.MULTILINE)
    for choice in (tk.h.scheming_field_choices(field) if field else None) or []:
        label = choice["label"]
        found += label.values() if isinstance(label, dict) else [label]
    return list(dict.fromkeys(str(name) for name in found))


def _order(one: sources.Resource, other: sources.Resource, grounds: list[str]) -> Any:
    return (
        sources.SAME_DATA in grounds,
        sources.alike(one.words, other.words),
        sources.overlap(one.items, other.items),
        other.id,
    )


def _told(
    one: sources.Resource,
    other: sources.Resource,
    grounds: list[str],
    known: scope.Tree,
    cases: dict[str, SourceCase],
    decided: dict[str, SourceCase],
) -> dict[str, Any]:
    case, theirs = cases.get(other.id), decided.get(other.id)
    answered = case or theirs
    told = {"state": answered.state, "grounds": answered.grounds} if answered else None
    source = sources.authoritative(one, other, known)
    for row, refers in ((case, other.id), (theirs, one.id)):
        if row is not None and row.decision == "refer":
            source = refers
        if row is not None and row.decision == "this":
            source = row.entry_id
    return {
        "id": other.id,
        "unit_id": other.unit_id,
        "grounds": grounds,
        "authoritative": source,
        "case": case,
        "theirs": theirs,
        "undecided": sources.undecided(grounds, told),
    }
