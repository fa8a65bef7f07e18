"""Whatever way a password changes, its account's sessions end, and it is remembered.

CKAN changes passwords in several places (pages, actions, the command line), and no
session ends by it; so this listens to the row itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.model.types import make_uuid
from flask import has_request_context, session
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.identity.model import Account, PastPassword

_QUIET: ContextVar[bool] = ContextVar("edudata_password_quiet", default=False)
_OWN: ContextVar[str] = ContextVar("edudata_password_own", default="")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """CKAN hashes a password anew when it is shown: that is no change."""
    before = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(before)


@contextlib.contextmanager
def by_owner(user_id: str) -> Iterator[None]:
    """The owner of the account changes its password or address, here and now."""
    before = _OWN.set(user_id)
    try:
        yield
    finally:
        _OWN.reset(before)


def owner() -> str:
    """Id of the account whose owner changes it, or empty."""
    return _OWN.get()


def install() -> None:
    """Listen once."""
    if not event.contains(model.User, "after_update", _changed):
        event.listen(model.User, "after_update", _changed)
        event.listen(model.User, "after_insert", _made)


def _changed(mapper: Any, connection: Any, user: model.User) -> None:
    history = sa.inspect(user).attrs._password.history  # type: ignore[union-attr]
    if not history.has_changes() or _QUIET.get():
        return
    before = next(iter(history.deleted or ()), None)
    if before:
        row = {"id": make_uuid(), "user_id": user.id, "hash": before}
        connection.execute(PastPassword.__table__.insert().values(**row))
    _note(connection, user)


def _made(mapper: Any, connection: Any, user: model.User) -> None:
    if user.password and _there(connection):
        _note(connection, user)


def _there(connection: Any) -> bool:
    """CKAN makes its site's user at each start, before our tables are made, too."""
    asked = sa.text("SELECT to_regclass('edudata_account') IS NOT NULL")
    return bool(connection.scalar(asked))


def _note(connection: Any, user: model.User) -> None:
    own = owner() == user.id
    production = tk.config.get("ckanext.edudata.environment") == "production"
    now = sa.func.clock_timestamp()
    # Who was given a password makes one of their own at the first log-in.
    values = {"password_at": now, "must_change": production and not own}
    generation = Account.__table__.c.generation + 1
    row = insert(Account.__table__).values(user_id=user.id, generation=1, **values)
    row = row.on_conflict_do_update(
        index_elements=["user_id"], set_={**values, "generation": generation}
    ).returning(Account.__table__.c.generation)
    now_at = connection.execute(row).scalar_one()
    if own and has_request_context() and session.get("_user_id") == user.id:
        session["edudata_generation"] = now_at
        session.pop("edudata_must_change", None)
