"""Redis for what every request asks: in a moment, or not at all.

CKAN's own connections wait for as long as Redis takes. Here a question ends after a
fraction of a second, and after one that failed nobody asks for some seconds, so that a
site without Redis is slower by nothing.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import ckan.plugins.toolkit as tk
from redis import ConnectionPool, Redis
from redis.exceptions import NoScriptError, RedisError

log = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds that one question may take."""

PAUSE = 5.0
"""Seconds without questions after one that failed."""

T = TypeVar("T")

_lock = threading.Lock()
_clients: dict[str, Redis] = {}
_silent = {"until": 0.0}


def redis() -> Redis:
    """A connection to CKAN's Redis that does not wait."""
    url = tk.config["ckan.redis.url"]
    found = _clients.get(url)
    if found is None:
        with _lock:
            pool = ConnectionPool.from_url(
                url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
            )
            found = _clients.setdefault(url, Redis(connection_pool=pool))
    return found


def ask(question: Callable[[Redis], T], otherwise: Any = None) -> T | Any:
    """The answer of Redis, or *otherwise* where it gives none."""
    if time.monotonic() < _silent["until"]:
        return otherwise
    try:
        return question(redis())
    except (RedisError, OSError):
        _silent["until"] = time.monotonic() + PAUSE
        log.warning("Redis does not answer; asked again in %d s", PAUSE)
        return otherwise


class Script:
    """Lua that Redis runs as one question; it is told the text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, redis: Redis, keys: list[str], values: list[Any]) -> Any:
        try:
            return redis.evalsha(self.digest, len(keys), *keys, *values)
        except NoScriptError:
            return redis.eval(self.text, len(keys), *keys, *values)


def prefix(kind: str) -> str:
    """Beginning of the names of our keys, apart for each site."""
    return f"edudata:{kind}:{tk.config['ckan.site_id']}:"
