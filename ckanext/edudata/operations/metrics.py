"""Figures for Prometheus: those of the web processes, and the state of the portal.

Each group of the state is asked apart: what is away leaves out its own figures, and
says so by `edudata_figures_missing`. They are kept some seconds, so that many who ask
cost no more than one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import redis
import sqlalchemy as sa
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily as Counted
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from ckanext.edudata.operations import counters, queues, services

KEEP = 10

_GROUPS = {
    "checks": "SELECT state, count(*) FROM edudata_check GROUP BY state",
    "releases": "SELECT count(*) FROM edudata_release",
    "refusals": "SELECT count(*) FROM edudata_audit WHERE outcome = 'denied'",
    "requests": "SELECT state, count(*) FROM edudata_request GROUP BY state",
    "notices": "SELECT mail, count(*) FROM edudata_notice "
    "WHERE mail IN ('waiting', 'digest', 'failed') GROUP BY mail",
    "events": "SELECT severity, count(*) FROM edudata_event WHERE seen_at IS NULL "
    "GROUP BY severity",
    "unsealed": "SELECT count(*), "
    "coalesce(extract(epoch FROM clock_timestamp() - min(a.at)), 0) "
    "FROM edudata_audit a WHERE a.xid::xid8 >= coalesce((SELECT horizon::xid8 "
    "FROM edudata_audit_block ORDER BY number DESC LIMIT 1), '0'::xid8) AND NOT EXISTS "
    "(SELECT FROM edudata_audit_leaf l WHERE l.record_id = a.id)",
}

_lock = threading.Lock()
_known: list[Metric] = []
_asked_at = float("-inf")


def exposition() -> tuple[str, bytes]:
    """Content type and text of all figures."""
    state = CollectorRegistry()
    state.register(_State())
    with counters.figures() as registry:
        text = generate_latest(registry)
    return CONTENT_TYPE_LATEST, text + generate_latest(state)


class _State:
    """Collector of prometheus_client."""

    def collect(self) -> Iterable[Metric]:
        global _known, _asked_at  # noqa: PLW0603 - one memory for the process
        with _lock:
            if time.monotonic() - _asked_at > KEEP:
                _known = list(_collect())
                _asked_at = time.monotonic()
            return _known

    def describe(self) -> Iterable[Metric]:
        return []


def forget() -> None:
    """Ask anew next time."""
    global _asked_at  # noqa: PLW0603
    with _lock:
        _asked_at = float("-inf")


def _collect() -> Iterator[Metric]:
    missing = []
    state = services.state()
    up = GaugeMetricFamily(
        "edudata_service_up", "Whether a service answers", labels=["service"]
    )
    for name, word in state.items():
        if word != services.OFF:
            up.add_metric([name], float(word == services.UP))
    yield up
    if path := tk.config.get("ckan.storage_path"):
        free = services.free_mb(path) << 20
        yield _gauge("edudata_storage_free_bytes", "Free space on the disk", free)
    try:
        yield from _of_queues()
    except (redis.RedisError, OSError):
        missing.append("queues")
    try:
        yield from _of_database()
    except SQLAlchemyError:
        missing.append("database")
    lost = GaugeMetricFamily(
        "edudata_figures_missing", "Groups that could not be asked", labels=["group"]
    )
    for name in missing:
        lost.add_metric([name], 1)
    yield lost


def _of_queues() -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "edudata_jobs_waiting", "Background jobs that wait", labels=["queue"]
    )
    age = GaugeMetricFamily(
        "edudata_job_oldest_seconds", "Age of the oldest of them", labels=["queue"]
    )
    for queue in queues.look():
        waiting.add_metric([queue.name], queue.waiting)
        age.add_metric([queue.name], queue.oldest)
    yield from (waiting, age)


def _of_database() -> Iterator[Metric]:
    rows = _rows()
    for name, text in (
        ("checks", "Runs of the personal-data check"),
        ("requests", "Requests for conditional data"),
        ("notices", "Mails of notices"),
        ("events", "Events that nobody has looked at"),
    ):
        label = "severity" if name == "events" else "state"
        gauge = GaugeMetricFamily(f"edudata_{name}", text, labels=[label])
        for word, count in rows[name]:
            gauge.add_metric([word], count)
        yield gauge
    yield Counted(
        "edudata_releases", "Versions of open datasets", value=rows["releases"][0][0]
    )
    yield Counted(
        "edudata_refusals", "Refusals on the audit trail", value=rows["refusals"][0][0]
    )
    tail = rows["unsealed"][0]
    yield _gauge("edudata_audit_unsealed_records", "Records in no block", tail[0])
    yield _gauge("edudata_audit_unsealed_seconds", "Age of the oldest", tail[1])


def _rows() -> dict[str, list[Any]]:
    engine = sa.create_engine(
        tk.config["sqlalchemy.url"],
        poolclass=NullPool,
        connect_args={"connect_timeout": services.PATIENCE},
    )
    with engine.connect() as connection:
        connection.execute(sa.text("SET statement_timeout = 5000"))
        return {
            name: list(connection.execute(sa.text(query)).all())
            for name, query in _GROUPS.items()
        }


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))
