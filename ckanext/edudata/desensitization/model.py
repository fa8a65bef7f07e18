"""Runs of the personal-data check, and the clearances they gave (Art. 27)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Check(tk.BaseModel):
    """One run over one file, or over the description of an entry.

    `resource_id` is the entry's own id where `subject` is `metadata`. `stamp` tells
    one state of the subject from the next; `report` holds no raw value. `state`:
    queued, running, done.
    """

    __tablename__ = "edudata_check"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    subject: Mapped[str] = mapped_column(sa.Text, nullable=False)
    stamp: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="queued")
    sha256: Mapped[str | None] = mapped_column(sa.Text, index=True)
    ruleset: Mapped[str | None] = mapped_column(sa.Text)
    verdict: Mapped[str | None] = mapped_column(sa.Text)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # Settings, standing rule and exceptions that it was made under (`exceptions.py`).
    basis: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    queued_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    started_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    beat_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    finished_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class Clearance(tk.BaseModel):
    """This content, under this rule set, permits this opening class.

    `tables`: `[{sheet, columns: [{id, label, type}], row_count, digest, key}]`, `key`
    being the digest of the clean CSV in the private storage.
    """

    __tablename__ = "edudata_clearance"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    check_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    sha256: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    ruleset: Mapped[str] = mapped_column(sa.Text, nullable=False)
    permits: Mapped[str] = mapped_column(sa.Text, nullable=False)
    tables: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    # What it rests on beside content and rules; without it, it does not count.
    basis: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    given_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    withdrawn_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )


class PublicationException(tk.BaseModel):
    """An exception from the check (例外公开审批), from the asking to its end.

    For one element: `place`, `column`, `entity` as in `exceptions.py`; `element` is
    the standard's, where the information item names one. `state`: see
    `exceptions.STATES`; `end_cause`: see `exceptions.ENDS`.
    """

    __tablename__ = "edudata_exception"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    place: Mapped[str] = mapped_column(sa.Text, nullable=False)
    column: Mapped[str] = mapped_column("column_label", sa.Text, nullable=False)
    entity: Mapped[str] = mapped_column(sa.Text, nullable=False)
    element: Mapped[str] = mapped_column(sa.Text, nullable=False)
    evidence: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    law: Mapped[str] = mapped_column(sa.Text, nullable=False)
    article: Mapped[str] = mapped_column(sa.Text, nullable=False)
    purpose: Mapped[str] = mapped_column(sa.Text, nullable=False)
    until: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    scope: Mapped[str] = mapped_column(sa.Text, nullable=False, default="file")
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="requested")
    asked_by: Mapped[str | None] = mapped_column(sa.Text)
    asked_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    decision_reason: Mapped[str | None] = mapped_column(sa.Text)
    ended_by: Mapped[str | None] = mapped_column(sa.Text)
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    end_cause: Mapped[str | None] = mapped_column(sa.Text)

    @classmethod
    def in_force(cls) -> sa.ColumnElement[bool]:
        """Granted and not past its date, by the database's clock."""
        return sa.and_(cls.state == "granted", cls.until > sa.func.now())


class StandingRule(tk.BaseModel):
    """The standing rule for institutions, each time it was approved."""

    __tablename__ = "edudata_standing_rule"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    basis: Mapped[str] = mapped_column(sa.Text, nullable=False)
    starts: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False
    )
    until: Mapped[datetime.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    approved_by: Mapped[str | None] = mapped_column(sa.Text)
    approved_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    # When the files it is for were queued; empty until it starts.
    applied_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    ended_by: Mapped[str | None] = mapped_column(sa.Text)
    ended_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )

    @classmethod
    def in_force(cls) -> sa.ColumnElement[bool]:
        """Begun, neither ended nor past its date, by the database's clock."""
        return sa.and_(
            cls.starts <= sa.func.now(),
            cls.ended_at.is_(None),
            sa.or_(cls.until.is_(None), cls.until > sa.func.now()),
        )


class FindingDecision(tk.BaseModel):
    """What the owner decided about the findings of an element; the last one counts.

    Kept by unit, so that other files of the unit are shown what was decided before.
    """

    __tablename__ = "edudata_finding_decision"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    place: Mapped[str] = mapped_column(sa.Text, nullable=False)
    column: Mapped[str] = mapped_column("column_label", sa.Text, nullable=False)
    entity: Mapped[str] = mapped_column(sa.Text, nullable=False)
    element: Mapped[str] = mapped_column(sa.Text, nullable=False)
    way: Mapped[str] = mapped_column(sa.Text, nullable=False)
    exception_id: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )


class RulesetSwitch(tk.BaseModel):
    """A rule set was put in force; the last one is in force."""

    __tablename__ = "edudata_ruleset_switch"

    number: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(always=True), primary_key=True
    )
    ruleset: Mapped[str] = mapped_column(sa.Text, nullable=False)
    switched_by: Mapped[str | None] = mapped_column(sa.Text)
    switched_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.func.clock_timestamp(),
    )


class Reread(tk.BaseModel):
    """What the rules `ruleset` say of a released table, or of a release's words.

    `kind`: table (`subject` is the id of the released resource) or words (the id of
    the release). `resource_id` is the entry's resource it came from, or the entry.
    `report`: verdict, grounds and findings, without raw values. What the verdict led
    to stands in `outcome`, empty until it was acted on (a dry run does not): fine,
    stopped, dated, gone. A dated one is open until `closed_at`; `closed` says how:
    stopped, passed, gone.
    """

    __tablename__ = "edudata_reread"

    ruleset: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    subject: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    verdict: Mapped[str] = mapped_column(sa.Text, nullable=False)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    read_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.func.clock_timestamp(),
    )
    outcome: Mapped[str | None] = mapped_column(sa.Text)
    acted_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    due_at: Mapped[datetime.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    closed_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    closed: Mapped[str | None] = mapped_column(sa.Text)
