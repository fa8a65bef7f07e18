"""Imports of catalog sheets: what was uploaded, row by row, and what became of it."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def _time(**options: Any) -> Any:
    return mapped_column(sa.DateTime(timezone=True), **options)


class Import(tk.BaseModel):
    """An uploaded sheet.

    ``state``: see `imports.STATES`. ``sheet``: `{columns, unknown, warnings}`, what was
    recognised of the workbook. ``counts``: rows by outcome. ``token``: of the one run
    that may finish it.
    """

    __tablename__ = "edudata_import"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    made_by: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    filename: Mapped[str] = mapped_column(sa.Text, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    refused: Mapped[str | None] = mapped_column(sa.Text)
    token: Mapped[str | None] = mapped_column(sa.Text)
    sheet: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    made_at: Mapped[datetime.datetime] = _time(
        nullable=False, server_default=sa.func.now()
    )
    beat_at: Mapped[datetime.datetime | None] = _time()
    finished_at: Mapped[datetime.datetime | None] = _time()
    indexed_at: Mapped[datetime.datetime | None] = _time()


class ImportRow(tk.BaseModel):
    """A row of it: the cells as they were read, and what the dry run says of them.

    ``number`` is the row's in the sheet. ``outcome``: new, changed, unchanged, wrong.
    ``seen``: when the entry was last changed, as the dry run saw it. ``data``: values
    by field and the items by file. ``changes``: `[{field, label, old, new}]`;
    ``errors``: `[{sheet, row, column, label, message}]`.
    """

    __tablename__ = "edudata_import_row"

    import_id: Mapped[str] = mapped_column(
        sa.ForeignKey("edudata_import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(
        sa.Integer, primary_key=True, autoincrement=False
    )
    cells: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    outcome: Mapped[str | None] = mapped_column(sa.Text)
    title: Mapped[str | None] = mapped_column(sa.Text)
    entry_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    seen: Mapped[str | None] = mapped_column(sa.Text)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    changes: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    errors: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
