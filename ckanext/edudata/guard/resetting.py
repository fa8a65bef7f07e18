"""Keys that set a password end: an hour after they were asked for.

CKAN 2.12 keeps such a key until it is used or asked for again, so that an old mail
opens the account for ever, and compares it character by character. Here the key says
when it was made, in itself, so that it cannot be made older; keys of before say
nothing and are over. A password that changes ends its account's key, whichever way it
came. An invitation lasts longer: people may be on holiday.
"""

from __future__ import annotations

import hmac
import inspect
import secrets
import time
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer
from sqlalchemy import event

RESET = "ckanext.edudata.reset_minutes"
INVITE = "ckanext.edudata.invitation_days"

_KNOWN = ("create_reset_key", "verify_reset_link", "make_key")


def make_key(seconds: int | None = None) -> str:
    """A key, and until when it is good: `<end, hexadecimal>.<256 random bits>`."""
    if seconds is None:
        seconds = 60 * int(tk.config[RESET])
    return f"{int(time.time()) + seconds:x}.{secrets.token_hex(32)}"


def good(kept: str | None, shown: object) -> bool:
    """Whether the key shown is the one kept, and not over."""
    kept = kept or ""
    shown = shown.strip() if isinstance(shown, str) else ""
    end, dot, secret = kept.partition(".")
    if not dot or len(secret) < 32:
        return False
    try:
        over = int(end, 16) <= time.time()
    except ValueError:
        return False
    same = hmac.compare_digest(kept.encode(), shown.encode("utf-8", "replace"))
    return same and not over


def create_reset_key(user: model.User) -> None:
    """In place of CKAN's: somebody who never logged in was invited."""
    invited = user.state == model.State.PENDING
    user.reset_key = make_key(86400 * int(tk.config[INVITE]) if invited else None)
    model.repo.commit_and_remove()


def verify_reset_link(user: model.User, key: str | None) -> bool:
    """In place of CKAN's."""
    return good(user.reset_key, key)


def needed() -> bool:
    """Whether this CKAN's keys have no end."""
    return "time" not in inspect.getsource(mailer.verify_reset_link)


def _used(mapper: Any, connection: Any, user: model.User) -> None:
    """With another password, links that were mailed before are over."""
    state: Any = sa.inspect(user)
    if (
        state.attrs._password.history.deleted
        and not state.attrs.reset_key.history.added
    ):
        user.reset_key = None  # type: ignore[assignment]


def install(app: Any) -> None:
    """Have CKAN make and look at keys our way."""
    if not event.contains(model.User, "before_update", _used):
        event.listen(model.User, "before_update", _used)
    if mailer.verify_reset_link is not verify_reset_link and needed():
        for name in _KNOWN:
            setattr(mailer, name, globals()[name])
