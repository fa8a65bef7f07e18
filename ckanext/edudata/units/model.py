"""Roles that people hold for units, and what is on record of units and people."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
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


class UnitChange(tk.BaseModel):
    """A unit was moved or ended. `detail` holds ids: `from`, `to`, `into`, `office`.

    `indexed_at` is set when the search index has followed; the sweep looks for those
    where a crash came between.
    """

    __tablename__ = "edudata_unit_change"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    made_by: Mapped[str | None] = mapped_column(sa.Text)
    made_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    indexed_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class PostRecord(tk.BaseModel):
    """An undertaking (承诺书) or a training of a person in a sensitive post (Art. 37).

    A person of the unit is named by the account, somebody of a contractor by name and
    company. `reminded_for` is the last day of validity that was reminded of.
    """

    __tablename__ = "edudata_post_record"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    user_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    person_name: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    company: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    post: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    reference: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    made_on: Mapped[datetime.date] = mapped_column(sa.Date, nullable=False)
    valid_until: Mapped[datetime.date | None] = mapped_column(sa.Date)
    recorded_by: Mapped[str | None] = mapped_column(sa.Text)
    recorded_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    withdrawn_by: Mapped[str | None] = mapped_column(sa.Text)
    withdrawn_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    reminded_for: Mapped[datetime.date | None] = mapped_column(sa.Date)


class UnitImport(tk.BaseModel):
    """A spreadsheet of units and people between its dry run and the import.

    `content` is the file, emptied when it was imported or given up: it names people.
    `state`: `checked`, `done` or `gone`.
    """

    __tablename__ = "edudata_unit_import"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    user_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    file_name: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="checked")
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    made_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    done_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
