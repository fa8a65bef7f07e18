"""Passwords of accounts: whether one is right, and whether a new one will do."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from passlib.handlers.pbkdf2 import pbkdf2_sha512

from ckanext.edudata.identity import changing, policy, second_factor
from ckanext.edudata.identity.model import Account, PastPassword

LENGTH = "ckanext.edudata.identity.password_length"
HISTORY = "ckanext.edudata.identity.password_history"
DAYS = "ckanext.edudata.identity.password_days"

USED = "This password was used before. Choose one that the account has not had."


def right(login: str, password: str) -> model.User | None:
    """The active account that these belong to.

    Takes as long for an account that does not exist, or has no password, as for one
    that does: a hash is computed in any case.

    :param login: username or mail address
    """
    user = found(login)
    if len(password) > policy.MOST:
        # Too long to be one; hashed all the same, in a length that costs nothing.
        password, user = password[: policy.MOST], None
    if user is None or not user.is_active or not user.password:
        pbkdf2_sha512.verify(password or "-", _nobodys())
        return None
    with changing.quietly():
        return user if user.validate_password(password or "-") else None


def found(login: str) -> model.User | None:
    """The account of this name or address, active or not."""
    login = login.strip()
    # Both are asked for, whatever the first said: one query more would tell.
    by_name, by_mail = model.User.by_name(login), _by_mail(login)
    return by_name or by_mail


def _by_mail(login: str) -> model.User | None:
    """An active one first: CKAN lets the address of a deleted one be used again."""
    asked = (
        sa.select(model.User)
        .where(sa.func.lower(model.User.email) == login.lower())
        .order_by(sa.case((model.User.state == "active", 0), else_=1))
        .limit(1)
    )
    return model.Session.scalar(asked)


@cache
def _nobodys() -> str:
    return pbkdf2_sha512.hash("nobody's")


def problems(password: str, user: model.User | None = None, *about: Any) -> list[str]:
    """What is wrong with a new password, in words of the page's language.

    :param about: names and addresses of an account that is yet to be made
    """
    if user is not None:
        about = (*about, user.name, user.fullname, user.email)
    wrong = policy.problems(password, int(tk.config[LENGTH]), about)
    words = [tk._(text).format(**numbers) for text, numbers in wrong]
    if not words and user is not None and _used(user, password):
        words.append(tk._(USED))
    return words


def _used(user: model.User, password: str) -> bool:
    number = int(tk.config[HISTORY])
    if number <= 0:
        return False
    asked = (
        sa.select(PastPassword.hash)
        .where(PastPassword.user_id == user.id)
        .order_by(PastPassword.until.desc(), PastPassword.id)
        # The one in use is the first of them.
        .limit(max(number - 1, 0))
    )
    known = [user.password, *model.Session.scalars(asked)]
    return any(pbkdf2_sha512.verify(password, each) for each in known if _ours(each))


def _ours(known: str | None) -> bool:
    return bool(known) and bool(pbkdf2_sha512.identify(known or ""))


def must_change(user_id: str) -> bool:
    """Whether the password was given by somebody else, or is too old for a role."""
    account = model.Session.get(Account, user_id)
    if account is None:
        return False
    if account.must_change:
        return True
    days = int(tk.config[DAYS])
    if days <= 0 or account.password_at is None or not second_factor.has_role(user_id):
        return False
    age = datetime.datetime.now(datetime.timezone.utc) - account.password_at
    return age > datetime.timedelta(days=days)
