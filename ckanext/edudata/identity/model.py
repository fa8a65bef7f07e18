"""What the portal knows of accounts beside CKAN's own row."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column


class Account(tk.BaseModel):
    """Made with the first log-in or the first change.

    Sessions carry the `generation` they were begun in: with the next one all end, also
    where the store of sessions cannot be reached.
    """

    __tablename__ = "edudata_account"

    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    generation: Mapped[int] = mapped_column(nullable=False, server_default="0")
    password_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    must_change: Mapped[bool] = mapped_column(nullable=False, server_default="false")
    last_login_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    asleep_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    woken_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
    woken_by: Mapped[str | None] = mapped_column(sa.Text)


class PastPassword(tk.BaseModel):
    """A password that was replaced, as CKAN keeps it: hashed."""

    __tablename__ = "edudata_past_password"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    hash: Mapped[str] = mapped_column(sa.Text, nullable=False)
    until: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )


class AccountMail(tk.BaseModel):
    """A mail that somebody asked for, and the key that it carries.

    `asked` is what was typed; it is emptied as soon as the mail is out, but for the
    address of an account that is to be made or changed, which goes with the key. Of
    the key there is a digest only.
    """

    __tablename__ = "edudata_account_mail"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    purpose: Mapped[str] = mapped_column(sa.Text, nullable=False)
    asked: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    user_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="waiting")
    tries: Mapped[int] = mapped_column(nullable=False, default=0)
    made_at: Mapped[datetime.datetime] = mapped_column(
        sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    key_digest: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    expires_at: Mapped[datetime.datetime | None] = mapped_column(
        sa.DateTime(timezone=True)
    )
