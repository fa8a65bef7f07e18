"""Working days of years that an operator added, and reminders given."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class WorkYear(tk.BaseModel):
    """The State Council's arrangement of a year: ISO days `off`, and days of `work`
    at a weekend. Stands before what the package brings for the year."""

    __tablename__ = "edudata_work_year"

    year: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    off: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    work: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    announced_by: Mapped[str | None] = mapped_column(sa.Text)
    announced_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )


class RequestReminder(tk.BaseModel):
    """A reminder given once for an application's state, stage and due day."""

    __tablename__ = "edudata_request_reminder"

    request_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    state: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    stage: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    due_on: Mapped[datetime.date] = mapped_column(sa.Date, primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
