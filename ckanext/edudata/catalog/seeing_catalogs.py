"""Who sees a catalog, and which of its lines.

A catalog in the making is for people who hold a role for its unit. A published one is
for everybody who holds a role for some unit, each line only within its sharing scope:
the one that was frozen with it, and that of the working copy now, where it is narrower;
and only while its words count as cleared of personal data.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import lines_catalogs as lines
from ckanext.edudata.catalog import scope, scope_search
from ckanext.edudata.catalog.model_catalogs import Catalog, CatalogRow
from ckanext.edudata.units import people, tree, who_may


class Reader:
    """A person who reads catalogs, with the tree as it is now."""

    def __init__(self, user_id: str | None) -> None:
        self.user_id = user_id
        roles = who_may.roles_for("catalog_read")
        self.held = people.units_where(user_id, roles)
        self.reach = set(people.all_units_where(user_id, roles)) if self.held else set()

    @cached_property
    def units(self) -> list[dict[str, Any]]:
        return tree.walk() if self.held else []

    @cached_property
    def tree(self) -> scope.Tree:
        return scope.Tree.of(self.units)

    @cached_property
    def viewer(self) -> scope.Viewer:
        return scope_search.viewer_of(self.user_id, self.tree)

    def knows(self, catalog: Catalog) -> bool:
        """Whether the person may know that this catalog is there."""
        if catalog.unit_id in self.reach:
            return True
        return catalog.state == "published" and bool(self.held)

    def works(self, catalog: Catalog) -> bool:
        """Whether the person is of the unit's people, or of those above it."""
        return catalog.unit_id in self.reach

    def rows(self, catalog_id: str) -> sa.Select[Any]:
        """The rows of a catalog that this person sees, and no other."""
        return (
            sa.select(CatalogRow)
            .outerjoin(model.Package, model.Package.id == CatalogRow.entry_id)
            .where(
                CatalogRow.catalog_id == catalog_id,
                CatalogRow.title != "",
                sa.or_(
                    CatalogRow.unit_id.in_(self.reach),
                    sa.and_(
                        _key().in_(self._allowed(catalog_id)),
                        scope_search.cleared(CatalogRow.text_sha256),
                    ),
                ),
            )
        )

    def _allowed(self, catalog_id: str) -> list[str]:
        """Keys of the kinds of lines whose scope reaches the person."""
        kinds = model.Session.execute(
            sa.select(
                _key().label("key"),
                CatalogRow.unit_id,
                *(CatalogRow.content[name].label(name) for name in lines.SCOPE_FIELDS),
                *(_now(name).label(f"now_{name}") for name in lines.SCOPE_FIELDS),
            )
            .distinct(_key())
            .outerjoin(model.Package, model.Package.id == CatalogRow.entry_id)
            .where(
                CatalogRow.catalog_id == catalog_id,
                CatalogRow.unit_id.not_in(self.reach),
            )
        ).mappings()
        return [kind["key"] for kind in kinds if self._sees(kind)]

    def _sees(self, kind: Any) -> bool:
        approved = lines.sharing(kind)
        working = lines.sharing(
            {name: kind[f"now_{name}"] for name in lines.SCOPE_FIELDS}
        )
        return scope.sees(kind["unit_id"], approved, working, self.viewer, self.tree)


def _now(name: str) -> Any:
    """What the working copy says of its sharing at this moment."""
    return model.Package.extras[name].astext


def _key() -> Any:
    now = [sa.func.coalesce(_now(name), "") for name in lines.SCOPE_FIELDS]
    return CatalogRow.scope_key + sa.func.md5(sa.func.concat_ws("|", *now))
