"""Recovery to a point in time with PostgreSQL's own tools, as the page on recovery
describes it: both databases come back as of the same point."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ckanext.edudata.operations import backup_drill_place, backup_programs

pytestmark = [pytest.mark.promise(6), pytest.mark.clause("8.1.4.9 a")]
DATABASES = ("ckan", "datastore")


class Server:
    """A PostgreSQL of the test's own, archiving its log."""

    def __init__(self, root: Path) -> None:
        names = ("initdb", "postgres", "pg_basebackup", "pg_verifybackup")
        self.programs = backup_programs.folder(1, names)
        self.root, self.archive = root, root / "archive"
        self.stepped: dict[str, Any] = {"cwd": "/"}
        if os.geteuid() == 0:
            user = backup_drill_place._somebody()
            os.chown(root, user.pw_uid, user.pw_gid)
            ids = {"user": user.pw_uid, "group": user.pw_gid}
            self.stepped |= {**ids, "extra_groups": []}
        self.run("mkdir", str(self.archive))

    def run(self, *command: str | Path) -> None:
        known = self.programs / str(command[0])
        program = known if known.exists() else command[0]
        done = subprocess.run(
            [program, *command[1:]], capture_output=True, check=False, **self.stepped
        )
        assert done.returncode == 0, done.stderr[-500:]

    @contextlib.contextmanager
    def up(self, data: Path) -> Iterator[None]:
        archive = f"archive_command=test ! -f {self.archive}/%f && cp %p {self.archive}"
        settings = ["listen_addresses=", "archive_mode=on", "fsync=off"]
        settings.append(archive + "/%f")
        options = [word for one in settings for word in ("-c", one)]
        process = subprocess.Popen(
            [self.programs / "postgres", "-D", data, "-k", self.root, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.stepped,
        )
        try:
            backup_drill_place._wait(self.root, process)
            yield
        finally:
            backup_drill_place._stop(process)

    def ask(self, database: str, query: str) -> list[Any]:
        connection = psycopg2.connect(
            host=str(self.root), user="postgres", dbname=database
        )
        with contextlib.closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query)
                return [row[0] for row in cursor.fetchall()]


def test_both_databases_come_back_as_of_the_same_point() -> None:
    with tempfile.TemporaryDirectory(prefix="edudata-pitr-") as folder:
        server = Server(Path(folder))
        live, base = server.root / "live", server.root / "base"
        server.run("initdb", "-D", live, "-U", "postgres", "--auth=trust", "--no-sync")
        with server.up(live):
            for database in DATABASES:
                connection = psycopg2.connect(
                    host=folder, user="postgres", dbname="postgres"
                )
                connection.autocommit = True
                connection.cursor().execute(f"CREATE DATABASE {database}")
                connection.close()
                server.ask(database, "CREATE TABLE t (v text); SELECT 1")
            source = ["-h", folder, "-U", "postgres", "-D", base]
            server.run("pg_basebackup", *source, "-X", "stream", "-c", "fast")
            server.run("pg_verifybackup", base)
            write = "INSERT INTO t VALUES ('{}') RETURNING 1"
            for database in DATABASES:
                server.ask(database, write.format("A"))
            server.ask("postgres", "SELECT pg_create_restore_point('wanted')")
            for database in DATABASES:
                server.ask(database, write.format("B"))
            wal = server.ask("postgres", "SELECT pg_walfile_name(pg_switch_wal())")[0]
            end = time.monotonic() + 30
            while not (server.archive / wal).exists():
                assert time.monotonic() < end
                time.sleep(0.1)
        with open(base / "postgresql.auto.conf", "a") as file:
            file.write(
                f"restore_command = 'cp {server.archive}/%f %p'\n"
                "recovery_target_name = 'wanted'\n"
                "recovery_target_action = 'promote'\n"
            )
        server.run("touch", str(base / "recovery.signal"))
        with server.up(base):
            for database in DATABASES:
                end = time.monotonic() + 30
                while server.ask(database, "SELECT pg_is_in_recovery()")[0]:
                    assert time.monotonic() < end
                    time.sleep(0.1)
                assert server.ask(database, "SELECT v FROM t") == ["A"]
