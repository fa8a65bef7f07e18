"""Notices to people, and reports that an open dataset holds personal data."""

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


class Notice(tk.BaseModel):
    """Something that one person is told, on the desk and by mail.

    `detail` holds ids, codes and numbers only: words are made when it is read. `mail`:
    `waiting` or `digest` (the daily one), `sent`, `failed`, or `off` (not wanted, no
    address, no mail server is set, or the matter was done before).
    """

    __tablename__ = "edudata_notice"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str | None] = mapped_column(sa.Text)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    object_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    read_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    mail: Mapped[str] = mapped_column(sa.Text, nullable=False, default="waiting")
    tries: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    next_try: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    #: When the matter was done, by whomever: nothing is left to be read or mailed.
    done_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    #: The person does not want this kind on the site; it is in no list of theirs.
    hidden: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class NoticePreference(tk.BaseModel):
    """How a person wants to be told: language, and for groups of kinds, mail
    `at_once`, `daily` or `off`, and those not wanted on the site."""

    __tablename__ = "edudata_notice_preference"

    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    language: Mapped[str | None] = mapped_column(sa.Text)
    mail: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)
    hidden: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    changed_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )


class Alarm(tk.BaseModel):
    """Somebody reports personal data in an open dataset; nobody is asked who they are.

    `where` is kept only if the check finds nobody in it. `state`: `open`, `stopped`
    (the dataset was) or `unfounded`.
    """

    __tablename__ = "edudata_alarm"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    where: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="open")
    raised_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    #: How many reports came while this one was open.
    reports: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    answered_by: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
