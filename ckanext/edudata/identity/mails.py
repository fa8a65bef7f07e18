"""Mails about accounts: a new password, a new account, a new address.

The page only notes what was typed: whether there is such an account is looked up by
the worker, so that neither its words nor its time tell. Keys are 256 random bits, end
after an hour, serve once, and stand in the database as a digest.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import secrets
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer
from flask_babel import force_locale

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import mailing
from ckanext.edudata.feedback.jobs import on_a_page
from ckanext.edudata.identity import changing, passwords
from ckanext.edudata.identity.model import AccountMail

log = logging.getLogger(__name__)

HOUR = datetime.timedelta(hours=1)
TRIES, AN_HOUR = 5, 3

_SUBJECTS = {
    "reset": "A new password for your account",
    "register": "Open your account",
    "known": "You have an account already",
    "mail": "Confirm your new mail address",
}
_TEXTS = {
    "reset": "Somebody, most likely you, asked to set a new password. This link does "
    "so for one hour, once. If it was not you, do nothing: the password stays.",
    "register": "Somebody, most likely you, wants to open an account with this "
    "address. This link does so for one hour, once. If it was not you, do nothing.",
    "known": "Somebody, most likely you, wants to open an account with this "
    "address. There is one already: log in, or set a new password here.",
    "mail": "Somebody, most likely you, wants to use this address for an account. This "
    "link does so for one hour, once. If it was not you, do nothing.",
}


def ask(purpose: str, asked: str, user_id: str | None = None) -> None:
    """Note that a mail is wanted, and have the worker see to it."""
    with transactions.whole():
        row = AccountMail(
            purpose=purpose,
            asked=asked.strip()[:254],
            user_id=user_id,
            language=tk.h.lang() or "",
        )
        model.Session.add(row)
        model.Session.flush()
        mail_id = row.id
    try:
        tk.enqueue_job(send, [mail_id], title="edudata account mail")
    except Exception:  # noqa: BLE001 - it waits for the sweep
        log.warning("The job queue is unreachable; a mail about an account waits")


def send(mail_id: str) -> bool:
    """Send one that waits; whether it went out. It is tried a few times."""
    with on_a_page():
        row = model.Session.scalar(
            sa.select(AccountMail)
            .where(AccountMail.id == mail_id, AccountMail.state == "waiting")
            .with_for_update(skip_locked=True)
        )
        if row is None:
            model.Session.rollback()
            return False
        row.tries += 1
        with force_locale(row.language or tk.config["ckan.locale_default"]):
            sent = _sent(row)
        if row.state == "waiting" and row.tries >= TRIES:
            row.state, row.asked = "failed", ""
        model.Session.commit()
        return sent


def _sent(row: AccountMail) -> bool:
    user = passwords.found(row.asked) if row.purpose != "mail" else None
    if row.purpose == "mail":
        user = model.User.get(row.user_id or "")
    elif user is not None:
        row.user_id = user.id
    kind, address = row.purpose, row.asked
    if kind == "reset":
        gone = user is None or user.state == model.State.DELETED
        address = (user.email if user and not gone else "") or ""
    elif kind == "register" and user is not None:
        kind = "known"
    if not address or _too_many(row):
        row.state, row.asked = "none", ""
        return False
    key = secrets.token_urlsafe(32)
    try:
        mailer.mail_recipient(
            mailing.clean(user.display_name if user and kind != "register" else ""),
            mailing.clean(address),
            mailing.clean(tk._(_SUBJECTS[kind])),
            "\n\n".join((tk._(_TEXTS[kind]), _link(kind, key))),
        )
    except Exception as error:  # noqa: BLE001 - whatever fails, it is tried again
        log.warning("A mail about an account failed: %s", type(error).__name__)
        return False
    row.state = "sent"
    if kind in ("reset", "known"):
        row.asked = ""
    if kind != "known":
        row.key_digest = digest(key)
        row.expires_at = datetime.datetime.now(datetime.timezone.utc) + HOUR
    return True


def _link(kind: str, key: str) -> str:
    if kind == "known":
        return tk.url_for("user.request_reset", _external=True)
    room = "edudata_account" if kind == "mail" else "edudata_register"
    return tk.url_for(f"{room}.{kind}_by_key", key=key, _external=True)


def _too_many(row: AccountMail) -> bool:
    """Nobody's mailbox is filled: three an hour to an account or address."""
    since = datetime.datetime.now(datetime.timezone.utc) - HOUR
    same = AccountMail.asked == row.asked
    if row.user_id:
        same = AccountMail.user_id == row.user_id
    number = model.Session.scalar(
        sa.select(sa.func.count()).where(
            AccountMail.state == "sent", AccountMail.made_at > since, same
        )
    )
    return (number or 0) >= AN_HOUR


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def by_key(purpose: str, key: str, *, hold: bool = False) -> AccountMail | None:
    """What a key was sent for, if it still serves.

    :param hold: nobody else uses it until this transaction ends
    """
    asked = sa.select(AccountMail).where(
        AccountMail.purpose == purpose,
        AccountMail.key_digest == digest(key),
        AccountMail.expires_at > sa.func.clock_timestamp(),
    )
    return model.Session.scalar(asked.with_for_update() if hold else asked)


def used(row: AccountMail) -> None:
    """In the caller's transaction: with it all keys of the account for the same."""
    gone = sa.delete(AccountMail).where(AccountMail.id == row.id)
    if row.user_id:
        gone = sa.delete(AccountMail).where(
            AccountMail.user_id == row.user_id, AccountMail.purpose == row.purpose
        )
    model.Session.execute(gone)


def take_address(user_id: str, address: str) -> bool:
    """Write the account's new address; False where another one has it."""
    user = model.User.get(user_id)
    other = passwords.found(address)
    if user is None or (other is not None and other.id != user.id):
        return False
    with changing.by_owner(user_id), transactions.whole():
        user.email = address
        trail.record(
            "mail_change", actor_id=user_id, object_type="user", object_id=user_id
        )
    return True


def send_waiting() -> int:
    """Send what the worker did not; how many."""
    minute = datetime.datetime.now(datetime.timezone.utc) - HOUR / 60
    due = model.Session.scalars(
        sa.select(AccountMail.id)
        .where(AccountMail.state == "waiting", AccountMail.made_at < minute)
        .limit(100)
    ).all()
    return sum(send(each) for each in due)


def forget() -> None:
    """Remove what is over, a day after it was asked for."""
    day: Any = datetime.datetime.now(datetime.timezone.utc) - 24 * HOUR
    with transactions.whole():
        model.Session.execute(sa.delete(AccountMail).where(AccountMail.made_at < day))
