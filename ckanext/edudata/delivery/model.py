"""What may be read, by whom, until when; and what was read (Art. 28, 30, 35)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Grant(tk.BaseModel):
    """A person may read these fields and rows of one frozen version, for a time.

    `columns` are all columns of the frozen table as `[{id, label, type}]`, `fields`
    the ids of those granted; `rows` is a filter `{field: [values] | {gte: …, lt: …}}`.
    `way` is `interface`, or `copy` where a download is granted too. The grant keeps to
    the table it was given for: a new version never widens it.
    """

    __tablename__ = "edudata_grant"
    __table_args__ = (
        sa.Index("edudata_grant_whose", "user_id", "resource_id"),
        sa.Index("edudata_grant_request", "request_id"),
        sa.Index("edudata_grant_unit", "unit_id"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    request_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    request_number: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    release_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    table_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    content_digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    fields: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    rows: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    starts: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    until: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    way: Mapped[str] = mapped_column(sa.Text, nullable=False, default="interface")
    quota_rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="active")
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    changed_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class GrantToken(tk.BaseModel):
    """An API token (by its `jti`) that opens one grant and nothing else."""

    __tablename__ = "edudata_grant_token"
    __table_args__ = (sa.Index("edudata_grant_token_of", "grant_id"),)

    jti: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    grant_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class Delivery(tk.BaseModel):
    """One delivery, written and committed before its first byte."""

    __tablename__ = "edudata_delivery"
    __table_args__ = (
        sa.Index("edudata_delivery_of", "grant_id", "at"),
        sa.Index("edudata_delivery_unit", "unit_id", "at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.text("clock_timestamp()"),
    )
    grant_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    release_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    content_digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    fields: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    filter_keys: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    rows: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    way: Mapped[str] = mapped_column(sa.Text, nullable=False)
    network: Mapped[str | None] = mapped_column(sa.Text)
    outcome: Mapped[str] = mapped_column(sa.Text, nullable=False)
