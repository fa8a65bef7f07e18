"""What the figures were taken on, and how they are taken."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

Result = TypeVar("Result")


def describe(*packages: str) -> str:
    """One line: processor, cores this process may use, memory, versions."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    python = platform.python_version()
    return (
        f"{platform.machine()}, {cores} cores, {memory:.0f} GiB, load "
        f"{os.getloadavg()[0]:.1f}, CPython {python}, {versions}"
    )


def measure(
    work: Callable[[], Result], runs: int
) -> tuple[Result, list[float], list[float]]:
    """The last result, CPU seconds and wall seconds of each run, in this process."""
    cpu: list[float] = []
    wall: list[float] = []
    while True:
        started, clock = time.process_time(), time.perf_counter()
        result = work()
        cpu.append(time.process_time() - started)
        wall.append(time.perf_counter() - clock)
        if len(cpu) >= runs:
            return result, cpu, wall


def spread(values: list[float], scale: float = 1.0, unit: str = "s") -> str:
    """Median, and the smallest and largest in brackets."""
    low, mid, high = min(values), statistics.median(values), max(values)
    return f"{mid * scale:.3f} {unit} [{low * scale:.3f}-{high * scale:.3f}]"
