"""Open lists (数据开放清单): published versions, their lines, and what waits."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

_TIME = sa.DateTime(timezone=True)


class OpenList(tk.BaseModel):
    """A published version. The database refuses to change it."""

    __tablename__ = "edudata_open_list"
    __table_args__ = (sa.UniqueConstraint("unit_id", "number"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    # Name, title, kind and district of the unit when it was published.
    unit: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, nullable=False)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    published_by: Mapped[str | None] = mapped_column(sa.Text)
    published_at: Mapped[datetime.datetime] = mapped_column(
        _TIME, nullable=False, server_default=sa.func.now()
    )


class OpenListLine(tk.BaseModel):
    """A line of a version: words are taken out of it once, or never."""

    __tablename__ = "edudata_open_list_line"

    list_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    key: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    # For taking its words out; nobody outside learns it.
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    dataset_id: Mapped[str | None] = mapped_column(sa.Text)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    nonce: Mapped[str] = mapped_column(sa.Text, nullable=False)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    withdrawn_at: Mapped[datetime.datetime | None] = mapped_column(_TIME)


class Withdrawal(tk.BaseModel):
    """Why the words of a line, or of a whole version, no longer stand."""

    __tablename__ = "edudata_open_list_withdrawal"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    number: Mapped[int | None] = mapped_column(sa.Integer)
    key: Mapped[str | None] = mapped_column(sa.Text)
    # Keyed hashes of the words, by which they are known if they come again.
    words: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False)
    withdrawn_by: Mapped[str | None] = mapped_column(sa.Text)
    withdrawn_at: Mapped[datetime.datetime] = mapped_column(
        _TIME, nullable=False, server_default=sa.func.now()
    )


class OpenListUnit(tk.BaseModel):
    """The newest list of a unit, and how many changes wait to be published."""

    __tablename__ = "edudata_open_list_unit"

    unit_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    list_id: Mapped[str | None] = mapped_column(sa.Text)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    published_at: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    waiting: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    refused: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # Digest of the draft that people were told of.
    told: Mapped[str | None] = mapped_column(sa.Text)
    looked_at: Mapped[datetime.datetime | None] = mapped_column(_TIME)


class OpenListTouch(tk.BaseModel):
    """A note, made by the database, that something of a unit was opened or decided."""

    __tablename__ = "edudata_open_list_touch"

    id: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), primary_key=True
    )
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)


class OpenListWords(tk.BaseModel):
    """What the check said of the words of a line, by their keyed hash."""

    __tablename__ = "edudata_open_list_words"

    digest: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    ruleset: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    verdict: Mapped[str] = mapped_column(sa.Text, nullable=False)


class OpenListRun(tk.BaseModel):
    """Lists of many units being published in one go."""

    __tablename__ = "edudata_open_list_run"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    started_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    units: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    results: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, nullable=False, default=list
    )
    # queued, running, done
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    started_at: Mapped[datetime.datetime] = mapped_column(
        _TIME, nullable=False, server_default=sa.func.now()
    )
    beat_at: Mapped[datetime.datetime] = mapped_column(
        _TIME, nullable=False, server_default=sa.func.now()
    )
    finished_at: Mapped[datetime.datetime | None] = mapped_column(_TIME)
