"""Checks of the descriptions of many entries, noted in a few steps (internal)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context, DataDict

from ckanext.edudata.desensitization import runs, texts
from ckanext.edudata.desensitization.model import Check


def edudata_check_start_many(context: Context, data_dict: DataDict) -> list[str]:
    """Start the check of the descriptions that changed, of entries whose files did not.

    As `edudata_check_start`, for what an import wrote (internal).

    :param contents: content of each entry by its id, as `catalog.content.of_entry`
        gives it without digests of files
    :returns: ids of the runs
    """
    tk.check_access("edudata_check_start_many", context, data_dict)
    contents: dict[str, Any] = data_dict["contents"]
    newest = (
        sa.select(sa.func.max(Check.number))
        .where(Check.resource_id.in_(list(contents)))
        .group_by(Check.resource_id)
    )
    known = {
        row[0]: row[1]
        for row in model.Session.execute(
            sa.select(Check.resource_id, Check.stamp).where(Check.number.in_(newest))
        )
    }
    found = []
    for entry_id, content in contents.items():
        stamp = texts.digest(texts.of_content(content))
        if known.get(entry_id) != stamp:
            found.append(
                Check(
                    entry_id=entry_id,
                    resource_id=entry_id,
                    subject="metadata",
                    stamp=stamp,
                )
            )
    model.Session.add_all(found)
    model.Session.flush()
    ids = [row.id for row in found]
    model.Session.commit()
    runs.queue(ids)
    return ids
