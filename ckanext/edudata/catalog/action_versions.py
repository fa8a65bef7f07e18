"""Versions of entries: kept, addressable, and compared (Art. 14, 16)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog import schema, schema_review, veil, versions


@tk.side_effect_free
@veil.veiled
@validate(schema.by_id)
def edudata_entry_version_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Versions of an entry that were submitted, newest first.

    :param id: id or name of the entry
    :returns: `[{number, state, digest, submitted_at, submitted_by, decided_at,
        decided_by, security_at, security_by, security_words, reason}]`
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_entry_version_list", context, {"id": package.id})
    return [versions.brief(row) for row in versions.all_of(package.id)]


@tk.side_effect_free
@veil.veiled
@validate(schema_review.version)
def edudata_entry_version_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One version of an entry, as it was submitted.

    :param id: id or name of the entry
    :param number: of the version
    :returns: as in the list, with `content` and `files`: `[{id, name, sha256, kept,
        tables: [{sheet, columns, row_count, digest, rows}], ...}]`; `rows` are the
        first of the clean table, None for files that are kept inside
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_entry_version_show", context, {"id": package.id})
    row = versions.numbered(package.id, data_dict["number"])
    return {
        "id": package.id,
        **versions.brief(row),
        "content": row.content,
        "files": versions.files(row.content, preview=True),
    }


@tk.side_effect_free
@veil.veiled
@validate(schema_review.difference)
def edudata_entry_version_diff(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What differs between two versions of an entry: description, structure, rows.

    :param id: id or name of the entry
    :param number: of the version (default: the entry as it is now)
    :param against: number of the version it is compared with (default: the last one
        approved or released before it)
    :returns: `{id, number, digest, against, same, structure_differs, metadata:
        [{field, old, new}], files: [{id, name, what, fields, sha256, tables: [{sheet,
        what, structure: {added, removed, renamed, changed}, rows}]}]}`; `against` is
        None for the first version. `rows` as `comparing.rows`: counts of added, removed
        and changed rows and the first of each, by a column that is unique in both
        tables where there is one. Large tables are compared by a job (`state` waiting).
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_entry_version_diff", context, {"id": package.id})
    return versions.difference(
        package, data_dict.get("number"), data_dict.get("against")
    )
