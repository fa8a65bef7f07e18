"""What reviews leave behind beside their decisions."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class EntryStanding(tk.BaseModel):
    """Whether an entry, as it was when somebody last looked, equals its last version.

    A memory, never the truth: it counts only while `version`, `modified` (of the
    package) and the last check are still those it was made of. So lists of thousands
    need not read the content of each entry, and nobody has to keep this up to date.
    """

    __tablename__ = "edudata_entry_standing"

    entry_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    modified: Mapped[datetime.datetime] = mapped_column(sa.DateTime, nullable=False)
    check_number: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    check_finished: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    same: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)


class RowComparison(tk.BaseModel):
    """Rows of two large tables compared by a job. Holds numbers and places, no cell.

    `request`: `{old, new, renamed}`, see `comparing.py`; `result`: as `row_diff`
    returns it. `state`: queued, running, done, failed.
    """

    __tablename__ = "edudata_row_comparison"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    signature: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    request: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="queued")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    queued_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    beat_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class ReviewRound(tk.BaseModel):
    """Many entries reviewed together by a sample drawn at random.

    `entries`: `[{id, version, digest}]` as they were when it was drawn, in the order
    that the draw is from; `sample`: ids; `looked`: id → `{opened, confirmed, digest}`;
    `outcome`: id → a key of `sampling.OUTCOMES`. `state`: see `sampling.STATES`.
    """

    __tablename__ = "edudata_review_round"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    reviewer_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="open")
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    seed: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    sample: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    looked: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    outcome: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    beat_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    finished_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
