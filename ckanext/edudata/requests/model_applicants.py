"""Applicants, the people a body names, and what is attached to applications.

What tells of a person stands in `sealed` (`requests.sealed`), as JSON; the rest are
ids, codes and times.
"""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.orm import Mapped, mapped_column


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


_Time = datetime.datetime
_When = sa.DateTime(timezone=True)


class Applicant(tk.BaseModel):
    """Who applies, kept once for each account (`profile_applicants.FIELDS`)."""

    __tablename__ = "edudata_applicant"

    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    sealed: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    created_at: Mapped[_Time] = mapped_column(_When, nullable=False, default=_now)
    updated_at: Mapped[_Time] = mapped_column(_When, nullable=False, default=_now)

    @property
    def place(self) -> str:
        return f"{self.__tablename__}:{self.user_id}"


class RequestPerson(tk.BaseModel):
    """A person whom a body has named to work with the data.

    `state`: `invited`, `confirmed`, `declined` or `ended`. `user_id` is empty where no
    account has the name that was given; `sealed` holds `{given, name}`: what was typed
    to find the account, and how the body calls the person.
    """

    __tablename__ = "edudata_request_person"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    application_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    user_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    sealed: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="invited")
    agreed_terms: Mapped[str | None] = mapped_column(sa.Text)
    invited_at: Mapped[_Time] = mapped_column(_When, nullable=False, default=_now)
    answered_at: Mapped[_Time | None] = mapped_column(_When)
    ended_at: Mapped[_Time | None] = mapped_column(_When)
    ended_by: Mapped[str | None] = mapped_column(sa.Text)

    @property
    def place(self) -> str:
        return f"{self.__tablename__}:{self.id}"


class Attachment(tk.BaseModel):
    """A file of an application; its bytes are in private storage, encrypted.

    `sha256` and `size` are those of the file as it was uploaded, `sealed` holds `{name,
    key}`. Taken back, only the row stays: key and bytes are gone.
    """

    __tablename__ = "edudata_request_attachment"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    application_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    request_id: Mapped[str | None] = mapped_column(sa.Text)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    sealed: Mapped[str] = mapped_column(sa.Text, nullable=False)
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[_Time] = mapped_column(_When, nullable=False, default=_now)
    taken_back_at: Mapped[_Time | None] = mapped_column(_When)

    @property
    def place(self) -> str:
        return f"{self.__tablename__}:{self.id}"


SEALED = (Applicant, RequestPerson, Attachment)
"""Tables whose column `sealed` is sealed for `<table>:<primary key>`."""
