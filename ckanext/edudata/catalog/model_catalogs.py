"""Catalogs, their frozen lines, what they are made of, and what happened to them."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Catalog(tk.BaseModel):
    """A numbered catalog of a unit, a level or Shanghai.

    `against_id`: the one published before, which the changes are counted against;
    `part_of`: the level's catalog that a unit's was taken into.
    """

    __tablename__ = "edudata_catalog"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    scope: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    level_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    year: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    sequence: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    number: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    against_id: Mapped[str | None] = mapped_column(sa.Text)
    part_of: Mapped[str | None] = mapped_column(sa.Text, index=True)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    line_count: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    made_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    since: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    published_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class CatalogRow(tk.BaseModel):
    """One data resource as the catalog has it: an approved version of its entry.

    `likeness`: the title as it is compared for duplicates; `scope_key`: lines of the
    same key are seen by the same units. `text_sha256`: of the words that the
    personal-data check read.
    """

    __tablename__ = "edudata_catalog_row"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    catalog_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    entry_digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    likeness: Mapped[str] = mapped_column(sa.Text, nullable=False)
    scope_key: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text_sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)


class CatalogPart(tk.BaseModel):
    """What a level's or the Shanghai catalog was made of."""

    __tablename__ = "edudata_catalog_part"

    catalog_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    part_id: Mapped[str] = mapped_column(sa.Text, primary_key=True, index=True)
    #: Taken over from the version before: the unit submitted nothing new.
    kept: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)


class CatalogStep(tk.BaseModel):
    """A command that was given: by whom, when, with which words.

    `day` is the date of a consent; `actor_name` the name of the role-holder then.
    """

    __tablename__ = "edudata_catalog_step"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    catalog_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    command: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    target: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_id: Mapped[str | None] = mapped_column(sa.Text)
    actor_name: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    day: Mapped[datetime.date | None] = mapped_column(sa.Date)
    at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
