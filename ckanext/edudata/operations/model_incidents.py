"""Incidents from the first sign to the lessons, plans and drills (Art. 35)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

_Time = datetime.datetime
_When = sa.DateTime(timezone=True)
_CLOCK = sa.text("clock_timestamp()")


class Incident(tk.BaseModel):
    """Where an incident stands; what happened are its steps.

    `datasets` are ids of open datasets; `facts` are `{personal, important, people}`.
    `number` is what people quote, as `SJ-2026-0001`. `version` counts the changes.
    """

    __tablename__ = "edudata_incident"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    serial: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(), nullable=False, unique=True
    )
    number: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    level: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="open")
    datasets: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    first_sign_at: Mapped[_Time] = mapped_column(_When, nullable=False)
    found_at: Mapped[_Time] = mapped_column(_When, nullable=False)
    opened_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    opened_at: Mapped[_Time] = mapped_column(
        _When, nullable=False, server_default=sa.func.now()
    )
    closed_at: Mapped[_Time | None] = mapped_column(_When)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)


class IncidentStep(tk.BaseModel):
    """Something that was done or found. The database refuses to change it.

    `at` is when it happened, `noted_at` when it was written down.
    """

    __tablename__ = "edudata_incident_step"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    incident_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    at: Mapped[_Time] = mapped_column(_When, nullable=False)
    noted_at: Mapped[_Time] = mapped_column(
        _When, nullable=False, server_default=_CLOCK
    )
    actor_id: Mapped[str | None] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)


class IncidentPlan(tk.BaseModel):
    """A unit's plan for incidents, by version. The database refuses to change it."""

    __tablename__ = "edudata_incident_plan"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False)
    published_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    published_at: Mapped[_Time] = mapped_column(
        _When, nullable=False, server_default=sa.func.now()
    )


class IncidentDrill(tk.BaseModel):
    """A drill of a plan: what was tried, how it went, what is to be mended."""

    __tablename__ = "edudata_incident_drill"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    plan_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    held_on: Mapped[datetime.date] = mapped_column(sa.Date, nullable=False)
    scenario: Mapped[str] = mapped_column(sa.Text, nullable=False)
    people: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    result: Mapped[str] = mapped_column(sa.Text, nullable=False)
    to_mend: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    noted_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    noted_at: Mapped[_Time] = mapped_column(
        _When, nullable=False, server_default=sa.func.now()
    )
    mended_by: Mapped[str | None] = mapped_column(sa.Text)
    mended_at: Mapped[_Time | None] = mapped_column(_When)
