"""State of entries, and the versions of them that were submitted."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Entry(tk.BaseModel):
    """What the portal knows of an entry beside its metadata."""

    __tablename__ = "edudata_entry"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    # People who wrote into the entry since its last release; none of them reviews it.
    compilers: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )


class EntryVersion(tk.BaseModel):
    """An entry as it was submitted: what the reviewer saw, and what they decided."""

    __tablename__ = "edudata_entry_version"
    __table_args__ = (sa.UniqueConstraint("entry_id", "number"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    compilers: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    submitted_by: Mapped[str | None] = mapped_column(sa.Text)
    submitted_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    reason: Mapped[str | None] = mapped_column(sa.Text)
    # The security review, where the grade of the data asks for one.
    security_by: Mapped[str | None] = mapped_column(sa.Text)
    security_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    security_words: Mapped[str | None] = mapped_column(sa.Text)
