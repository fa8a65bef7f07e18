"""Roles that people hold for units (Art. 38)."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column


class RoleAssignment(tk.BaseModel):
    """A person holds a role for a unit and all below it, from when until when."""

    __tablename__ = "edudata_role_assignment"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    role: Mapped[str] = mapped_column(sa.Text, nullable=False)
    given_by: Mapped[str | None] = mapped_column(sa.Text)
    given_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    until: Mapped[datetime.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    ended_by: Mapped[str | None] = mapped_column(sa.Text)
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )

    @classmethod
    def in_force(cls) -> sa.ColumnElement[bool]:
        """Neither ended nor past its date, by the database's clock."""
        return sa.and_(
            cls.ended_at.is_(None),
            sa.or_(cls.until.is_(None), cls.until > sa.func.now()),
        )
