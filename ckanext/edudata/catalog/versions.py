"""Versions of an entry as pages and API show them, and what differs between two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import comparing, content, structures, version_diff
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog.model import EntryVersion

_FILE = ("name", "description", "format", "original_name", "not_released")
_MADE = ("desensitized_from", "desensitization")


def numbered(entry_id: str, number: int) -> EntryVersion:
    """A version by its number.

    :raises ObjectNotFound: there is none
    """
    row = model.Session.scalar(
        sa.select(EntryVersion).where(
            EntryVersion.entry_id == entry_id, EntryVersion.number == number
        )
    )
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such version"))
    return row


def all_of(entry_id: str) -> list[EntryVersion]:
    """Versions of an entry, newest first."""
    return list(
        model.Session.scalars(
            sa.select(EntryVersion)
            .where(EntryVersion.entry_id == entry_id)
            .order_by(EntryVersion.number.desc())
        )
    )


def brief(row: EntryVersion) -> dict[str, Any]:
    """A version without its content."""
    return {
        "number": row.number,
        "state": row.state,
        "digest": row.digest,
        **{
            key: value.isoformat() if (value := getattr(row, key)) else None
            for key in ("submitted_at", "decided_at", "security_at")
        },
        **{
            key: getattr(row, key)
            for key in ("submitted_by", "decided_by", "security_by")
        },
        "reason": row.reason,
        "security_words": row.security_words,
    }


def files(found: Mapping[str, Any], *, preview: bool) -> list[dict[str, Any]]:
    """Files of a content with their digests and clean tables.

    :param preview: whether the first rows come along; never those of what is kept
        inside
    """
    told = []
    for item in found.get("resources", []):
        tables = structures.tables(item)
        shown = preview and not item.get("not_released")
        told.append(
            {
                **item,
                "kept": tables is not None,
                "tables": [
                    {
                        "sheet": table["sheet"],
                        "columns": table["columns"],
                        "row_count": table["row_count"],
                        "digest": table["digest"],
                        "rows": comparing.preview(table) if shown else None,
                    }
                    for table in tables or []
                ],
            }
        )
    return told


def base_of(entry_id: str, number: int | None) -> EntryVersion | None:
    """What a version is compared with: the last one approved before it.

    :param number: of the version; None for the entry as it is being worked on
    """
    query = sa.select(EntryVersion).where(
        EntryVersion.entry_id == entry_id,
        EntryVersion.state.in_(["approved", "released"]),
    )
    if number is not None:
        query = query.where(EntryVersion.number < number)
    return model.Session.scalar(query.order_by(EntryVersion.number.desc()).limit(1))


def difference(
    package: model.Package, number: int | None, against: int | None
) -> dict[str, Any]:
    """What differs between two versions, see `edudata_entry_version_diff`."""
    if number is None:
        now = standing.Now(package)
        found, digest = now.content, now.digest
        number = now.last.number if now.last and now.same else None
    else:
        version = numbered(package.id, number)
        found, digest = version.content, version.digest
    if against is not None:
        base: EntryVersion | None = numbered(package.id, against)
    else:
        base = base_of(package.id, number)
    old = base.content if base else None
    told = files_between(package.id, old, found)
    changes = version_diff.metadata(
        content.typed(dict(old)) if old else None, content.typed(dict(found))
    )
    return {
        "id": package.id,
        "number": number,
        "digest": digest,
        "against": base.number if base else None,
        "metadata": changes if base else [],
        "files": told if base else [],
        "structure_differs": any(
            table["structure"]["differs"] or table["what"] in ("added", "removed")
            for item in told
            for table in item["tables"]
            if base and item["what"] == "changed"
        ),
        "same": base is not None
        and not changes
        and all(item["what"] == "same" for item in told),
    }


def files_between(
    entry_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What became of each file between two contents."""
    told = []
    for was, now in version_diff.file_pairs(old, new):
        item = now or was or {}
        what = _what(was, now)
        told.append(
            {
                "id": item["id"],
                "name": item.get("name") or item.get("original_name") or "",
                "not_released": bool(item.get("not_released")),
                "what": what,
                "fields": _fields(was, now) if what == "changed" else [],
                "sha256": {
                    "old": (was or {}).get("sha256"),
                    "new": (now or {}).get("sha256"),
                },
                "tables": _tables(entry_id, was, now) if what == "changed" else [],
            }
        )
    return told


def _what(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str:
    if was is None:
        return "added"
    if now is None:
        return "removed"
    return "same" if was == now else "changed"


def _fields(
    was: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    old, new = was or {}, now or {}
    return [
        {"field": key, "old": old.get(key), "new": new.get(key)}
        for key in (*_FILE, *_MADE)
        if (old.get(key) or None) != (new.get(key) or None)
    ]


def _tables(
    entry_id: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    hidden = bool((was or {}).get("not_released") or (now or {}).get("not_released"))
    same = bool(was and now and was.get("sha256") == now.get("sha256"))
    told = []
    for old, new, differs in structures.compared(was, now):
        table = new or old
        told.append(
            {
                "sheet": table["sheet"] if table else "",
                "what": "changed"
                if (old is None) == (new is None)
                else "removed"
                if new is None
                else "added",
                "structure": differs.as_dict(),
                "rows": comparing.rows(
                    entry_id, old, new, differs.columns, show=not hidden
                )
                if old and new and not same
                else {"state": "same" if same else "gone"},
            }
        )
    return told
