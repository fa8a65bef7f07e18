"""The tables behind two contents of an entry, and how their structure differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.catalog import version_diff

File = Mapping[str, Any]


def tables(file: File | None) -> list[dict[str, Any]] | None:
    """Clean tables of a file of a content; None where they are not kept."""
    if file is None:
        return []
    if not file.get("sha256"):
        return None
    found = tk.get_action("edudata_clean_table_list")(
        {"ignore_auth": True}, {"resource_id": file["id"], "sha256": file["sha256"]}
    )
    return found["tables"] if found else None


def compared(
    old: File | None, new: File | None
) -> list[tuple[dict[str, Any] | None, dict[str, Any] | None, version_diff.Structure]]:
    """Tables of two states of a file side by side, with what differs in structure."""
    before, after = tables(old) or [], tables(new) or []
    if not before or not after:
        # Not read, or not kept: what the items say.
        one = version_diff.structure(
            version_diff.described([], (old or {}).get("information_items")),
            version_diff.described([], (new or {}).get("information_items")),
        )
        empty = version_diff.Structure()
        missing = [(table, None, empty) for table in before]
        return [*missing, *((None, table, empty) for table in after)] or [
            (None, None, one if old and new else empty)
        ]
    found = []
    for place, (was, now) in enumerate(version_diff.sheet_pairs(before, after)):
        differs = version_diff.Structure()
        if was and now:
            # The items describe the first table of a file.
            items = (old or {}, new or {}) if place == 0 else ({}, {})
            differs = version_diff.structure(
                version_diff.described(
                    was["columns"], items[0].get("information_items")
                ),
                version_diff.described(
                    now["columns"], items[1].get("information_items")
                ),
            )
        found.append((was, now, differs))
    return found


def changed(
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    met: Callable[[Any, Any, version_diff.Structure], None],
) -> int:
    """In how many tables two contents of an entry differ in structure.

    :param met: told of each pair of tables that are in both
    """
    if old is None:
        return 0
    number = 0
    for was, now in version_diff.file_pairs(old, new):
        if was is None or now is None or was == now:
            continue
        for before, after, differs in compared(was, now):
            number += bool(differs) or (before is None) != (after is None)
            if before and after:
                met(before, after, differs)
    return number
