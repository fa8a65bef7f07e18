"""Extracts of granted data, made by a job for one recipient and gone in hours."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column

_Time = datetime.datetime


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Extract(tk.BaseModel):
    """One recipient's own copy of what a grant allows.

    `state`: `queued`, `running`, `ready`, `failed` (`failure` says why), `expired`, or
    `withdrawn` where the grant did not hold any more. The bytes are kept in the private
    storage while it is `ready` and never otherwise. One is made at a time for a person
    and grant.
    """

    __tablename__ = "edudata_extract"
    __table_args__ = (
        sa.Index("edudata_extract_state", "state"),
        sa.Index(
            "edudata_extract_one_at_work",
            "grant_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    grant_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    request_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    format: Mapped[str] = mapped_column(sa.Text, nullable=False)
    lang: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="queued")
    failure: Mapped[str | None] = mapped_column(sa.Text)
    rows: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    rows_done: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    sha256: Mapped[str | None] = mapped_column(sa.Text)
    tries: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    queued_at: Mapped[_Time] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, default=_now
    )
    beat_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    finished_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    expires_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
    removed_at: Mapped[_Time | None] = mapped_column(sa.DateTime(timezone=True))
