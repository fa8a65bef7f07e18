"""Killed at any point of mixed lives: promises hold, nothing lost, nothing doubled.

A child does what the web server and the worker do until it is killed with -9, or the
database ends its sessions under it. Then the sweep runs, as it does every minute, and
the person takes the life up again. The long run kills the services of a whole portal:
`benchmarks/faults.py`.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import time
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine

from ckanext.edudata import settings, storage
from ckanext.edudata.audit import proving
from ckanext.edudata.catalog import imports
from ckanext.edudata.desensitization import jobs
from ckanext.edudata.desensitization.model import Check
from tests.operations import holding, living

pytestmark = [pytest.mark.promise(1, 2, 3, 5, 6), pytest.mark.slow]

SEED = int(os.environ.get("EDUDATA_FAULTS_SEED", "7"))
#: Where each life is broken off, and how: `kill` is -9, `sessions` the database's end.
BREAKS = (
    ("open", "upload", "kill"),
    ("open", "check", "kill"),
    ("open", "submit", "sessions"),
    ("open", "approve", "kill"),
    ("open", "release", "kill"),
    ("open", "release", "sessions"),
    ("conditional", "check", "sessions"),
    ("conditional", "grant", "kill"),
    ("conditional", "read", "kill"),
    ("import", "bring", "kill"),
    ("import", "write", "kill"),
    ("import", "confirm", "kill"),
)


class Hands:
    """People and workers of one process."""

    def __init__(self, portal: Any) -> None:
        self.portal = portal

    def act(self, action: str, who: str, /, upload: Any = None, **data: Any) -> Any:
        if action == "look":
            query = "SELECT id FROM package WHERE type = 'entry' AND title = :title"
            return model.Session.execute(sa.text(query), data).scalar()
        if upload:
            data["upload"] = self.portal.file(*upload)
        return self.portal.act(action, getattr(self.portal, who), **data)

    def work(self) -> None:
        # Killed ones too, as the sweep gives them to the worker; it takes what is free.
        waiting = sa.select(Check.id).where(Check.state.in_(["queued", "running"]))
        tried: set[str] = set()
        while more := set(model.Session.scalars(waiting)) - tried:
            for check in sorted(more):
                jobs.run_check(check)
            tried |= more
        for row in list(model.Session.scalars(sa.select(imports.Import.id))):
            imports.run(row)


def alone() -> None:
    """No connection and no child that another process has too."""
    model.Session.remove()
    for engine in (model.ensure_engine(), get_write_engine(), get_read_engine()):
        engine.dispose()
    while jobs._warm:
        jobs._warm.pop().close()


def begun(hands: Hands, life: living.Life) -> tuple[int, int]:
    """A process that lives the life and tells each step; its id, and where it tells."""
    alone()
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    told = lambda word: os.write(write, f"{word}\n".encode())  # noqa: E731
    try:
        for _ in range(2):
            # A person whose page did not come tries once more.
            with contextlib.suppress(Exception):
                living.live(life, hands.act, hands.work, told)
                told("end")
                break
            model.Session.remove()
    finally:
        os._exit(0)


def broken_off(pid: int, read: int, step: str, way: str, pause: float) -> list[str]:
    """Break the process off in a step; the steps it told."""
    told = b""
    deadline = time.monotonic() + 30
    while f"{step}\n".encode() not in told and time.monotonic() < deadline:
        if select.select([read], [], [], 1)[0]:
            more = os.read(read, 4096)
            if not more:
                break
            told += more
    time.sleep(pause)
    if way == "sessions":
        end_sessions()
        time.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(read)
    return told.decode().split()


def end_sessions() -> None:
    """As the database does when it is shut down: sessions end where they are."""
    ending = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN "
        "(current_database(), :other) AND pid <> pg_backend_pid() "
        "AND usename = current_user"
    )
    with model.ensure_engine().connect() as connection:
        connection.execute(ending, {"other": get_write_engine().url.database})
    alone()


def ask(query: str) -> list[Any]:
    model.Session.rollback()
    return list(model.Session.execute(sa.text(query)).all())


def swept(cli: Any) -> None:
    """The sweep, as if the minutes after which a run counts as killed had gone by."""
    for table, state in (
        ("check", "= 'running'"),
        ("import", "IN ('checking','writing')"),
    ):
        model.Session.execute(
            sa.text(
                f"UPDATE edudata_{table} SET beat_at = now() - interval '1 hour' "
                f"WHERE state {state}"
            )
        )
    model.Session.commit()
    result = cli.invoke(ckan, ["edudata", "sweep"])
    assert result.exit_code == 0, result.output
    model.Session.remove()


def test_broken_off_anywhere(portal: Any, cli: Any) -> None:
    hands, chance = Hands(portal), random.Random(SEED)
    portal.act("edudata_applicant_update", portal.researcher, **living.PROFILE)
    unit = portal.bureau
    lives, told = [], []
    for number, (kind, step, way) in enumerate(BREAKS):
        life = living.Life(number, kind, unit["id"], unit["title"])
        pause = chance.uniform(0, 0.35)
        told += (now := broken_off(*begun(hands, life), step, way, pause))
        assert step in now, (kind, now)
        # Even before anything is put right nothing is out that must not be.
        assert holding.broken(ask) == {}, (kind, step, way)
        swept(cli)
        assert holding.broken(ask) == {}, (kind, step, way)
        lives.append(life)
    for life in lives:
        living.live(life, hands.act, hands.work, told.append)
    swept(cli)
    hands.work()
    assert holding.broken(ask) == {}
    assert holding.unsettled(ask) == {}
    whole(portal, lives, told.count("got"))
    assert proving.seal()["stopped"] is None
    assert proving.verify([], actor_id=None).proven


def whole(portal: Any, lives: list[living.Life], reads: int) -> None:
    """All that was answered is there, once, with all its rows."""
    released = [life for life in lives if life.kind != "import"]
    found = {
        row.dataset: row
        for row in ask(
            "SELECT p.name AS dataset, s.resource_id, s.row_count, s.file_digest, "
            "r.opening_class FROM edudata_release r "
            "JOIN package p ON p.id = r.dataset_id JOIN edudata_released_resource s "
            "ON s.release_id = r.id WHERE r.state = 'live' AND s.kind <> 'sample'"
        )
    }
    assert sorted(found) == sorted(life.answered["release"] for life in released)
    for life in released:
        row = found[life.answered["release"]]
        assert row.row_count == life.rows()
        if life.kind == "open":
            asked = {"resource_id": row.resource_id, "limit": 0}
            assert portal.act("datastore_search", None, **asked)["total"] == life.rows()
            assert storage.kept(row.file_digest, settings.RELEASED)
        else:
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                portal.act("datastore_search", None, resource_id=row.resource_id)
    assert ask("SELECT count(*) FROM edudata_delivery")[0][0] >= reads > 0
    assert ask("SELECT count(*) FROM edudata_grant")[0][0] == sum(
        life.kind == "conditional" for life in lives
    )
    brought = sum(3 for life in lives if life.kind == "import")
    entries = ask("SELECT count(*) FROM package WHERE title LIKE '故障%之%'")[0][0]
    assert entries == brought
    public = portal.act("package_search", None, q="*:*", rows=100)["results"]
    assert sorted(hit["name"] for hit in public) == sorted(found)
