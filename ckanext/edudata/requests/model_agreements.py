"""Agreements in their versions, who accepted them, and the questions of units."""

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


_Time = datetime.datetime
_When = sa.DateTime(timezone=True)


class Agreement(tk.BaseModel):
    """A version of the terms of use after the first, which stands in `terms.py`.

    In force from `starts` until the next one starts. The database refuses changes.
    """

    __tablename__ = "edudata_agreement"

    version: Mapped[int] = mapped_column(
        sa.Integer, primary_key=True, autoincrement=False
    )
    text_zh: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text_en: Mapped[str] = mapped_column(sa.Text, nullable=False)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    starts: Mapped[_Time] = mapped_column(_When, nullable=False)
    created_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[_Time] = mapped_column(_When, nullable=False, default=_now)


class Acceptance(tk.BaseModel):
    """Somebody accepted a version, whose digest they were shown.

    `way`: `name` (ticked and a name typed, `sealed`) or `page` (a stamped page
    uploaded, `attachment_id`). Only ever added.
    """

    __tablename__ = "edudata_agreement_acceptance"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    application_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[str] = mapped_column(sa.Text, nullable=False)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    way: Mapped[str] = mapped_column(sa.Text, nullable=False)
    sealed: Mapped[str] = mapped_column(sa.Text, nullable=False)
    attachment_id: Mapped[str | None] = mapped_column(sa.Text)
    accepted_at: Mapped[_Time] = mapped_column(_When, nullable=False, default=_now)

    @property
    def place(self) -> str:
        return f"{self.__tablename__}:{self.id}"


class UnitForm(tk.BaseModel):
    """A version of what a unit asks beyond the common form (`questions.py`).

    The newest is asked of drafts; what was submitted keeps its own. The database
    refuses changes.
    """

    __tablename__ = "edudata_unit_form"
    __table_args__ = (
        sa.Index("edudata_unit_form_version", "unit_id", "version", unique=True),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    created_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[_Time] = mapped_column(_When, nullable=False, default=_now)
