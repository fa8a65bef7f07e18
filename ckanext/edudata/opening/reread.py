"""What stands released, to be read again under new rules."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import files

from ckanext.edudata import datastore, settings, storage
from ckanext.edudata.desensitization import texts
from ckanext.edudata.opening.model import Release, ReleasedResource

_ORDER = (
    # What most people can take comes first.
    sa.case((Release.state == "live", 0), else_=1),
    sa.case((Release.opening_class == "unconditional", 0), else_=1),
    Release.released_at.desc(),
    Release.id,
)


def subjects() -> list[dict[str, Any]]:
    """Tables and words of all versions that somebody can still get.

    Samples are made from the information items, which are among the words.
    """
    tables = model.Session.execute(
        sa.select(Release, ReleasedResource)
        .join(ReleasedResource, ReleasedResource.release_id == Release.id)
        .where(Release.state != "stopped", ReleasedResource.kind != "sample")
        .order_by(*_ORDER, ReleasedResource.id)
    )
    found = [
        {
            **_about(row),
            "kind": "table",
            "subject": resource.id,
            "resource_id": resource.source.split("#", 1)[0],
            "cells": resource.row_count * len(resource.columns),
        }
        for row, resource in tables
    ]
    words = model.Session.scalars(
        sa.select(Release).where(Release.state != "stopped").order_by(*_ORDER)
    )
    return found + [
        {
            **_about(row),
            "kind": "words",
            "subject": row.id,
            "resource_id": row.entry_id,
            "cells": 0,
        }
        for row in words
    ]


def _about(row: Release) -> dict[str, Any]:
    return {
        "dataset_id": row.dataset_id,
        "version": row.version,
        "live": row.state == "live",
        "opening_class": row.opening_class,
        "entry_id": row.entry_id,
        "unit_id": row.unit_id,
    }


def words(release_id: str) -> dict[str, str]:
    """What a release says in words, by place."""
    row = model.Session.get(Release, release_id)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such version"))
    keywords = row.dataset.get("tag_string")
    return texts.of_content({**row.dataset, "keywords": keywords})


def fetch(released_resource_id: str, path: str) -> str:
    """Write a released table to *path* as CSV, as people get it; its file name.

    :raises ObjectNotFound: it stands nowhere any more
    """
    row = model.Session.get(ReleasedResource, released_resource_id)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such released resource"))
    name = row.file_name or "table.csv"
    if row.file_digest:
        with contextlib.suppress(files.exc.MissingFileError):
            storage.fetch(row.file_digest, settings.RELEASED, path)
            if _sha256(path) == row.file_digest:
                return name
    columns = [column["id"] for column in row.columns]
    # Of open data the version in force stands under the public id.
    own = datastore.exists(row.table_id)
    try:
        datastore.dump(row.table_id if own else row.resource_id, columns, path)
    except datastore.NotLoadedError:
        message = tk._("There is no such released resource")
        raise tk.ObjectNotFound(message) from None
    return name


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
