"""Wrong passwords are counted, by account and by address, and make the next one wait.

After a number of wrong tries one more is let through for each pause, which doubles
each time (GB/T 22239-2019 8.1.4.1 b). Names that no account has are counted alike, so
that being shut out tells nothing. Tries are counted before the password is looked at:
a hundred at once are as many. Without Redis nobody gets in.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis

from ckanext.edudata.guard import addresses

ACCOUNT = "ckanext.edudata.identity.tries_account"
ADDRESS = "ckanext.edudata.identity.tries_address"
FIRST, LAST = 60, 3600
"""Seconds of the first pause, and of the longest."""

REMEMBERED = 86400
"""Seconds without a try after which it begins anew."""


class Wait(Exception):  # noqa: N818 - an answer, not a fault
    """Not now; `seconds` until the next try."""

    def __init__(self, seconds: int, subject: str) -> None:
        super().__init__(seconds)
        self.seconds, self.subject = seconds, subject


def pause(over: int) -> int:
    """Seconds to wait after *over* tries more than were allowed. Pure."""
    return min(FIRST * 2 ** min(max(over, 0), 12), LAST)


def attempt(login: str) -> list[str]:
    """Count a try before it is made; what was shut by it: account, address.

    :param login: what was typed as username or address
    :raises Wait: it may not be made now
    :raises RedisError: nothing can be counted
    """
    shut = []
    for subject, key, allowed in _subjects(login):
        if _one(subject, key, allowed):
            shut.append(subject)
    return shut


def succeeded(login: str) -> None:
    """The password was right: the account's count begins anew, the address's try was
    none."""
    redis = connect_to_redis()
    for subject, key, allowed in _subjects(login):
        if subject == "account":
            redis.delete(f"{key}:tries", f"{key}:shut")
        elif int(redis.decr(f"{key}:tries")) < allowed:
            redis.delete(f"{key}:shut")


def forgotten(*logins: str) -> None:
    """The account has a new password: what was tried before does not count."""
    redis = connect_to_redis()
    for login in logins:
        key = _subjects(login)[1][1]
        redis.delete(f"{key}:tries", f"{key}:shut")


def _one(subject: str, key: str, allowed: int) -> bool:
    redis = connect_to_redis()
    left = int(redis.ttl(f"{key}:shut"))
    if left > 0:
        raise Wait(left, subject)
    with redis.pipeline() as pipe:
        pipe.incr(f"{key}:tries")
        pipe.expire(f"{key}:tries", REMEMBERED)
        tries = int(pipe.execute()[0])
    if tries < allowed:
        return False
    seconds = pause(tries - allowed)
    # One try for each pause, whoever else tries at this moment.
    if not redis.set(f"{key}:shut", "1", nx=True, ex=seconds):
        raise Wait(max(int(redis.ttl(f"{key}:shut")), 1), subject)
    return True


def _subjects(login: str) -> list[tuple[str, str, int]]:
    plain = unicodedata.normalize("NFKC", login).strip().casefold()
    asked = {"address": (ADDRESS, addresses.block()), "account": (ACCOUNT, plain)}
    # The address first: who is shut out cannot shut others out.
    return [
        (subject, _key(subject, about), max(int(tk.config[setting]), 1))
        for subject, (setting, about) in asked.items()
    ]


def _key(kind: str, about: str) -> str:
    secret: Any = tk.config.get("SECRET_KEY") or ""
    digest = hmac.new(str(secret).encode(), f"{kind}:{about}".encode(), hashlib.sha256)
    return f"edudata:{tk.config['ckan.site_id']}:tries:{digest.hexdigest()[:40]}"
