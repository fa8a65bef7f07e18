"""Files that the database names: each of them has to be in the backup."""

from __future__ import annotations

from typing import Any

from ckanext.edudata import settings
from ckanext.edudata.operations.backup_moment import Side

_QUERIES = {
    "resources": (
        "SELECT substr(r.id, 1, 3) || '/' || substr(r.id, 4, 3) || '/' || "
        "substr(r.id, 7) FROM resource r JOIN package p ON p.id = r.package_id "
        # Those of open datasets are released files, see below.
        "WHERE r.url_type = 'upload' AND r.state = 'active' AND p.type <> 'dataset'"
    ),
    settings.RELEASED: (
        "SELECT DISTINCT substr(file_digest, 1, 2) || '/' || file_digest "
        "FROM edudata_released_resource WHERE file_digest IS NOT NULL"
    ),
    settings.ATTACHMENTS: (
        "SELECT substr(id, 1, 2) || '/' || id FROM edudata_request_attachment"
    ),
    settings.PRIVATE: (
        "SELECT DISTINCT substr(key, 1, 2) || '/' || key FROM ("
        "SELECT jsonb_path_query(report::jsonb, '$.tables[*].csv_path') #>> '{}' "
        "AS key FROM edudata_check WHERE report IS NOT NULL) AS keys "
        "WHERE key <> ''"
    ),
}
"""By the folder or storage that they lie in."""


def needed(ckan: Side) -> dict[str, set[str]]:
    """`{folder or storage: locations}` as the database names them at the moment."""
    found = {name: {str(row[0]) for row in ckan.ask(q)} for name, q in _QUERIES.items()}
    for storage, location in ckan.ask("SELECT storage, location FROM file"):
        found.setdefault(str(storage), set()).add(str(location))
    return found


def missing(named: dict[str, set[str]], kept: list[dict[str, Any]]) -> list[str]:
    """What is named and not kept, as `folder/location`. Pure."""
    there = {f"{file['place']}/{file['location']}" for file in kept}
    return [
        f"{folder}/{location}"
        for folder, locations in named.items()
        for location in sorted(locations)
        if not any(where in there for where in _where(f"/{folder}/{location}"))
    ]


def is_named(named: dict[str, set[str]], place: str, location: str) -> bool:
    """Whether the database names the file at a location of a place. Pure."""
    whole = f"/{place}/{location}"
    return any(
        whole.endswith(f"/{folder}/{one}")
        for folder, locations in named.items()
        for one in locations
    )


def _where(end: str) -> list[str]:
    return [end.lstrip("/"), f"path{end}", f"path/edudata{end}"]
