"""Table of the audit trail. Rows are only ever added (Art. 33–35)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped


class AuditRecord(tk.BaseModel):
    """One decision, delivery or denial.

    `detail` holds ids, codes, numbers and digests: `content.checked` sees to it.
    """

    __tablename__ = "edudata_audit"

    id: Mapped[int] = sa.Column(
        sa.BigInteger, sa.Identity(always=True), primary_key=True
    )
    at: Mapped[datetime.datetime] = sa.Column(
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.text("clock_timestamp()"),
    )
    xid: Mapped[str] = sa.Column(
        sa.Text,
        nullable=False,
        server_default=sa.text("pg_current_xact_id()::text"),
    )
    actor_id: Mapped[str | None] = sa.Column(sa.Text)
    action: Mapped[str] = sa.Column(sa.Text, nullable=False)
    outcome: Mapped[str] = sa.Column(sa.Text, nullable=False)
    object_type: Mapped[str] = sa.Column(sa.Text, nullable=False)
    object_id: Mapped[str] = sa.Column(sa.Text, nullable=False)
    unit_id: Mapped[str | None] = sa.Column(sa.Text)
    detail: Mapped[dict[str, Any]] = sa.Column(JSONB, nullable=False, default=dict)
