"""Likely duplicates, what was said of them, and what the authority decided."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class SourceCase(tk.BaseModel):
    """An entry, and another one that is likely to hold the same data.

    `state`: `settled` (answered by the compiler), `asked` (waits for the authority),
    `decided`, `superseded` (an earlier case of the same two, kept on record).
    `choice`, `decision`, `grounds`: see `sources.py`.
    """

    __tablename__ = "edudata_source_case"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    other_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    grounds: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    choice: Mapped[str] = mapped_column(sa.Text, nullable=False)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    chosen_by: Mapped[str | None] = mapped_column(sa.Text)
    chosen_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    authority_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    decision: Mapped[str | None] = mapped_column(sa.Text)
    decision_reason: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
