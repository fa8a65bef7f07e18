"""Lines of the catalog for units: what was last approved of each entry."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column


def _words() -> Any:
    return mapped_column(ARRAY(sa.Text), nullable=False, default=list)


class CatalogLine(tk.BaseModel):
    """What an approved version is found by; shown is the version's own content.

    `approved_*` is the sharing that was approved, `working_*` that of the working copy
    now. `text_sha256`: of the words that the personal-data check read. `grams`,
    `title_grams`: see `grams.py`. `items`: keys of the information items, `digests`: of
    files and tables, see `sources.py`; both are compared and never shown.
    """

    __tablename__ = "edudata_catalog_line"

    entry_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    version_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    listed_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text_sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    category: Mapped[str | None] = mapped_column(sa.Text)
    subject_database: Mapped[str | None] = mapped_column(sa.Text)
    school_stage: Mapped[str | None] = mapped_column(sa.Text)
    district: Mapped[str | None] = mapped_column(sa.Text)
    update_cycle: Mapped[str | None] = mapped_column(sa.Text)
    opening_class: Mapped[str | None] = mapped_column(sa.Text)
    approved_class: Mapped[str] = mapped_column(sa.Text, nullable=False)
    approved_scope: Mapped[str] = mapped_column(sa.Text, nullable=False)
    approved_units: Mapped[list[str]] = _words()
    working_class: Mapped[str] = mapped_column(sa.Text, nullable=False)
    working_scope: Mapped[str] = mapped_column(sa.Text, nullable=False)
    working_units: Mapped[list[str]] = _words()
    title_grams: Mapped[list[str]] = _words()
    items: Mapped[list[str]] = _words()
    digests: Mapped[list[str]] = _words()
    grams: Mapped[Any] = mapped_column(TSVECTOR, nullable=False)
