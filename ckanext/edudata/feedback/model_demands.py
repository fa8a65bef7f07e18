"""Data demands, who supports them, and what happened to them."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


_Time = datetime.datetime


class Demand(tk.BaseModel):
    """Data that somebody asks for. Who asked is kept to tell them, and never shown.

    `unsure`: the asker did not know whose data it is; `line_*`: the line of an open
    list it began from; `answer`: a key of `states_demands.ANSWERS`.
    """

    __tablename__ = "edudata_demand"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), unique=True)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    purpose: Mapped[str] = mapped_column(sa.Text, nullable=False)
    likeness: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unsure: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    line_unit: Mapped[str | None] = mapped_column(sa.Text)
    line_title: Mapped[str | None] = mapped_column(sa.Text)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="open")
    supports: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    answer: Mapped[str | None] = mapped_column(sa.Text)
    opening_class: Mapped[str | None] = mapped_column(sa.Text)
    planned_date: Mapped[datetime.date | None] = mapped_column(sa.Date)
    dataset_id: Mapped[str | None] = mapped_column(sa.Text)
    answer_words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    answered_unit: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    created_at: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    since: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )


class DemandSupport(tk.BaseModel):
    """One person supports one demand, once; only their number is ever shown."""

    __tablename__ = "edudata_demand_support"

    demand_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    at: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )


class DemandEvent(tk.BaseModel):
    """A command that was given."""

    __tablename__ = "edudata_demand_event"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    demand_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    command: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    target: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_id: Mapped[str | None] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    at: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
