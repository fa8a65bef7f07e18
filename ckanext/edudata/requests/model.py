"""Applications for conditional-open data and what happened to them (Art. 28, 30).

Contact data stay in the applicant's account; a request holds its id only.
"""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Application(tk.BaseModel):
    """What one person sends in one go: a part for each of the resources asked for.

    `number` is what people quote, as `QS-2026-000001`; `version` counts the changes of
    its draft, in whatever part.
    """

    __tablename__ = "edudata_application"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    serial: Mapped[int] = mapped_column(
        sa.BigInteger, sa.Identity(), nullable=False, unique=True
    )
    number: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )


class Request(tk.BaseModel):
    """A part of an application: one person asks one owner for one resource.

    `number` is the application's; of several parts each adds its `place`, as
    `QS-2026-000001-2`. `renews` is the request whose grant this one is to go on from.

    `since` is when it came into its state; `version` counts the commands given, so
    that a page made before the last of them is known to be stale. `form` is what was
    asked (`forms.Form`), `decided` what was granted of it.
    """

    __tablename__ = "edudata_request"
    __table_args__ = (
        sa.Index("edudata_request_unit", "unit_id", "state"),
        sa.Index("edudata_request_user", "user_id"),
        sa.Index("edudata_request_part", "application_id", "place", unique=True),
        sa.Index("edudata_request_number", "number", unique=True),
        sa.Index(
            "edudata_request_renewal",
            "renews",
            postgresql_where=sa.text("renews IS NOT NULL"),
        ),
        sa.Index(
            "edudata_request_one_open",
            "user_id",
            "resource_id",
            unique=True,
            postgresql_where=sa.text(
                "state IN ('draft', 'submitted', 'in_review', 'returned',"
                " 'awaiting_consent', 'approved', 'mediation', 'superior_review')"
            ),
        ),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    application_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    place: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    number: Mapped[str] = mapped_column(sa.Text, nullable=False)
    renews: Mapped[str | None] = mapped_column(sa.Text)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    applicant_kind: Mapped[str | None] = mapped_column(sa.Text)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    resource_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    release_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    form: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    decided: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    agreed_terms: Mapped[str | None] = mapped_column(sa.Text)
    acceptance_id: Mapped[str | None] = mapped_column(sa.Text)
    unit_form_id: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="draft")
    since: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    appealed: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    assigned_to: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    submitted_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    #: Stays in review before returns, `[[ISO day from, ISO day until]]` (`clocks`).
    stays: Mapped[list[list[str]]] = mapped_column(JSONB, nullable=False, default=list)
    #: The due day last told; `book.due` says what it is now.
    due_on: Mapped[datetime.date | None] = mapped_column(sa.Date)


class RequestEvent(tk.BaseModel):
    """One command given on a request. Only ever added.

    `words` are for the applicant to read and stay out of the audit trail.
    """

    __tablename__ = "edudata_request_event"
    __table_args__ = (sa.Index("edudata_request_event_of", "request_id", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    request_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.text("clock_timestamp()"),
    )
    command: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source: Mapped[str | None] = mapped_column(sa.Text)
    target: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_id: Mapped[str | None] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
