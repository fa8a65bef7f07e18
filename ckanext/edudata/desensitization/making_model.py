"""Desensitized data being made from a sheet of a file, and the file they became."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Making(tk.BaseModel):
    """One for each sheet of a file; made again, it is taken up again.

    ``made_id`` is the resource that it became, the same each time, so that the public
    id stays. ``table_key``: digest of the clean table it is made from, in the private
    storage. ``state``: queued, running, done, failed; ``refused`` says why it failed.
    """

    __tablename__ = "edudata_making"
    __table_args__ = (sa.UniqueConstraint("resource_id", "sheet"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    sheet: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    made_id: Mapped[str | None] = mapped_column(sa.Text)
    made_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    table_key: Mapped[str] = mapped_column(sa.Text, nullable=False)
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="queued")
    refused: Mapped[str | None] = mapped_column(sa.Text)
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    queued_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    beat_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    finished_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


def forget(resource_ids: list[str]) -> None:
    """What was planned for files that are purged: plans name their columns."""
    model.Session.execute(
        sa.delete(Making).where(
            sa.or_(
                Making.resource_id.in_(resource_ids), Making.made_id.in_(resource_ids)
            )
        )
    )
