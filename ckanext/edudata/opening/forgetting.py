"""Released copies of classified content: stopped, then removed (Art. 2)."""

from __future__ import annotations

import contextlib
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import datastore, settings, storage
from ckanext.edudata.opening import door, open_list_withdrawing, release
from ckanext.edudata.opening.model import Release, ReleasedResource
from ckanext.edudata.units import people


def forget(entry_id: str, resources: list[str] | None) -> None:
    """Remove tables and files of all versions, and what says their names.

    Nobody who reads the page may learn from the reason that there was a mark.

    :param resources: ids of the entry's resources; None: all, and the words
    """
    if resources is None:
        open_list_withdrawing.forget(entry_id)
        model.Session.commit()
    releases = model.Session.scalars(
        sa.select(Release).where(Release.entry_id == entry_id)
    ).all()
    rows = [
        row
        for row in model.Session.scalars(
            sa.select(ReleasedResource).where(
                ReleasedResource.release_id.in_([each.id for each in releases])
            )
        )
        if resources is None or row.source.split("#", 1)[0] in resources
    ]
    if not rows and resources is not None:
        return
    for dataset_id in {each.dataset_id for each in releases}:
        with contextlib.suppress(tk.ValidationError):
            release.stop(dataset_id, actor_id=None, reason="")
    ids = {row.resource_id for row in rows}
    datastore.drop([*ids, *(row.table_id for row in rows)])
    digests = {row.file_digest for row in rows if row.file_digest}
    for row in rows:
        row.columns, row.row_count = [], 0
        row.content_digest, row.file_digest, row.file_name = "", None, None
    for each in releases:
        each.dataset = _bare(each.dataset, ids, whole=resources is None)
    model.Session.commit()
    for digest in digests:
        if not _used(digest):
            storage.remove(digest, settings.RELEASED)
    if resources is None:
        for dataset_id in {each.dataset_id for each in releases}:
            with door.opened(dataset_id), contextlib.suppress(tk.ObjectNotFound):
                tk.get_action("dataset_purge")(
                    people.system_context(), {"id": dataset_id}
                )


def _bare(dataset: dict[str, Any], ids: set[str], *, whole: bool) -> dict[str, Any]:
    """Metadata of a release without those resources; nothing of it where *whole*."""
    if whole:
        kept = ("id", "name", "type", "opening_class", "release_version")
        found = {key: dataset[key] for key in kept if key in dataset}
        return {**found, "name": dataset["id"], "title": "", "resources": []}
    resources = [each for each in dataset["resources"] if each["id"] not in ids]
    return {**dataset, "resources": resources}


def _used(digest: str) -> bool:
    query = sa.select(ReleasedResource.id).where(ReleasedResource.file_digest == digest)
    return model.Session.scalar(query.limit(1)) is not None
