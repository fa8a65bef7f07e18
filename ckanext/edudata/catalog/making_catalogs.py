"""Filling catalogs with lines, and counting what changed (Art. 16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.edudata.catalog import lines_catalogs as lines
from ckanext.edudata.catalog import states as entry_states
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.catalog.model_catalogs import Catalog, CatalogPart, CatalogRow
from ckanext.edudata.desensitization import texts


def passed() -> sa.ColumnElement[bool]:
    """Versions that all reviews have let pass; others stand in no catalog."""
    least = tk.config["ckanext.edudata.security_review.grade"]
    light = [
        grade
        for grade in entry_states.GRADES
        if not entry_states.needs_security(grade, least)
    ]
    return sa.or_(
        EntryVersion.state == "released",
        sa.and_(
            EntryVersion.state == "approved",
            sa.or_(
                EntryVersion.security_at.is_not(None),
                EntryVersion.content["data_grade"].astext.in_(light),
            ),
        ),
    )


def approved_versions(unit_id: str) -> list[EntryVersion]:
    """The last approved version of each entry of a unit."""
    return list(
        model.Session.scalars(
            sa.select(EntryVersion)
            .join(model.Package, model.Package.id == EntryVersion.entry_id)
            .where(*_of_unit(unit_id), passed())
            .distinct(EntryVersion.entry_id)
            .order_by(EntryVersion.entry_id, EntryVersion.number.desc())
        )
    )


def not_approved(unit_id: str) -> int:
    """How many entries of a unit have no approved version yet."""
    approved = sa.select(EntryVersion.entry_id).where(passed())
    query = (
        sa.select(sa.func.count())
        .select_from(model.Package)
        .where(*_of_unit(unit_id), model.Package.id.not_in(approved))
    )
    return model.Session.scalar(query) or 0


def _of_unit(unit_id: str) -> tuple[Any, ...]:
    return (
        model.Package.type == "entry",
        model.Package.state == "active",
        model.Package.owner_org == unit_id,
    )


def from_entries(catalog: Catalog) -> None:
    """Fill a unit's catalog anew from its entries' last approved versions.

    :raises ValidationError: there is none
    """
    _clear(catalog)
    versions = [v for v in approved_versions(catalog.unit_id) if v.content.get("title")]
    rows = []
    for version in sorted(versions, key=_order):
        content = lines.frozen(version.content, texts.FIELDS)
        rows.append(
            {
                "catalog_id": catalog.id,
                "position": len(rows) + 1,
                "entry_id": version.entry_id,
                "version": version.number,
                "entry_digest": version.digest,
                "unit_id": catalog.unit_id,
                "title": content["title"],
                "likeness": lines.likeness(content["title"]),
                "scope_key": lines.scope_key(catalog.unit_id, content),
                "text_sha256": texts.digest(texts.of_content(version.content)),
                "content": {**content, "unit_title": catalog.unit_title},
                "digest": lines.digest(content),
            }
        )
    if not rows:
        raise tk.ValidationError(
            {
                "state": [
                    tk._(
                        "No data resource of this unit is approved yet: a catalog is "
                        "made of approved versions."
                    )
                ]
            }
        )
    model.Session.execute(sa.insert(CatalogRow), rows)
    seal(catalog, {"not_approved": not_approved(catalog.unit_id)})


def _order(version: EntryVersion) -> tuple[str, ...]:
    content = version.content
    keys = ("category", "subject_database", "resource_code", "title")
    return tuple(str(content.get(key) or "") for key in keys)


def from_parts(
    catalog: Catalog, parts: Sequence[tuple[Catalog, bool]], more: dict[str, Any]
) -> None:
    """Fill a level's or the Shanghai catalog anew from others, in their order.

    An entry that stands in two of them, because it moved, is taken from the newer.

    :param parts: catalogs, and whether each was taken over from the version before
    :param more: what is noted beside the counts
    """
    _clear(catalog)
    model.Session.execute(
        sa.delete(CatalogPart).where(CatalogPart.catalog_id == catalog.id)
    )
    for part, kept in parts:
        model.Session.add(
            CatalogPart(catalog_id=catalog.id, part_id=part.id, kept=kept)
        )
    model.Session.flush()
    model.Session.execute(
        _COPY,
        {
            "catalog": catalog.id,
            "parts": [part.id for part, _ in parts],
            "newest": [
                part.id
                for part, _ in sorted(parts, key=lambda p: p[0].made_at, reverse=True)
            ],
        },
    )
    seal(catalog, {"parts": len(parts), **more})


_COLUMNS = (
    "entry_id, version, entry_digest, unit_id, title, likeness, scope_key, "
    "text_sha256, content, digest"
)
_COPY = sa.text(
    f"""
    INSERT INTO edudata_catalog_row (catalog_id, position, {_COLUMNS})
    SELECT :catalog, row_number() OVER (ORDER BY place, position), {_COLUMNS}
    FROM (
        SELECT DISTINCT ON (r.entry_id) r.*,
               array_position(:parts, r.catalog_id) AS place
        FROM edudata_catalog_row r
        WHERE r.catalog_id = ANY(:parts) AND r.title <> ''
        ORDER BY r.entry_id, array_position(:newest, r.catalog_id)
    ) taken
    """  # noqa: S608  names of our own columns
).bindparams(
    sa.bindparam("parts", type_=ARRAY(sa.Text)),
    sa.bindparam("newest", type_=ARRAY(sa.Text)),
)


def _clear(catalog: Catalog) -> None:
    model.Session.execute(
        sa.delete(CatalogRow).where(CatalogRow.catalog_id == catalog.id)
    )


_SEAL = sa.text(
    """
    SELECT count(*) AS count, count(DISTINCT unit_id) AS units,
           encode(sha256(convert_to(coalesce(string_agg(
               entry_id || ':' || version || ':' || digest, ',' ORDER BY position
           ), ''), 'UTF8')), 'hex') AS digest
    FROM edudata_catalog_row WHERE catalog_id = :catalog
    """
)
_CHANGED = sa.text(
    """
    SELECT count(*) FILTER (WHERE old.id IS NULL) AS added,
           count(*) FILTER (WHERE new.id IS NULL) AS removed,
           count(*) FILTER (WHERE old.digest <> new.digest) AS changed
    FROM (SELECT * FROM edudata_catalog_row WHERE catalog_id = :old) old
    FULL JOIN (SELECT * FROM edudata_catalog_row WHERE catalog_id = :new) new
    USING (entry_id)
    """
)
_BY = sa.text(
    """
    SELECT coalesce(content ->> 'sharing_class', '') AS sharing,
           coalesce(content ->> 'opening_class', '') AS opening, count(*)
    FROM edudata_catalog_row WHERE catalog_id = :catalog GROUP BY 1, 2
    """
)


def seal(catalog: Catalog, more: dict[str, Any]) -> None:
    """Count a catalog's lines and what changed, and take their digest."""
    sealed = model.Session.execute(_SEAL, {"catalog": catalog.id}).mappings().one()
    changed = model.Session.execute(
        _CHANGED, {"old": catalog.against_id or "", "new": catalog.id}
    )
    sharing: dict[str, int] = {}
    opening: dict[str, int] = {}
    for share, opened, count in model.Session.execute(_BY, {"catalog": catalog.id}):
        sharing[share] = sharing.get(share, 0) + count
        opening[opened] = opening.get(opened, 0) + count
    catalog.line_count = sealed["count"]
    catalog.digest = sealed["digest"]
    catalog.summary = {
        "units": sealed["units"],
        **dict(changed.mappings().one()),
        "sharing": sharing,
        "opening": opening,
        **more,
    }
    model.Session.flush()


def alike(
    catalog_id: str, kinds: dict[str, str], seen: sa.Select[Any] | None = None
) -> list[list[Any]]:
    """Groups of lines that may describe the same data (pure rule in `lines`).

    :param kinds: unit id → kind
    :param seen: only these rows (optional)
    """
    doubled = (
        sa.select(CatalogRow.likeness)
        .where(CatalogRow.catalog_id == catalog_id, CatalogRow.likeness != "")
        .group_by(CatalogRow.likeness)
        .having(sa.func.count() > 1)
    )
    columns = (
        *(CatalogRow.entry_id, CatalogRow.unit_id, CatalogRow.title),
        *(CatalogRow.likeness, CatalogRow.position),
        CatalogRow.content["unit_title"].astext.label("unit_title"),
    )
    query = sa.select(*columns).where(
        CatalogRow.catalog_id == catalog_id, CatalogRow.likeness.in_(doubled)
    )
    if seen is not None:
        query = query.where(CatalogRow.id.in_(seen.with_only_columns(CatalogRow.id)))
    rows = model.Session.execute(
        query.order_by(CatalogRow.likeness, CatalogRow.position)
    ).mappings()
    return lines.alike([{**row, "kind": kinds.get(row["unit_id"], "")} for row in rows])


def forget(entry_id: str, resources: list[str] | None) -> int:
    """Take an entry's words, or those of classified files, out of all catalogs.

    The database lets this one change pass, also in published ones.

    :returns: how many lines
    """
    of_entry = CatalogRow.entry_id == entry_id
    if resources is None:
        blank = {"title": "", "likeness": "", "text_sha256": "", "content": {}}
        done = model.Session.execute(
            sa.update(CatalogRow).where(of_entry).values(**blank)
        )
        return done.rowcount  # type: ignore[attr-defined]
    # Items are kept without their files: none of the entry's stay.
    done = model.Session.execute(
        sa.update(CatalogRow)
        .where(of_entry, CatalogRow.content.has_key("tables"))
        .values(content=CatalogRow.content - "tables")
    )
    return done.rowcount  # type: ignore[attr-defined]
