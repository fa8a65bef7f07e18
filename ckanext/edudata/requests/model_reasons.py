"""Templates of reasons that a unit has of its own."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column


class ReasonTemplate(tk.BaseModel):
    """Words that a unit's reviewers may begin from.

    `code` is the reason it stands for (`reasons.CODES`), so that figures can count it.
    """

    __tablename__ = "edudata_request_reason"
    __table_args__ = (sa.Index("edudata_request_reason_of", "unit_id", "command"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    command: Mapped[str] = mapped_column(sa.Text, nullable=False)
    code: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False)
    changed_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    changed_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
