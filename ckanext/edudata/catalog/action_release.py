"""What the release and the purge ask of entries (internal)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import content, schema
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog.model import Entry, EntryVersion
from ckanext.edudata.catalog.model_review import RowComparison


@validate(schema.by_id)
def edudata_entry_lock(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Lock an approved entry for its release, in the caller's transaction (internal).

    :returns: `{version_id, content, digest, security_passed, metadata_clearance}`
    :raises ValidationError: it is not approved, or was changed since
    """
    tk.check_access("edudata_entry_lock", context, data_dict)
    now = standing.locked(standing.entry(data_dict["id"]))
    now.refuse("release", None)
    if now.last is None:
        raise tk.ValidationError({"state": [tk._("This entry is not approved")]})
    return {
        "version_id": now.last.id,
        "content": now.last.content,
        "digest": now.digest,
        "security_passed": now.last.security_at is not None,
        "metadata_clearance": tk.get_action("edudata_metadata_clearance_show")(
            {"ignore_auth": True}, {"content": now.last.content}
        ),
    }


@validate(schema.by_id)
def edudata_entry_compiler_list(context: Context, data_dict: DataDict) -> list[str]:
    """Everybody who ever wrote into an entry (internal).

    :param id: id of the entry
    :returns: ids of people
    """
    tk.check_access("edudata_entry_compiler_list", context, data_dict)
    package = standing.entry(data_dict["id"])
    entry = model.Session.get(Entry, package.id)
    versions = model.Session.scalars(
        sa.select(EntryVersion.compilers).where(EntryVersion.entry_id == package.id)
    )
    found = {package.creator_user_id, *(entry.compilers if entry else [])}
    found.update(person for compilers in versions for person in compilers)
    return sorted(person for person in found if person)


@validate(schema.version)
def edudata_entry_mark_released(context: Context, data_dict: DataDict) -> None:
    """Note that an approved version was released (internal, no commit)."""
    tk.check_access("edudata_entry_mark_released", context, data_dict)
    row = model.Session.get(EntryVersion, data_dict["version_id"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such version"))
    row.state = "released"
    entry = model.Session.get(Entry, row.entry_id)
    if entry is not None:
        entry.compilers = []


@validate(schema.forget)
def edudata_entry_forget(context: Context, data_dict: DataDict) -> None:
    """Forget what submitted versions said of classified data (internal, no commit).

    :param id: id of the entry
    :param resources: ids of files; without any, all that was said
    """
    tk.check_access("edudata_entry_forget", context, data_dict)
    gone = data_dict.get("resources")
    model.Session.execute(
        sa.delete(RowComparison).where(RowComparison.entry_id == data_dict["id"])
    )
    rows = model.Session.scalars(
        sa.select(EntryVersion).where(EntryVersion.entry_id == data_dict["id"])
    )
    for row in rows:
        row.content = content.without(row.content, gone)
        if gone is None:
            # What was written about it may say it again.
            row.reason = row.security_words = None
