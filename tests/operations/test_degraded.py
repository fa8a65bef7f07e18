"""Degraded is not down: one service after the other is shut off from a running site."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import requests
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.opening.model import Release
from ckanext.edudata.operations import services
from tests.browser.conftest import ROOT, Program, _answers
from tests.operations import forwarding

CSV = "学校,学生数\n第一小学,900\n第二小学,800\n".encode()


class Site:
    def __init__(self, url: str, doors: dict[str, Any], log: Path) -> None:
        self.url, self.doors, self.log = url, doors, log

    def get(self, path: str, session: Any = requests, **options: Any) -> Any:
        return session.get(self.url + path, timeout=60, **options)

    def state(self) -> dict[str, Any]:
        time.sleep(services.KEEP + 0.2)
        return self.get("/readyz").json()


@pytest.fixture
def site(tmp_path: Path, portal: Any) -> Iterator[Site]:
    doors, env = {}, dict(os.environ)
    for name, variable, key, make in (
        ("datastore", "CKAN_DATASTORE_READ_URL", "ckan.datastore.read_url", "postgres"),
        ("write", "CKAN_DATASTORE_WRITE_URL", "ckan.datastore.write_url", "postgres"),
        ("solr", "CKAN_SOLR_URL", "solr_url", "tcp"),
        ("redis", "CKAN_REDIS_URL", "ckan.redis.url", "tcp"),
    ):
        doors[name], env[variable] = getattr(forwarding, make)(tk.config[key])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ini = tmp_path / "site.ini"
    text = (ROOT / "test.ini").read_text()
    ini.write_text(text.replace("SESSION_TYPE = cookie", "SESSION_TYPE = redis"))
    env |= {"CKAN_INI": str(ini), "CKAN_SITE_URL": f"http://127.0.0.1:{port}"}
    web = Program(tmp_path / "web.log", env)
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--timeout", "120"]
    options += ["-c", "python:ckanext.edudata.operations.serving"]
    web.start(sys.executable, "-m", "gunicorn", *options, "stack.wsgi:application")
    try:
        _answers(f"http://127.0.0.1:{port}", web)
        yield Site(f"http://127.0.0.1:{port}", doors, web.log)
    finally:
        web.stop()
        for door in doors.values():
            door.shut()


def log_in(site: Site, name: str, password: str) -> requests.Session:
    session = requests.Session()
    page = site.get("/user/login", session).text
    field = re.search(r'name="(_csrf_token)"[^>]*value="([^"]+)"', page)
    assert field
    answer = session.post(
        f"{site.url}/user/login",
        {"login": name, "password": password, field[1]: field[2]},
        timeout=60,
    )
    assert answer.status_code == 200
    return session


@pytest.mark.promise(4)
def test_what_is_away_takes_only_its_own_part(site: Site, portal: Any) -> None:
    released = portal.entry(title="开放的学校名单")
    portal.upload(released, "schools.csv", CSV)
    done = portal.released(released)
    waiting = portal.entry(title="还没有开放的名单")
    portal.upload(waiting, "schools.csv", CSV)
    portal.approved(waiting)
    dataset = tk.get_action("package_show")(
        {"ignore_auth": True}, {"id": done["dataset_id"]}
    )
    page = f"/dataset/{dataset['name']}"
    public = next(r for r in dataset["resources"] if r.get("url_type"))
    file = f"/dataset/{dataset['id']}/resource/{public['id']}/download"
    unit = f"/organization/{portal.bureau['name']}"
    factories.User(name="reader", password="Dian-shan-Hu-2026")
    session = log_in(site, "reader", "Dian-shan-Hu-2026")
    token = tk.get_action("api_token_create")(
        {"ignore_auth": True, "user": portal.reviewer["name"]},
        {"user": portal.reviewer["name"], "name": "t"},
    )["token"]

    def reads(*paths: str, who: Any = requests) -> None:
        for path in paths:
            answer = site.get(path, who)
            assert answer.status_code == 200, (path, answer.status_code)
            assert "Traceback" not in answer.text

    def release() -> Any:
        return requests.post(
            f"{site.url}/api/3/action/edudata_release",
            json={"id": waiting["id"]},
            headers={"Authorization": token},
            timeout=60,
        )

    def count() -> int:
        model.Session.rollback()
        query = sa.select(sa.func.count()).select_from(Release)
        return model.Session.scalar(query) or 0

    reads("/", page, unit, "/dataset", file)
    assert site.get("/user/edit", session, allow_redirects=False).status_code == 200

    site.doors["redis"].shut()
    found = site.state()
    assert (found["status"], found["services"]["redis"]) == ("degraded", "down")
    reads("/", page, unit, "/dataset", file)
    reads("/", page, who=session)
    known = site.get("/user/edit", session, allow_redirects=False)
    assert known.status_code in (302, 401, 403), known.status_code
    refused = release()
    assert refused.status_code in (409, 503), refused.text
    assert count() == 1
    site.doors["redis"].mend()

    site.doors["solr"].shut()
    found = site.state()
    assert found["services"]["solr"] == "down"
    reads("/", page, file)
    # A unit's page is a list out of the index: there, or said to be away.
    assert site.get(unit).status_code in (200, 503)
    answer = site.get("/dataset?q=学校")
    assert answer.status_code == 503
    assert "no-store" in answer.headers["Cache-Control"]
    assert int(answer.headers["Retry-After"]) > 0
    answer = site.get("/api/3/action/package_search?q=学校")
    assert (answer.status_code, answer.json()["success"]) == (503, False)
    assert release().status_code == 409
    site.doors["solr"].mend()

    for name in ("datastore", "write"):
        site.doors[name].shut()
    found = site.state()
    assert found["services"]["datastore"] == "down"
    reads("/", page, unit, "/dataset", file)
    assert site.get(file).content.decode("utf-8-sig").startswith("学校")
    assert release().status_code == 409
    assert count() == 1
    for name in ("datastore", "write"):
        site.doors[name].mend()

    assert site.state()["status"] == "ready"
    reads("/", page, "/dataset", file)
    assert site.get("/dataset?q=学校").status_code == 200
    answer = release()
    assert answer.status_code == 200, answer.text
    assert count() == 2
    assert "edudata_requests_total" in site.get("/metrics").text
    log = site.log.read_text()
    assert "Dian-shan" not in log
    assert "/user/reader" not in log
