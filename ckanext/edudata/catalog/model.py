"""State of entries, and the versions of them that were submitted."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped


class Entry(tk.BaseModel):
    """What the portal knows of an entry beside its metadata."""

    __tablename__ = "edudata_entry"

    id: Mapped[str] = sa.Column(sa.Text, primary_key=True)
    # People who wrote into the entry since its last release; none of them reviews it.
    compilers: Mapped[list[str]] = sa.Column(JSONB, nullable=False, default=list)
    created_at: Mapped[datetime.datetime] = sa.Column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )


class EntryVersion(tk.BaseModel):
    """An entry as it was submitted: what the reviewer saw, and what they decided."""

    __tablename__ = "edudata_entry_version"
    __table_args__ = (sa.UniqueConstraint("entry_id", "number"),)

    id: Mapped[str] = sa.Column(sa.Text, primary_key=True, default=make_uuid)
    entry_id: Mapped[str] = sa.Column(sa.Text, nullable=False, index=True)
    number: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    state: Mapped[str] = sa.Column(sa.Text, nullable=False)
    digest: Mapped[str] = sa.Column(sa.Text, nullable=False)
    content: Mapped[dict[str, Any]] = sa.Column(JSONB, nullable=False)
    compilers: Mapped[list[str]] = sa.Column(JSONB, nullable=False)
    submitted_by: Mapped[str | None] = sa.Column(sa.Text)
    submitted_at: Mapped[datetime.datetime] = sa.Column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    decided_by: Mapped[str | None] = sa.Column(sa.Text)
    decided_at: Mapped[datetime.datetime | None] = sa.Column(sa.DateTime(timezone=True))
    reason: Mapped[str | None] = sa.Column(sa.Text)
