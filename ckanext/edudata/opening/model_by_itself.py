"""Entries that release by themselves, and what arrived in them."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column


class ByItself(tk.BaseModel):
    """A reviewer's standing approval for new rows of an entry, from when to when.

    `end_cause`: switched_off, stopped.
    """

    __tablename__ = "edudata_by_itself"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    opening_class: Mapped[str] = mapped_column(sa.Text, nullable=False)
    switched_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    switched_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    ended_by: Mapped[str | None] = mapped_column(sa.Text)
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    end_cause: Mapped[str | None] = mapped_column(sa.Text)


class Batch(tk.BaseModel):
    """Something that came into a table of such an entry.

    `kind` is the action that wrote, or `file`; `rows` how many records it brought,
    None where that cannot be told. `state`: writing, waiting, cleared, held,
    released, unchanged,
    replaced (by a file); `reason` says why it is held, see `arrivals.REASONS`.
    """

    __tablename__ = "edudata_batch"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    written_by: Mapped[str | None] = mapped_column(sa.Text)
    written_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.func.clock_timestamp(),
    )
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    check_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    # Of the whole content that was checked with it.
    sha256: Mapped[str | None] = mapped_column(sa.Text)
    release_id: Mapped[str | None] = mapped_column(sa.Text)
    settled_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
