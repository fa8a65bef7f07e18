"""Tables of the seals: blocks, and which record is in which. Rows are only added."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class AuditBlock(tk.BaseModel):
    """A seal over some records, and over the block before it.

    `kind`: seal, or resume (the first after a recovery, see `note`). `horizon`: every
    transaction below it had ended; `began`: none from it on had begun. Both are
    counted by the database of `cluster` and `timeline`. `total`: records in this block
    and all before it. `head`: `blocks.head` of the others.
    """

    __tablename__ = "edudata_audit_block"

    number: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    previous: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    size: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    total: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    root: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    horizon: Mapped[str] = mapped_column(sa.Text, nullable=False)
    began: Mapped[str] = mapped_column(sa.Text, nullable=False)
    cluster: Mapped[str] = mapped_column(sa.Text, nullable=False)
    timeline: Mapped[str] = mapped_column(sa.Text, nullable=False)
    sealed_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    note: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    head: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)


class AuditLeaf(tk.BaseModel):
    """Membership of a record in a block, and the record's hash when it was sealed."""

    __tablename__ = "edudata_audit_leaf"
    __table_args__ = (sa.UniqueConstraint("block", "position"),)

    record_id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False
    )
    block: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
