"""What a web process counts of its requests, and how those of several are summed.

Under gunicorn each process writes its figures to files in one folder
(PROMETHEUS_MULTIPROC_DIR, set by `serving`). Those of a process that has ended are
added to one file, so that the folder does not grow for as long as the site runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# When a figure began is of no use where processes come and go.
disable_created_metrics()

_own = CollectorRegistry()

REQUESTS = Counter(
    "edudata_requests",
    "Requests that were answered",
    ["method", "area", "status"],
    registry=_own,
)
SECONDS = Histogram(
    "edudata_request_seconds",
    "Time until an answer began",
    ["area"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_own,
)
AT_WORK = Gauge(
    "edudata_requests_in_progress",
    "Requests that are being answered",
    multiprocess_mode="livesum",
    registry=_own,
)


def folder() -> str:
    """Folder of the figures of all processes; empty where there is one only."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")


@contextlib.contextmanager
def figures() -> Iterator[CollectorRegistry]:
    """The figures of all processes, while nobody adds those of an ended one."""
    if not folder():
        yield _own
        return
    registry = CollectorRegistry()
    with _locked(fcntl.LOCK_SH):
        MultiProcessCollector(registry)
        yield registry


def ended(pid: int) -> None:
    """Add the figures of a process that has ended to those of the ended."""
    with _locked(fcntl.LOCK_EX):
        mark_process_dead(pid)
        for kind in ("counter", "histogram"):
            path = os.path.join(folder(), f"{kind}_{pid}.db")
            if not os.path.exists(path):
                continue
            sums = MmapedDict(os.path.join(folder(), f"{kind}_ended.db"))
            for key, value, at, _ in MmapedDict.read_all_values_from_file(path):
                sums.write_value(key, sums.read_value(key)[0] + value, at)
            sums.close()
            os.unlink(path)


def begin() -> None:
    """Forget the figures of an earlier run."""
    os.makedirs(folder(), mode=0o700, exist_ok=True)
    for path in glob.glob(os.path.join(folder(), "*.db")):
        os.unlink(path)


@contextlib.contextmanager
def _locked(how: int) -> Iterator[None]:
    with open(os.path.join(folder(), "lock"), "w") as file:
        fcntl.flock(file, how)
        yield
