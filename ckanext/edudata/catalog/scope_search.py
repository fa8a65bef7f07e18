"""Finding lines of the catalog for units that a person may see.

One condition, `seen`, stands before every count, facet and page: there is no number
that was not asked under it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import aliased

from ckanext.edudata.catalog import grams, scope
from ckanext.edudata.catalog.model_scope import CatalogLine as Line
from ckanext.edudata.desensitization import basis, rules
from ckanext.edudata.desensitization.model import Check, Clearance
from ckanext.edudata.units import people, tree, who_may

FACETS = {
    "unit": model.Package.owner_org,
    "subject_database": Line.subject_database,
    "school_stage": Line.school_stage,
    "district": Line.district,
    "sharing_class": Line.approved_class,
    "opening_class": Line.opening_class,
    "category": Line.category,
}
"""Facets, each with the column that it counts."""


def units() -> scope.Tree:
    """The tree of active units, as it stands."""
    return scope.Tree.of(tree.walk())


def viewer_of(user_id: str | None, known: scope.Tree) -> scope.Viewer:
    """Where a person stands; nowhere without a role in a unit."""
    roles = who_may.roles_for("catalog_read")
    held = people.units_where(user_id, roles)
    return scope.Viewer.of(held, known, people.all_units_where(user_id, roles))


def seen(viewer: scope.Viewer, known: scope.Tree) -> sa.ColumnElement[bool]:
    """Condition on lines joined with their packages: `scope.sees`, in SQL."""
    if not viewer.reach:
        return sa.false()
    owner = model.Package.owner_org
    level = among(owner, scope.owners_of_level(viewer, known))

    def covers(when: str) -> sa.ColumnElement[bool]:
        column = {key: getattr(Line, f"{when}_{key}") for key in _SHARING}
        unit = sa.func.unnest(column["units"]).column_valued("unit")
        named = sa.exists(sa.select(unit).where(among(unit, sorted(viewer.bodies))))
        return sa.and_(
            column["class"].in_(scope.SHARED),
            sa.or_(
                column["scope"] == scope.ALL,
                sa.and_(column["scope"] == scope.DISTRICT, level),
                sa.and_(column["scope"] == scope.NAMED, named),
            ),
        )

    return sa.or_(
        among(owner, sorted(viewer.reach)),
        sa.and_(among(owner, list(known.units)), covers("approved"), covers("working")),
    )


_SHARING = ("class", "scope", "units")


def cleared(text: Any = Line.text_sha256) -> sa.ColumnElement[bool]:
    """The line's words were cleared of personal data, by rules that count today.

    As the door asks for a clearance (`desensitization.rules`), for many at once.

    :param text: the column with the digest of the words
    """
    ruled = rules.accepted()
    found = _clearance(ruled[0], text)
    for ruleset in ruled[1:]:
        # What the code's own rules have read, they alone decide.
        read = sa.exists().where(
            Check.sha256 == text,
            Check.ruleset == ruled[0],
            Check.state == "done",
        )
        found = sa.or_(found, sa.and_(~read, _clearance(ruleset, text)))
    return found


def _clearance(ruleset: str, text: Any) -> sa.ColumnElement[bool]:
    one = aliased(Clearance)
    number = sa.Integer
    found = sa.exists().where(
        one.sha256 == text,
        one.ruleset == ruleset,
        one.withdrawn_at.is_(None),
        one.basis["k"].astext.cast(number) >= tk.config["ckanext.edudata.check.k"],
        one.basis["small_cell"].astext.cast(number)
        >= tk.config["ckanext.edudata.check.small_cell"],
        sa.or_(
            one.basis["rule"].astext.is_(None),
            one.basis["rule"].astext == (basis.rule_in_force() or ""),
        ),
        sa.or_(
            sa.func.jsonb_array_length(one.basis["exceptions"]) == 0,
            among(one.id, _with_exceptions(ruleset, text)),
        ),
    )
    # Of conditions on JSON the planner expects one row; as a join that is slow.
    return found.is_(True)


def _with_exceptions(ruleset: str, text: Any) -> list[str]:
    """Ids of the few clearances of descriptions that rest on exceptions in force."""
    rows = model.Session.scalars(
        sa.select(Clearance).where(
            sa.exists().where(text == Clearance.sha256),
            Clearance.ruleset == ruleset,
            Clearance.withdrawn_at.is_(None),
            sa.func.jsonb_array_length(Clearance.basis["exceptions"]) > 0,
        )
    )
    return [row.id for row in rows if basis.still_holds(row, hold=False)]


def lines(*columns: Any, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Listed lines under a condition of `seen`."""
    return (
        sa.select(*columns)
        .select_from(Line)
        .join(model.Package, model.Package.id == Line.entry_id)
        .where(
            model.Package.state == "active",
            model.Package.type == "entry",
            condition,
            cleared(),
        )
    )


def matching(q: str, *, loosely: bool) -> sa.ColumnElement[bool]:
    """Lines that hold all that was typed, or any of it."""
    terms = grams.asked(q)
    return Line.grams.op("@@")(_query(terms, " | " if loosely else " & "))


def rank(q: str) -> list[Any]:
    """Order by how much of what was typed the title holds, then the rest, then age."""
    terms = grams.asked(q)
    title = sa.cast(sa.func.array_to_tsvector(Line.title_grams), TSVECTOR)
    count = sa.literal(0)
    for term in terms[:12]:
        one = _query([term], "")
        count += sa.cast(title.op("@@")(one), sa.Integer) * 3
        count += sa.cast(Line.grams.op("@@")(one), sa.Integer)
    order = [count.desc()] if terms else []
    return [*order, Line.listed_at.desc(), Line.entry_id]


def facet_counts(rows: Sequence[Any]) -> dict[str, dict[str, int]]:
    """Counts of all facets over the lines that were found.

    :param rows: with the columns of `FACETS` under their names
    """
    return {
        name: dict(Counter(getattr(row, name) for row in rows if getattr(row, name)))
        for name in FACETS
    }


def _query(terms: Sequence[str], between: str) -> Any:
    return sa.cast(between.join(terms), _TSQUERY)


class _TSQUERY(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **values: Any) -> str:
        return "tsquery"


def array(values: Sequence[str]) -> Any:
    return sa.cast(list(values), ARRAY(sa.Text))


def among(column: Any, values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a column is one of many values, looked up in a table of them."""
    return (
        column.in_(sa.select(sa.func.unnest(array(values)))) if values else sa.false()
    )
