"""Runs of the personal-data check, and the clearances they gave (Art. 27)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Check(tk.BaseModel):
    """One run over one file, or over the description of an entry.

    `resource_id` is the entry's own id where `subject` is `metadata`. `stamp` tells
    one state of the subject from the next; `report` holds no raw value. `state`:
    queued, running, done.
    """

    __tablename__ = "edudata_check"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    subject: Mapped[str] = mapped_column(sa.Text, nullable=False)
    stamp: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="queued")
    sha256: Mapped[str | None] = mapped_column(sa.Text, index=True)
    ruleset: Mapped[str | None] = mapped_column(sa.Text)
    verdict: Mapped[str | None] = mapped_column(sa.Text)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    queued_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    started_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    beat_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    finished_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class Clearance(tk.BaseModel):
    """This content, under this rule set, permits this opening class.

    `tables`: `[{sheet, columns: [{id, label, type}], row_count, digest, key}]`, `key`
    being the digest of the clean CSV in the private storage.
    """

    __tablename__ = "edudata_clearance"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    check_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    sha256: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    ruleset: Mapped[str] = mapped_column(sa.Text, nullable=False)
    permits: Mapped[str] = mapped_column(sa.Text, nullable=False)
    tables: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    given_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    withdrawn_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
