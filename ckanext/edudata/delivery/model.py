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
    the table it was given for: a new version never widens it. `user_id` is who applied;
    who may read stands in `GrantPerson`. `quota_rows` are rows a day of all persons
    together, `quota_calls` calls a minute of each. `granted_until` is the end that was
    decided; `until` may lie later while a renewal waits for its decision.
    """

    __tablename__ = "edudata_grant"
    __table_args__ = (
        sa.Index("edudata_grant_whose", "user_id", "resource_id"),
        sa.Index("edudata_grant_request", "request_id"),
        sa.Index("edudata_grant_unit", "unit_id"),
        sa.Index("edudata_grant_dataset", "dataset_id"),
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
    granted_until: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    way: Mapped[str] = mapped_column(sa.Text, nullable=False, default="interface")
    quota_rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    quota_calls: Mapped[int | None] = mapped_column(sa.Integer)
    purpose: Mapped[str | None] = mapped_column(sa.Text)
    agreement: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="active")
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    changed_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class GrantPerson(tk.BaseModel):
    """Somebody who may read by a grant, until `ended_at`."""

    __tablename__ = "edudata_grant_person"
    __table_args__ = (sa.Index("edudata_grant_person_whose", "user_id", "resource_id"),)

    grant_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    # Of the grant: a read finds its grants by person and resource in one step.
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    added_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class GrantDay(tk.BaseModel):
    """Rows that left by a grant on a day of Shanghai, where they are counted."""

    __tablename__ = "edudata_grant_day"

    grant_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    day: Mapped[datetime.date] = mapped_column(sa.Date, primary_key=True)
    rows: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)


class GrantToken(tk.BaseModel):
    """An API token (by its `jti`) of one person that opens one grant, nothing else."""

    __tablename__ = "edudata_grant_token"
    __table_args__ = (sa.Index("edudata_grant_token_of", "grant_id"),)

    jti: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    grant_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class Delivery(tk.BaseModel):
    """One delivery, written and committed before its first byte.

    `user_id` is the person it went to, `asked` the filter, search and page they asked
    for, which stays out of the audit trail.
    """

    __tablename__ = "edudata_delivery"
    __table_args__ = (
        sa.Index("edudata_delivery_of", "grant_id", "id"),
        sa.Index("edudata_delivery_unit", "unit_id", "id"),
        sa.Index("edudata_delivery_whose", "user_id", "id"),
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
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    rows: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    way: Mapped[str] = mapped_column(sa.Text, nullable=False)
    network: Mapped[str | None] = mapped_column(sa.Text)
    outcome: Mapped[str] = mapped_column(sa.Text, nullable=False)
