"""Quality of entries, kept so that lists need no computing (Art. 12, 18)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Quality(tk.BaseModel):
    """The figures of one entry, as last measured.

    `seen` tells one state of the entry from the next. `gaps`: as
    `quality_completeness.Gap`. `validity`: `none` (no table), `waiting` (a check runs,
    or rows are still to be read), `valid`, `invalid` or `failed`. `tables`:
    `[{resource_id, sheet, digest, asked, state}]`, keys of `QualityTable`. `base_kind`:
    what `base_on` is the day of: release, approval or confirmation.
    """

    __tablename__ = "edudata_quality"

    entry_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    seen: Mapped[str] = mapped_column(sa.Text, nullable=False)
    measured_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    completeness: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, nullable=False, default=list
    )
    validity: Mapped[str] = mapped_column(sa.Text, nullable=False)
    rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    bad_rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    problems: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    tables: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, nullable=False, default=list
    )
    cycle: Mapped[str | None] = mapped_column(sa.Text)
    base_kind: Mapped[str | None] = mapped_column(sa.Text)
    base_on: Mapped[datetime.date | None] = mapped_column(sa.Date)
    due_on: Mapped[datetime.date | None] = mapped_column(sa.Date)
    remind_on: Mapped[datetime.date | None] = mapped_column(sa.Date)
    overdue_on: Mapped[datetime.date | None] = mapped_column(sa.Date)


class QualityTable(tk.BaseModel):
    """What came out for rows of this content under these information items.

    `digest` is of the table, `asked` of what is asked of it; the same is not read
    twice, whoever holds it. `result`: as `quality_rows.check`, no cell in it. `state`:
    `done`, or why not: time, memory, failed or gone.
    """

    __tablename__ = "edudata_quality_table"

    digest: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    asked: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    bad_rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    measured_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )


class Confirmation(tk.BaseModel):
    """Somebody said that data are still current: who, when, and what it was for."""

    __tablename__ = "edudata_quality_confirmation"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    confirmed_by: Mapped[str | None] = mapped_column(sa.Text)
    confirmed_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    due_on: Mapped[datetime.date] = mapped_column(sa.Date, nullable=False)
    next_due_on: Mapped[datetime.date] = mapped_column(sa.Date, nullable=False)


class Reminder(tk.BaseModel):
    """A reminder that was given: each once for a due day. `stage`: before, after or
    escalated."""

    __tablename__ = "edudata_quality_reminder"

    entry_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    due_on: Mapped[datetime.date] = mapped_column(sa.Date, primary_key=True)
    stage: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    #: By the portal's clock.
    sent_on: Mapped[datetime.date] = mapped_column(sa.Date, nullable=False)
