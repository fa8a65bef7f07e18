"""Both databases at one moment, while others write and tables change their names."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import pytest

from ckanext.edudata.operations import backup_dumps, backup_moment, backup_programs
from ckanext.edudata.operations.backup_errors import BackupError

pytestmark = [
    pytest.mark.promise(6),
    pytest.mark.clause("8.1.4.9 a"),
    pytest.mark.usefixtures("with_plugins"),
]

WRITERS = 3
TABLES = ("zz_moment", "zz_first", "zz_second")


def urls() -> tuple[str, str]:
    return tk.config["sqlalchemy.url"], tk.config["ckan.datastore.write_url"]


def run(url: str, *statements: str) -> None:
    connection = psycopg2.connect(**backup_programs.arguments(url))
    with contextlib.closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


@pytest.fixture
def busy() -> Iterator[list[int]]:
    """Writers that put each number into CKAN's database first, then into the
    DataStore's; and one that swaps two tables of the DataStore all the time, as a
    release does."""
    gone = [f"DROP TABLE IF EXISTS {name}" for name in (*TABLES, "zz_aside")]
    for url in urls():
        run(url, *gone, "CREATE TABLE zz_moment (writer int, number int)")
    run(
        urls()[1],
        "CREATE TABLE zz_first AS SELECT 1 AS which FROM generate_series(1, 1000)",
        "CREATE TABLE zz_second AS SELECT 2 AS which FROM generate_series(1, 2000)",
    )
    stop, written = threading.Event(), [0] * WRITERS
    threads = [
        threading.Thread(target=_write, args=(n, stop, written)) for n in range(WRITERS)
    ]
    threads.append(threading.Thread(target=_swap, args=(stop,)))
    for thread in threads:
        thread.start()
    while min(written) < 20:
        time.sleep(0.01)
    yield written
    stop.set()
    for thread in threads:
        thread.join()
    for url in urls():
        run(url, *gone)


def _write(writer: int, stop: threading.Event, written: list[int]) -> None:
    connections = [psycopg2.connect(**backup_programs.arguments(url)) for url in urls()]
    while not stop.is_set():
        for connection in connections:
            with connection, connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO zz_moment VALUES (%s, %s)", [writer, written[writer]]
                )
        written[writer] += 1
    for connection in connections:
        connection.close()


def _swap(stop: threading.Event) -> None:
    while not stop.wait(0.15):
        run(
            urls()[1],
            "ALTER TABLE zz_first RENAME TO zz_aside; "
            "ALTER TABLE zz_second RENAME TO zz_first; "
            "ALTER TABLE zz_aside RENAME TO zz_second",
        )


def rows(programs: Any, dump: backup_dumps.Dump, table: str) -> list[str]:
    """Rows of a table in a dump."""
    command = [programs / "pg_restore", "--data-only", "-f", "-", "-t", table]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        found, _ = process.communicate(everything(dump))
    lines = found.decode().splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("COPY"))
    return lines[begin + 1 : lines.index("\\.")]


_read: dict[int, bytes] = {}


def everything(dump: backup_dumps.Dump) -> bytes:
    if id(dump) not in _read:
        content = b""
        while chunk := dump.read(1 << 16):
            content += chunk
        _read[id(dump)] = content
    return _read[id(dump)]


def test_both_are_of_one_moment_while_all_write(busy: list[int]) -> None:
    for _ in range(3):
        before = list(busy)
        with backup_dumps.begun(*urls()) as (moment, dumps, programs):
            assert moment.ckan.snapshot == moment.datastore.snapshot
            time.sleep(0.1)  # they go on writing meanwhile
            first, second = (rows(programs, d, "zz_moment") for d in dumps.values())
            for writer in range(WRITERS):
                mine = [
                    sum(line.startswith(f"{writer}\t") for line in half)
                    for half in (first, second)
                ]
                # What is in the DataStore is in CKAN's database too, and of each
                # writer at most the one number on its way between the two is not.
                assert 0 <= mine[0] - mine[1] <= 1
                assert mine[0] >= before[writer]
            assert sum(busy) > sum(before)
            counts = {
                name: set(rows(programs, dumps["datastore"], name))
                for name in ("zz_first", "zz_second")
            }
            # Each table whole under one of the two names: none twice, none empty.
            assert sorted(map(sorted, counts.values())) == [["1"], ["2"]]
            _read.clear()


def test_snapshots_taken_one_after_the_other_are_of_two_moments(
    busy: list[int],
) -> None:
    """Why they are compared: what the test above would find without."""
    torn = 0
    for _ in range(50):
        found = []
        for url in urls():
            connection = psycopg2.connect(**backup_programs.arguments(url))
            with contextlib.closing(connection), connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_snapshot()::text")
                found.append(cursor.fetchone())
        torn += found[0] != found[1]
    assert torn


def test_two_servers_have_no_moment_in_common(monkeypatch: Any) -> None:
    monkeypatch.setattr(backup_moment, "_SERVER", "SELECT pg_backend_pid()::text, 18")
    with pytest.raises(BackupError), backup_moment.taken(*urls()):
        pass
