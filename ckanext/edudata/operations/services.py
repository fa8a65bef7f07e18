"""What the portal stands on, and what of it answers: asked briefly, kept some seconds.

Each service is asked on a connection of its own with a short patience, all at once, so
that one that hangs costs the asker two seconds and no more. What is degraded is not
down: `needed` names the few without which nothing can be served.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import ckan.plugins.toolkit as tk
import redis
import requests
import sqlalchemy as sa
from ckan.lib.search.common import make_connection
from sqlalchemy.pool import NullPool

PATIENCE = 2
"""Seconds that a service may take to answer."""

KEEP = 2
"""Seconds that an answer is taken for true."""

NEEDED = ("database",)
"""Without these there is no page at all."""

UP, DOWN, LOW, OFF = "up", "down", "low", "off"

_lock = threading.Lock()
_known: dict[str, str] = {}
_asked_at = float("-inf")


class _LowError(Exception):
    """It answers, and has next to no space left."""


class _OffError(Exception):
    """The site has none."""


def state(*, fresh: bool = False) -> dict[str, str]:
    """`{database, datastore, solr, redis, storage, mail}`, each `up`, `down`, `low`
    (next to no space left) or `off` (the site has none).

    :param fresh: ask now, whatever was answered before
    """
    global _known, _asked_at  # noqa: PLW0603 - one memory for the process
    # Who comes while another asks waits for that answer.
    with _lock:
        if fresh or time.monotonic() - _asked_at > KEEP:
            _known = _ask()
            _asked_at = time.monotonic()
        return dict(_known)


def forget() -> None:
    """Ask anew next time."""
    global _asked_at  # noqa: PLW0603
    with _lock:
        _asked_at = float("-inf")


def up(name: str) -> bool:
    """Whether a service answers and can be relied on."""
    return state()[name] in (UP, OFF)


def _ask() -> dict[str, str]:
    # Read here: CKAN's configuration is that of the thread.
    asks = {name: make() for name, make in _ASKS.items()}
    with ThreadPoolExecutor(len(asks)) as pool:
        futures = {name: pool.submit(_answer, ask) for name, ask in asks.items()}
        return {name: future.result() for name, future in futures.items()}


def _answer(ask: Callable[[], None]) -> str:
    try:
        ask()
    except _LowError:
        return LOW
    except _OffError:
        return OFF
    except Exception:  # noqa: BLE001 - whatever it says, it is not to be relied on
        return DOWN
    return UP


def _postgres(setting: str) -> Callable[[], Callable[[], None]]:
    def make() -> Callable[[], None]:
        url = tk.config[setting]

        def ask() -> None:
            engine = sa.create_engine(
                url, poolclass=NullPool, connect_args={"connect_timeout": PATIENCE}
            )
            with engine.connect() as connection:
                limit = f"SET statement_timeout = {PATIENCE * 1000}"
                connection.execute(sa.text(limit))
                connection.execute(sa.text("SELECT 1"))

        return ask

    return make


def _solr() -> Callable[[], None]:
    url = make_connection().url.rstrip("/")

    def ask() -> None:
        query = {"q": "*:*", "rows": "0", "wt": "json"}
        answer = requests.get(f"{url}/select", query, timeout=PATIENCE)
        answer.raise_for_status()

    return ask


def _redis() -> Callable[[], None]:
    url = tk.config["ckan.redis.url"]

    def ask() -> None:
        client = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        with client:
            client.ping()

    return ask


def _storage() -> Callable[[], None]:
    path = tk.config["ckan.storage_path"]
    reserve = tk.config["ckanext.edudata.health.reserve_mb"]

    def ask() -> None:
        with tempfile.NamedTemporaryFile(dir=path, prefix=".edudata-") as file:
            file.write(b"written")
            file.flush()
            os.fsync(file.fileno())
        if free_mb(path) < reserve:
            raise _LowError

    return ask


def free_mb(path: str) -> int:
    """Free space on the disk of *path*, in MB."""
    return shutil.disk_usage(path).free >> 20


def _mail() -> Callable[[], None]:
    server = str(tk.config.get("smtp.server") or "")

    def ask() -> None:
        if not server:
            raise _OffError
        try:
            with smtplib.SMTP(server, timeout=PATIENCE) as connection:
                connection.noop()
        except ConnectionRefusedError:
            # What CKAN takes where nobody has set one.
            if server == "localhost":
                raise _OffError from None
            raise

    return ask


_ASKS: dict[str, Callable[[], Callable[[], None]]] = {
    "database": _postgres("sqlalchemy.url"),
    "datastore": _postgres("ckan.datastore.read_url"),
    "solr": _solr,
    "redis": _redis,
    "storage": _storage,
    "mail": _mail,
}
