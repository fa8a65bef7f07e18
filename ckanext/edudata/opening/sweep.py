"""Finishing or removing what a crash left half done. Safe to run at any time."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from ckan import model

from ckanext.edudata import datastore
from ckanext.edudata.opening import release
from ckanext.edudata.opening.model import Release, ReleasedResource, StagedTable

STAGING = datetime.timedelta(hours=6)
"""A release that stages for longer than this was killed."""


def settle() -> int:
    """Finish releases whose tables or index did not follow; returns their number."""
    waiting = model.Session.scalars(
        sa.select(Release.id).where(
            Release.state == "live", Release.settled_at.is_(None)
        )
    ).all()
    for release_id in waiting:
        release.settle(release_id)
    stopped = model.Session.scalars(
        sa.select(Release.dataset_id).where(Release.state == "stopped").distinct()
    ).all()
    for dataset_id in stopped:
        release.withdraw_tables(dataset_id)
    return len(waiting)


def unstage(older_than: datetime.timedelta = STAGING) -> int:
    """Remove tables that were loaded for a release that never came."""
    before = datetime.datetime.now(datetime.timezone.utc) - older_than
    orphans = model.Session.scalars(
        sa.select(StagedTable.table_id).where(
            StagedTable.staged_at < before,
            StagedTable.table_id.not_in(sa.select(ReleasedResource.table_id)),
        )
    ).all()
    datastore.drop(orphans)
    model.Session.execute(
        sa.delete(StagedTable).where(StagedTable.table_id.in_(orphans))
    )
    model.Session.commit()
    return len(orphans)
