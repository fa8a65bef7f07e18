"""Second factors, their recovery codes and resets, and accounts at institutions."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column

_MOMENT = sa.DateTime(timezone=True)


class SecondFactor(tk.BaseModel):
    """The second factor of an account; `secret` and `proposed` are sealed.

    `proposed` is a secret that waits for its first code. `last_step` is the 30-second
    step of the last code that was taken: none is taken twice. `failures` counts wrong
    codes since the last right one, `shut_until` is when the next one is looked at.
    """

    __tablename__ = "edudata_second_factor"

    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    secret: Mapped[str | None] = mapped_column(sa.Text)
    since: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    last_step: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    proposed: Mapped[str | None] = mapped_column(sa.Text)
    proposed_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    failures: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    shut_until: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)


class RecoveryCode(tk.BaseModel):
    """A recovery code by its digest; good once."""

    __tablename__ = "edudata_recovery_code"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    used_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)


class FactorReset(tk.BaseModel):
    """A lost factor to be taken off: asked by one person, decided by another.

    `state`: `asked`, `done`, `refused`, `withdrawn` or `lapsed`.
    """

    __tablename__ = "edudata_factor_reset"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    asked_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    asked_at: Mapped[datetime.datetime] = mapped_column(
        _MOMENT, nullable=False, server_default=sa.func.now()
    )
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="asked")
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)


class InstitutionAccount(tk.BaseModel):
    """An account at an institution's sign-on (OIDC) that was linked by its person.

    `subject` is the institution's name for the person (`sub`). Ended links stay: they
    show which accounts are one person's.
    """

    __tablename__ = "edudata_institution_account"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    issuer: Mapped[str] = mapped_column(sa.Text, nullable=False)
    subject: Mapped[str] = mapped_column(sa.Text, nullable=False)
    linked_at: Mapped[datetime.datetime] = mapped_column(
        _MOMENT, nullable=False, server_default=sa.func.now()
    )
    used_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
    ended_at: Mapped[datetime.datetime | None] = mapped_column(_MOMENT)
