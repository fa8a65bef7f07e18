"""Writing into the sealed audit trail against plain inserts, at 16 writers.

    ./portal test benchmarks/audit_seals.py -s

Runs as a test because it needs a portal's database. Both sides take turns in one run:
the same rows go into a table like the trail without seals, triggers or the indexes
that seals need, and into the trail itself while `ckan edudata audit seal` runs beside,
every second. Settings: EDUDATA_BENCHMARK_SECONDS, _ROUNDS, _WRITERS.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy as sa
from ckan import model

from benchmarks.machine import describe, spread
from ckanext.edudata.audit import proving, sealing, verifying
from tests.conftest import clean_db  # noqa: F401

SECONDS = float(os.environ.get("EDUDATA_BENCHMARK_SECONDS", "6"))
ROUNDS = int(os.environ.get("EDUDATA_BENCHMARK_ROUNDS", "5"))
WRITERS = int(os.environ.get("EDUDATA_BENCHMARK_WRITERS", "16"))
WORK = (0.010, 0.0)
"""Seconds that a transaction takes beside the record."""

PLAIN = "edudata_benchmark_plain"
INSERT = (
    "INSERT INTO {} (actor_id, action, outcome, object_type, object_id, unit_id,"
    " detail)"
    " VALUES (%s, 'delivery', 'done', 'grant', %s, %s, %s)"
)
ID = "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d"
DETAIL = '{"rows": 100, "sha256": "' + "ab" * 32 + '"}'


def write(table: str, work: float) -> float:
    """Records that all writers together write in a second."""
    url = model.ensure_engine().url.render_as_string(hide_password=False)
    until, counts = time.monotonic() + SECONDS, [0] * WRITERS

    def writer(number: int) -> None:
        connection = psycopg2.connect(url)
        with connection.cursor() as cursor:
            while time.monotonic() < until:
                cursor.execute(INSERT.format(table), (ID, ID, ID, DETAIL))
                if work:
                    time.sleep(work)
                connection.commit()
                counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(WRITERS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)


def plain_table() -> None:
    """The trail as it would be without seals: its columns and its own indexes."""
    with model.ensure_engine().begin() as connection:
        for statement in (
            f"DROP TABLE IF EXISTS {PLAIN}",
            f"CREATE TABLE {PLAIN} (LIKE edudata_audit INCLUDING DEFAULTS"
            " INCLUDING IDENTITY)",
            f"ALTER TABLE {PLAIN} ADD PRIMARY KEY (id)",
            f"CREATE INDEX ON {PLAIN} (object_id)",
            f"CREATE INDEX ON {PLAIN} (action)",
        ):
            connection.execute(sa.text(statement))


def caught_up() -> float:
    """Wait until all is sealed, so that the other side has the machine for itself;
    the seconds that took."""
    started = time.monotonic()
    while proving.unsealed()["records"]:
        assert time.monotonic() < started + 120, "the sealer does not seal"
        time.sleep(0.1)
    return time.monotonic() - started


def test_writing_while_it_is_sealed(
    clean_db: Any,  # noqa: F811
    with_plugins: Any,
    pytestconfig: Any,
    capsys: Any,
    tmp_path: Path,
) -> None:
    plain_table()
    ini = str(Path(pytestconfig.getoption("ckan_ini")).resolve())
    command = [Path(sys.executable).with_name("ckan"), "-c", ini, "edudata", "audit"]
    with (tmp_path / "sealer.log").open("wb") as log:
        sealer = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "seal", "--every", "1"], stderr=log, start_new_session=True
        )
    lines = [describe("ckan", "psycopg2-binary")]
    try:
        write("edudata_audit", 0.01)
        caught_up()
        for work in WORK:
            found: dict[str, list[float]] = {PLAIN: [], "edudata_audit": []}
            behind: list[float] = []
            for turn in range(ROUNDS):
                order = list(found)
                for table in order if turn % 2 else reversed(order):
                    found[table].append(write(table, work))
                    if table != PLAIN:
                        behind.append(caught_up())
            ratio = statistics.median(found["edudata_audit"]) / statistics.median(
                found[PLAIN]
            )
            lines.append(
                f"\n{WRITERS} writers, {work * 1000:.0f} ms of other work in each "
                f"transaction, {ROUNDS} turns of {SECONDS:.0f} s"
            )
            lines += [
                f"  plain inserts      {spread(found[PLAIN], 1, '/s')}",
                f"  sealed every 1 s   {spread(found['edudata_audit'], 1, '/s')}",
                f"  ratio              {ratio:.3f} (to be 0.9 or more)",
                f"  all sealed after   {spread(behind, 1, 's')} from the turn's end",
            ]
    finally:
        os.killpg(sealer.pid, signal.SIGTERM)
        sealer.wait()
    while sealing.seal().busy:
        time.sleep(0.2)  # the server still ends what the sealer had asked for
    report = verifying.verify()
    assert report.proven
    assert not report.unsealed
    lines.append(
        f"\nproof of {report.records} records in {report.blocks} blocks: "
        f"{report.seconds:.1f} s, {report.records / report.seconds:.0f} records/s"
    )
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text(f"DROP TABLE {PLAIN}"))
    with capsys.disabled():
        print("\n" + "\n".join(lines))
