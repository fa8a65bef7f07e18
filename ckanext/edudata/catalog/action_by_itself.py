"""The standing approval of a new version of an entry that releases by itself."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import content, schema
from ckanext.edudata.catalog.model import Entry, EntryVersion
from ckanext.edudata.catalog.now import last_version, sensitive
from ckanext.edudata.catalog.states import NEEDS_SECURITY

#: What of a file another one with the same columns may have otherwise.
_OF_FILE = ("sha256", "original_name", "format")


@validate(schema.pass_version)
def edudata_entry_pass(context: Context, data_dict: DataDict) -> dict[str, Any] | None:
    """Approve what an entry has become, where only its rows did (internal, no commit).

    The entry is held against everybody else until the caller's commit.

    :param id: id of the entry
    :param digests: SHA-256 of the content by id of the file, for those that came
    :returns: as `edudata_entry_lock`; None where this content was released last
    :raises ValidationError: anything else of the entry was changed
    """
    tk.check_access("edudata_entry_pass", context, data_dict)
    package = model.Package.get(data_dict["id"])
    if package is None or package.type != "entry" or package.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such entry"))
    model.Session.execute(
        sa.select(Entry.id).where(Entry.id == package.id).with_for_update()
    )
    released = last_version(package.id, "released")
    last = last_version(package.id)
    if released is None or last is None:
        raise tk.ValidationError(
            {"state": [tk._("Nothing of this entry is open now.")]}
        )
    came: dict[str, str] = data_dict["digests"]
    shown = tk.get_action("package_show")(
        {"ignore_auth": True, "use_cache": False}, {"id": package.id}
    )
    before = {item["id"]: item["sha256"] for item in released.content["resources"]}
    found = content.of_entry(shown, {**before, **came})
    if content.digest(found) == released.digest:
        return None
    if _without(found, came) != _without(released.content, came):
        raise tk.ValidationError(
            {"content": [tk._("More than rows was changed in this entry")]}
        )
    if sensitive(found):
        raise tk.ValidationError({"security": [tk._(NEEDS_SECURITY)]})
    entry = model.Session.get(Entry, package.id)
    row = EntryVersion(
        entry_id=package.id,
        number=last.number + 1,
        state="approved",
        digest=content.digest(found),
        content=found,
        compilers=list(entry.compilers) if entry else [],
    )
    model.Session.add(row)
    model.Session.flush()
    return {
        "version_id": row.id,
        "content": found,
        "digest": row.digest,
        "security_passed": False,
        "metadata_clearance": tk.get_action("edudata_metadata_clearance_show")(
            {"ignore_auth": True}, {"content": found}
        ),
    }


@validate(schema.touched)
def edudata_entry_touched(context: Context, data_dict: DataDict) -> None:
    """Note who wrote into a table of an entry: they do not review it (internal).

    :param id: id of the entry
    :param user_id: who
    """
    tk.check_access("edudata_entry_pass", context, data_dict)
    entry = model.Session.scalar(
        sa.select(Entry).where(Entry.id == data_dict["id"]).with_for_update()
    )
    if entry is not None and data_dict["user_id"] not in entry.compilers:
        entry.compilers = [*entry.compilers, data_dict["user_id"]]


def _without(found: dict[str, Any], came: dict[str, str]) -> dict[str, Any]:
    """A content without what may differ in the files that came."""
    resources = [
        {key: item[key] for key in item if key not in _OF_FILE}
        if item["id"] in came
        else item
        for item in found["resources"]
    ]
    return {**content.typed(found), "resources": resources}
