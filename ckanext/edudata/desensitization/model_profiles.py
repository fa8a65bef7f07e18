"""Profiles kept for entries that release by themselves."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column


class KeptProfile(tk.BaseModel):
    """The profile of one content, sealed with the key its hashes were made under.

    `sha256` is that of the content, as in its clearance.
    """

    __tablename__ = "edudata_kept_profile"

    check_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    ruleset: Mapped[str] = mapped_column(sa.Text, nullable=False)
    small_cell: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)
    kept_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
