"""Imports as jobs: killed, taken over, overtaken by others; nothing is half written."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs

from ckanext.edudata.catalog import bulk_imports, imports
from ckanext.edudata.catalog.model_imports import Import
from tests.catalog.test_imports import HEAD, brought, confirmed, line, made, shown

pytestmark = pytest.mark.article(16)

ROOT = Path(__file__).parents[2]

#: A worker that takes the import up and stops for good in the middle of its writing.
_WORKER = """
import os, sys, time
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
app = make_app(CKANConfigLoader(sys.argv[1]).get_config())
from ckanext.edudata.catalog import bulk_imports, imports
create = bulk_imports.create
def stops(descriptions, user):
    ids = create(descriptions, user)
    print("written", flush=True)
    time.sleep(600)
    return ids
bulk_imports.create = stops
with app._wsgi_app.app_context() if hasattr(app, "_wsgi_app") else app.app_context():
    imports.run(sys.argv[2])
"""


def entries() -> int:
    return model.Session.scalar(
        sa.text("SELECT count(*) FROM package WHERE type = 'entry'")
    )


def waits(portal: Any, monkeypatch: pytest.MonkeyPatch, rows: int = 3) -> Any:
    """An import that was confirmed and waits for a worker."""
    jobs.get_queue("edudata").empty()
    found = brought(portal, made([HEAD, *(line(f"第{n}项") for n in range(rows))]))
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    portal.act(
        "edudata_import_run", portal.compiler, id=found["id"], sha256=found["sha256"]
    )
    return found


def silent(import_id: str) -> None:
    ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5)
    model.Session.execute(
        sa.update(Import).where(Import.id == import_id).values(beat_at=ago)
    )
    model.Session.commit()


def test_a_killed_worker_leaves_nothing_and_another_finishes(
    portal: Any, monkeypatch: pytest.MonkeyPatch, pytestconfig: Any
) -> None:
    found = waits(portal, monkeypatch)
    assert len(jobs.get_queue("edudata").jobs) == 1
    ini = str(Path(pytestconfig.getoption("ckan_ini")).resolve())
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, ini, found["id"]],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == b"written"
    assert shown(portal, found["id"])["state"] == "writing"
    assert entries() == 0
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    time.sleep(0.5)
    assert entries() == 0
    # While it may still be alive nobody takes it over.
    imports.run(found["id"])
    assert entries() == 0
    silent(found["id"])
    queued = tk.get_action("edudata_import_requeue")({"ignore_auth": True}, {})
    assert queued == [found["id"]]
    imports.run(found["id"])
    done = shown(portal, found["id"])
    assert (done["state"], done["settled"], entries()) == ("done", True, 3)


def test_of_two_workers_one_finishes(
    portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = waits(portal, monkeypatch)
    create = bulk_imports.create

    def overtaken(descriptions: Any, user: str) -> list[str]:
        ids = create(descriptions, user)
        with model.ensure_engine().begin() as connection:
            # Thought dead: another one has taken the import over.
            connection.execute(sa.update(Import.__table__).values(token="another"))
        return ids

    monkeypatch.setattr(bulk_imports, "create", overtaken)
    imports.run(found["id"])
    assert entries() == 0
    assert shown(portal, found["id"])["state"] == "writing"
    monkeypatch.setattr(bulk_imports, "create", create)
    silent(found["id"])
    imports.run(found["id"])
    imports.run(found["id"])
    assert entries() == 3


def test_what_a_kill_left_without_index_follows(
    portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = waits(portal, monkeypatch)

    def killed(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(imports, "settle", killed)
        with pytest.raises(SystemExit):
            imports.run(found["id"])
    model.Session.rollback()
    assert entries() == 3
    query = {"q": "第1项", "include_private": True}
    assert not portal.act("package_search", portal.compiler, **query)["results"]
    silent(found["id"])
    tk.get_action("edudata_import_requeue")({"ignore_auth": True}, {})
    imports.run(found["id"])
    assert portal.act("package_search", portal.compiler, **query)["results"]
    checks = sa.text("SELECT count(*) FROM edudata_check")
    assert model.Session.scalar(checks) == 3


def test_entries_changed_meanwhile_stop_it(portal: Any) -> None:
    entry = portal.entry(title="名录")
    head = ["id", "名称", "更新周期"]
    new = line("另一项")
    head += [h for h in HEAD if h not in head]
    rows = [[entry["id"], "名录", "每月"], ["", "另一项", "每年"]]
    rows[0] += [{"数据归属单位": "徐汇区教育局"}.get(h, "") for h in head[3:]]
    rows[1] += [new[HEAD.index(h)] for h in head[3:]]
    short = made([head[:3], rows[0][:3]])
    found = brought(portal, short)
    assert found["counts"] == {"changed": 1, "stray": 0}
    portal.act("package_patch", portal.compiler, id=entry["id"], notes="别人改过")
    stale = confirmed(portal, found)
    assert stale["state"] == "stale"
    kept = portal.act("package_show", portal.compiler, id=entry["id"])
    assert (kept["update_cycle"], kept["notes"]) == ("annual", "别人改过")
    portal.act("edudata_import_check", portal.compiler, id=found["id"])
    done = confirmed(portal, found)
    assert done["state"] == "done"
    kept = portal.act("package_show", portal.compiler, id=entry["id"])
    assert (kept["update_cycle"], kept["notes"]) == ("monthly", "别人改过")


def test_the_same_sheet_twice_makes_nothing_twice(portal: Any) -> None:
    book = made([HEAD, line("课程表")])
    first, second = brought(portal, book), brought(portal, book)
    assert confirmed(portal, first)["state"] == "done"
    assert confirmed(portal, second)["state"] == "stale"
    assert entries() == 1
    with pytest.raises(tk.ValidationError):
        portal.act(
            "edudata_import_run",
            portal.compiler,
            id=first["id"],
            sha256=first["sha256"],
        )


def test_a_role_that_ended_stops_it(portal: Any) -> None:
    found = brought(portal, made([HEAD, line("课程表")]))
    for role in portal.act("edudata_role_list", portal.compiler):
        tk.get_action("edudata_role_end")(
            {"ignore_auth": True, "user": "default"}, {"id": role["id"]}
        )
    with pytest.raises(tk.NotAuthorized):
        portal.act(
            "edudata_import_run",
            portal.compiler,
            id=found["id"],
            sha256=found["sha256"],
        )
    model.Session.execute(
        sa.update(Import).values(state="writing", token=None, beat_at=None)
    )
    model.Session.commit()
    imports.run(found["id"])
    assert entries() == 0
    assert imports.get(found["id"]).state == "stale"
