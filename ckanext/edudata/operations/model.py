"""Table of events: what those who watch over the portal are told."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

_NOW = sa.text("clock_timestamp()")


class Event(tk.BaseModel):
    """Something that happened `times` times from `at` to `last_at`.

    `detail` holds ids, codes and numbers, as the audit trail's does; `digest` is that
    of kind, severity and detail. `told_at`: when notices of an alarm were made.
    """

    __tablename__ = "edudata_event"

    id: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), primary_key=True
    )
    at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=_NOW
    )
    last_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=_NOW
    )
    times: Mapped[int] = mapped_column(sa.Integer, nullable=False, server_default="1")
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    severity: Mapped[str] = mapped_column(sa.Text, nullable=False)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    told_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    seen_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    seen_by: Mapped[str | None] = mapped_column(sa.Text)
