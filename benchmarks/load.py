"""The public under load: anonymous browsing and searching against stock CKAN.

    ./portal test benchmarks/load.py -s

Both sides are served from the same database and index with the same data, by the same
server, with the same plugins but ours; the portal with all its guards, its limits
counting (with budgets that the bench does not use up) and its cache. Visitors ask at
the same time and take turns between the sides. Each address is asked as *new* (nothing
kept: its query is asked by nobody else) and as *kept*. Then the portal alone is asked
for EDUDATA_BENCHMARK_MINUTES (20 for a figure, 0 by default), and its memory watched.
Other settings: `benchmarks/pages.py`, and EDUDATA_BENCHMARK_VISITORS, default 2.
"""

from __future__ import annotations

import configparser
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from benchmarks.pages import (
    DATASETS,
    LOADED,
    RUNS,
    UNITS,
    Copies,
    Server,
    make_datasets,
    make_units,
    quantile,
    stock_ini,
)
from tests.conftest import clean_db, portal  # noqa: F401

VISITORS = int(os.environ.get("EDUDATA_BENCHMARK_VISITORS", "2"))
MINUTES = float(os.environ.get("EDUDATA_BENCHMARK_MINUTES", "0"))
KEPT_MOST, NEW_MOST = 0.5, 1.10
WARM = 3
BUDGET = 10_000_000


def guarded_ini(ini: Path, folder: Path) -> Path:
    """The tests' configuration with the limits on, as a site has them."""
    read = configparser.RawConfigParser()
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(ini, "utf-8")
    # While testing CKAN opens a connection to the database for each question.
    read["DEFAULT"]["testing"] = "false"
    for kind in ("address", "all", "account", "token", "entrance"):
        read["app:main"][f"ckanext.edudata.limits.{kind}"] = str(BUDGET)
    read["app:main"]["ckanext.edudata.cache.new_a_minute"] = str(BUDGET)
    target = folder / "portal.ini"
    with target.open("w", encoding="utf-8") as stream:
        read.write(stream)
    return target


def asked(
    server: Server, path: Callable[[int], str], numbers: range, visitors: Any
) -> list[float]:
    return list(visitors.map(lambda number: server.get(path(number)), numbers))


def memory(server: Server) -> int:
    """Resident memory of the server and its workers, in MB."""
    process = server.program.process
    assert process is not None
    own = process.pid
    found = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if own in (int(lines["PPid"]), int(status.parent.name)):
            found += int(lines.get("VmRSS", "0 kB").split()[0])
    return found // 1024


def pages(name: str) -> dict[str, tuple[Callable[[int], str], bool]]:
    """`{label: (address by number, whether a query of its own makes it new)}`."""
    return {
        "home": (lambda n: "/", True),
        "all datasets": (lambda n: "/dataset/", True),
        "a dataset": (lambda n: f"/dataset/{name}-{n % LOADED}", True),
        "a school": (lambda n: f"/organization/school-{n % 90}", True),
        "search": (lambda n: f"/dataset/?q={n % 900}", True),
        "package_search": (
            lambda n: f"/api/3/action/package_search?q={n % 900}",
            False,
        ),
        "package_show": (
            lambda n: f"/api/3/action/package_show?id={name}-{n % LOADED}",
            False,
        ),
    }


def fresh(path: str, number: int) -> str:
    """The same question under an address that nobody asked."""
    return f"{path}{'&' if '?' in path else '?'}_={number}"


def test_load(portal: Any, tmp_path: Path, pytestconfig: Any, capsys: Any) -> None:  # noqa: F811
    copies = Copies(portal)
    make_datasets(copies, make_units(portal))
    ini = Path(pytestconfig.getoption("ckan_ini")).resolve()
    guarded = guarded_ini(ini, tmp_path)
    servers = {
        "portal": Server(guarded, tmp_path, "portal"),
        "stock": Server(stock_ini(guarded, tmp_path), tmp_path, "stock"),
    }
    lines = [
        describe("ckan"),
        f"{UNITS} units, {DATASETS} datasets and as many entries; {VISITORS} visitors "
        f"at the same time, {RUNS} requests of each",
    ]
    missed = []
    visitors = ThreadPoolExecutor(VISITORS)
    try:
        for server in servers.values():
            server.ready()
        for label, (path, by_query) in pages(copies.dataset["name"]).items():
            for state, most in (("new", NEW_MOST), ("kept", KEPT_MOST)):

                def address(
                    number: int, path: Any = path, by: bool = by_query, s: str = state
                ) -> str:
                    if s == "kept":
                        return path(0)
                    return fresh(path(number), number) if by else path(number)

                times: dict[str, list[float]] = {side: [] for side in servers}
                for server in servers.values():
                    for number in range(WARM):
                        server.get(address(-number - 1))
                for start in range(0, RUNS, VISITORS):
                    numbers = range(start, start + VISITORS)
                    for side, server in servers.items():
                        times[side] += asked(server, address, numbers, visitors)
                middle = {s: statistics.median(t) for s, t in times.items()}
                late = {s: quantile(t, 0.95) for s, t in times.items()}
                ratios = [m["portal"] / m["stock"] for m in (middle, late)]
                missed += [f"{label} ({state})"] if max(ratios) > most else []
                lines.append(
                    f"  {label:15} {state:5} {middle['portal'] * 1000:7.1f} ms, stock "
                    f"{middle['stock'] * 1000:7.1f}; 95 %: {late['portal'] * 1000:7.1f}"
                    f", {late['stock'] * 1000:7.1f}; x {ratios[0]:.2f}, {ratios[1]:.2f}"
                )
        lines.append(f"above what was aimed at: {', '.join(missed) or 'none'}")
        lines += _watched(servers["portal"], pages(copies.dataset["name"]), visitors)
    finally:
        visitors.shutdown()
        for server in servers.values():
            server.program.stop()
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def _watched(server: Server, mix: dict[str, Any], visitors: Any) -> list[str]:
    """Memory of the portal while it is asked for some minutes, kept and new mixed."""
    if not MINUTES:
        return []
    seen, number = [memory(server)], 0
    begun = time.monotonic()
    while time.monotonic() < begun + 60 * MINUTES:
        for path, by_query in mix.values():
            number += VISITORS
            asked(
                server,
                lambda n, path=path, by=by_query: (
                    fresh(path(n), n) if by and n % 3 == 0 else path(n)
                ),
                range(number, number + VISITORS),
                visitors,
            )
        if time.monotonic() > begun + 60 * MINUTES * len(seen) / 10:
            seen.append(memory(server))
    return [f"memory in {MINUTES:g} minutes, {number} requests, MB: {seen}"]
