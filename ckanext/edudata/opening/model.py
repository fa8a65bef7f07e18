"""Releases: the versions of open datasets, frozen."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Release(tk.BaseModel):
    """One version of an open dataset. `state`: live, replaced or stopped."""

    __tablename__ = "edudata_release"
    __table_args__ = (sa.UniqueConstraint("dataset_id", "version"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    entry_version_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    opening_class: Mapped[str] = mapped_column(sa.Text, nullable=False)
    dataset: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="live")
    released_by: Mapped[str | None] = mapped_column(sa.Text)
    released_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    # When the tables came to stand under their public ids; empty after a crash.
    settled_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    stopped_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class ReleasedResource(tk.BaseModel):
    """A resource of a release.

    `resource_id` is the public id, the same in every version; `table_id` the frozen
    table of this version. While a version of open data is live its table stands under
    `resource_id`, afterwards under `table_id`; conditional data only ever under
    `table_id`.
    """

    __tablename__ = "edudata_released_resource"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    release_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    # Entry's resource and sheet; what keeps the public id from version to version.
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    table_id: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    row_count: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    content_digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    file_digest: Mapped[str | None] = mapped_column(sa.Text)
    file_name: Mapped[str | None] = mapped_column(sa.Text)
    file_size: Mapped[int | None] = mapped_column(sa.BigInteger)
    clearance_id: Mapped[str | None] = mapped_column(sa.Text)


class StagedTable(tk.BaseModel):
    """A table being loaded for a release; left here by a crash, it is swept."""

    __tablename__ = "edudata_staged_table"

    table_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    staged_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
