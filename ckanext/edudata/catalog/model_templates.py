"""A district's catalog templates, and what each school answered (Art. 16)."""

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


class Template(tk.BaseModel):
    """Descriptions that many units have in common. ``state``: draft, sent, ended.

    ``version`` rises each time it is changed after it was sent.
    """

    __tablename__ = "edudata_template"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="draft")
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    made_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    made_at: Mapped[datetime.datetime] = _time(
        nullable=False, server_default=sa.func.now()
    )
    changed_at: Mapped[datetime.datetime] = _time(
        nullable=False, server_default=sa.func.now()
    )


class TemplateRow(tk.BaseModel):
    """One description: ``content`` is `{fields: {…}, items: [{file, …}]}`.

    ``version``: of the template when it was last changed.
    """

    __tablename__ = "edudata_template_row"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    template_id: Mapped[str] = mapped_column(
        sa.ForeignKey("edudata_template.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    removed_at: Mapped[datetime.datetime | None] = _time()


class TemplateAnswer(tk.BaseModel):
    """What a unit it was sent to says of a row: waiting, confirmed, corrected, none.

    ``entry_id``: the entry made of it. ``seen``: the row's content that was answered,
    of version ``seen_version``: a newer one is shown with what changed.
    """

    __tablename__ = "edudata_template_answer"

    row_id: Mapped[str] = mapped_column(
        sa.ForeignKey("edudata_template_row.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[str] = mapped_column(sa.Text, primary_key=True, index=True)
    template_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="waiting")
    reason: Mapped[str | None] = mapped_column(sa.Text)
    entry_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    seen: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    seen_version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    answered_by: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime.datetime | None] = _time()
    sent_at: Mapped[datetime.datetime] = _time(
        nullable=False, server_default=sa.func.now()
    )
    reminded_at: Mapped[datetime.datetime | None] = _time()
    # When index and check of the entry followed.
    settled_at: Mapped[datetime.datetime | None] = _time()
