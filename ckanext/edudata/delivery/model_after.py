"""What follows a grant: reports of use, onward provision, recalls (Art. 30, 31)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

_Time = datetime.datetime


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class UseReport(tk.BaseModel):
    """What a holder tells of the use of a grant (使用情况报告), one for an application.

    `told` is how far the holder was reminded: nothing, `soon`, `late`; `form` holds
    what they wrote; `words` the owner's answer.
    """

    __tablename__ = "edudata_use_report"

    request_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    grant_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    form: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    due: Mapped[datetime.date | None] = mapped_column(sa.Date)
    told: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    filed_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    filed_by: Mapped[str | None] = mapped_column(sa.Text)
    late: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    read_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    read_by: Mapped[str | None] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")


class Provision(tk.BaseModel):
    """A written application to hand data on to a third party (对外提供, Art. 31).

    `state`: `waiting`, `consented`, `refused`, `withdrawn`, or `lapsed`: what nobody
    consented to by `due` is refused.
    """

    __tablename__ = "edudata_provision"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    serial: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(), nullable=False, unique=True
    )
    grant_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    request_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    form: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(
        sa.Text, nullable=False, default="waiting", index=True
    )
    asked_at: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    due: Mapped[datetime.date] = mapped_column(sa.Date, nullable=False)
    decided_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")

    @property
    def number(self) -> str:
        """Number that people quote, as `DW-2026-000001`."""
        return f"DW-{self.asked_at.year}-{self.serial:06d}"


class Recall(tk.BaseModel):
    """Data called back (召回): of one version, or of all versions of a dataset.

    `state`: `open`, `complete` (everybody confirmed), or `lifted`. `settled_at` is set
    when the applications have followed their grants.
    """

    __tablename__ = "edudata_recall"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    serial: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(), nullable=False, unique=True
    )
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    release_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="open")
    at: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    actor_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    due: Mapped[datetime.date] = mapped_column(sa.Date, nullable=False)
    settled_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    told_late_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    closed_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    closed_by: Mapped[str | None] = mapped_column(sa.Text)
    closing_words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")

    @property
    def number(self) -> str:
        """Number that people quote, as `ZH-2026-000001`."""
        return f"ZH-{self.at.year}-{self.serial:06d}"


class RecallPerson(tk.BaseModel):
    """One recipient of recalled data, and what they confirmed.

    `derived`: `none`, `deleted`, or `kept` with words why.
    """

    __tablename__ = "edudata_recall_person"

    recall_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True, index=True)
    grants: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    deliveries: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    rows: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    last_delivery: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    told_at: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    chased: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    chased_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    confirmed_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    deleted_on: Mapped[datetime.date | None] = mapped_column(sa.Date)
    what: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    derived: Mapped[str | None] = mapped_column(sa.Text)
    derived_words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
