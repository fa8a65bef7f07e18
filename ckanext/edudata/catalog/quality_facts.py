"""What is known of many entries at once, from the tables of all rooms.

Past the actions on purpose: quality is measured over 10,000 entries, in batches. What
comes out of here is for figures; nobody is shown it without the checks of the actions.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model

_SEEN = """
    SELECT p.id, concat_ws('|', CAST(:rules AS text), p.metadata_modified,
               c.runs, v.decided, r.released, r.stopped, f.confirmed) AS seen
    FROM package p
    LEFT JOIN (SELECT entry_id, count(*) || '-' || max(number) AS runs
               FROM edudata_check WHERE state = 'done' GROUP BY entry_id) c
           ON c.entry_id = p.id
    LEFT JOIN (SELECT entry_id, max(decided_at) AS decided
               FROM edudata_entry_version GROUP BY entry_id) v ON v.entry_id = p.id
    LEFT JOIN (SELECT entry_id, max(released_at) AS released,
                      max(stopped_at) AS stopped
               FROM edudata_release GROUP BY entry_id) r ON r.entry_id = p.id
    LEFT JOIN (SELECT entry_id, max(confirmed_at) AS confirmed
               FROM edudata_quality_confirmation GROUP BY entry_id) f
           ON f.entry_id = p.id
    WHERE p.type = 'entry' AND p.state = 'active'
"""

_CHANGED = sa.text(
    f"""
    SELECT s.id, s.seen FROM ({_SEEN}) s
    LEFT JOIN edudata_quality q ON q.entry_id = s.id
    WHERE q.entry_id IS NULL OR q.seen <> s.seen
    ORDER BY s.id LIMIT :limit
    """  # noqa: S608 - made of constants
)
_SEEN_OF = sa.text(f"SELECT s.id, s.seen FROM ({_SEEN}) s WHERE s.id = ANY(:ids)")  # noqa: S608

_PACKAGES = sa.text(
    """
    SELECT id, title, notes, owner_org, license_id, extras FROM package
    WHERE id = ANY(:ids)
    """
)
_FILES = sa.text(
    """
    SELECT id, package_id, name, extras FROM resource
    WHERE package_id = ANY(:ids) AND state = 'active' ORDER BY position
    """
)
_TABLES = sa.text(
    """
    SELECT DISTINCT ON (resource_id) resource_id, state, subject,
           report -> 'tables' AS tables
    FROM edudata_check WHERE entry_id = ANY(:ids) AND resource_id <> entry_id
    ORDER BY resource_id, number DESC
    """
)
_CAME = sa.text(
    """
    SELECT p.id, r.state AS released, r.released_at,
           r.dataset ->> 'update_cycle' AS released_cycle,
           v.decided_at, v.content ->> 'update_cycle' AS approved_cycle, f.confirmed_at
    FROM package p
    LEFT JOIN LATERAL (SELECT * FROM edudata_release WHERE entry_id = p.id
                       ORDER BY released_at DESC, version DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT * FROM edudata_entry_version
                       WHERE entry_id = p.id AND state IN ('approved', 'released')
                       ORDER BY number DESC LIMIT 1) v ON true
    LEFT JOIN LATERAL (SELECT max(confirmed_at) AS confirmed_at
                       FROM edudata_quality_confirmation
                       WHERE entry_id = p.id) f ON true
    WHERE p.id = ANY(:ids)
    """
)
_RELEASED = sa.text(
    """
    SELECT r.entry_id, d.resource_id, d.content_digest, d.columns, c.tables,
           r.dataset -> 'resources' AS described
    FROM edudata_release r
    JOIN edudata_released_resource d ON d.release_id = r.id AND d.kind = 'data'
    LEFT JOIN edudata_clearance c ON c.id = d.clearance_id
    WHERE r.state = 'live' AND r.entry_id = ANY(:ids)
    """
)


def changed(rules: str, limit: int) -> dict[str, str]:
    """Entries whose figures are of another state of theirs: id → what was seen."""
    rows = model.Session.execute(_CHANGED, {"rules": rules, "limit": limit})
    return {row.id: row.seen for row in rows}


def seen(rules: str, ids: list[str]) -> dict[str, str]:
    """What there is to be seen of these entries now; those that are gone are not in."""
    rows = model.Session.execute(_SEEN_OF, {"rules": rules, "ids": ids})
    return {row.id: row.seen for row in rows}


def entries(ids: list[str]) -> dict[str, dict[str, Any]]:
    """Fields and files of entries.

    :returns: by id: `{fields, files: [{id, name, items, inside, state, subject,
        tables}], came, released: [...]}`; `tables` are those of the last check
    """
    found: dict[str, dict[str, Any]] = {}
    for row in _all(_PACKAGES, ids):
        fields = {**(row.extras or {}), **row._mapping}
        found[row.id] = {"fields": fields, "files": [], "came": None, "released": []}
    checks = {row.resource_id: row for row in _all(_TABLES, ids)}
    for row in _all(_FILES, ids):
        extras = _json(row.extras) or {}
        check = checks.get(row.id)
        found[row.package_id]["files"].append(
            {
                "id": row.id,
                "name": row.name or "",
                "items": _items(extras.get("information_items")),
                "inside": str(extras.get("not_released")).lower() in ("true", "1"),
                "state": check.state if check else None,
                "subject": check.subject if check else None,
                "tables": (check.tables if check else None) or [],
            }
        )
    for row in _all(_CAME, ids):
        found[row.id]["came"] = dict(row._mapping)
    for row in _all(_RELEASED, ids):
        found[row.entry_id]["released"].append(dict(row._mapping))
    return found


def _all(query: Any, ids: list[str]) -> Any:
    return model.Session.execute(query, {"ids": ids})


def _items(value: Any) -> list[dict[str, Any]]:
    found = _json(value)
    return [item for item in found or [] if isinstance(item, dict)]


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
