"""Table of backups, restores and drills: what was done, and what came of it."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Backup(tk.BaseModel):
    """A backup, a restore or a drill.

    `moment`: as of when both databases are; `name` and `digest` say which backup;
    `detail`: numbers and codes.
    """

    __tablename__ = "edudata_backup"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    outcome: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str | None] = mapped_column(sa.Text)
    digest: Mapped[str | None] = mapped_column(sa.Text)
    moment: Mapped[datetime.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    began_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    ended_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
