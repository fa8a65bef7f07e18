"""What others learn of releases: everybody, and the other rooms."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.opening.model import Release, ReleasedResource


def public_version(row: Release) -> dict[str, Any]:
    """A version as everybody may see it."""
    stopped = row.state == "stopped"
    resources = [] if stopped else _resources(row.id)
    return {
        "version": row.version,
        "opening_class": row.opening_class,
        "released_at": row.released_at.isoformat(),
        "state": row.state,
        "resources": [
            {
                "resource_id": resource.resource_id,
                "kind": resource.kind,
                "row_count": resource.row_count,
                "columns": resource.columns,
                # A guess at a small table could be proved right by its digest.
                "content_digest": None
                if resource.kind == "conditional"
                else resource.content_digest,
                "file_digest": resource.file_digest,
                "file_size": resource.file_size,
                "table_id": None
                if resource.kind == "conditional"
                else resource.table_id,
            }
            for resource in resources
        ],
    }


def metadata(row: Release) -> dict[str, Any]:
    """Metadata of a version; of one that was stopped nothing of its files."""
    if row.state == "stopped":
        return {**row.dataset, "resources": []}
    return row.dataset


def _resources(release_id: str) -> list[ReleasedResource]:
    return list(
        model.Session.scalars(
            sa.select(ReleasedResource).where(ReleasedResource.release_id == release_id)
        )
    )


def behind(row: Release, resource: ReleasedResource) -> dict[str, Any]:
    """What other rooms learn of a public resource id."""
    package = model.Package.get(row.dataset_id)
    return {
        "resource_id": resource.resource_id,
        "dataset_id": row.dataset_id,
        "dataset_name": package.name if package else "",
        "dataset_title": row.dataset["title"],
        "entry_id": row.entry_id,
        "unit_id": row.unit_id,
        "release_id": row.id,
        "version": row.version,
        "opening_class": row.opening_class,
        "kind": resource.kind,
        "table_id": resource.table_id,
        "columns": resource.columns,
        "row_count": resource.row_count,
        "content_digest": resource.content_digest,
        "condition": row.dataset.get("opening_condition") or "",
        "stopped": row.state == "stopped",
    }
