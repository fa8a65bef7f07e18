"""Alarms reach the people whose roles must know, and a full disk is refused clearly."""

from __future__ import annotations

import errno
import os
import time

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.guard import away
from ckanext.edudata.operations import services, watch
from ckanext.edudata.operations.model import Event
from tests.conftest import give


@pytest.fixture(autouse=True)
def forgetful():
    services.forget()
    yield
    services.forget()


def rows(kind):
    model.Session.rollback()
    return model.Session.scalars(sa.select(Event).where(Event.kind == kind)).all()


@pytest.mark.clause("8.1.4.4 e")
def test_an_alarm_is_told_once_seen_on_record_and_over(
    portal, app, ckan_config, monkeypatch
):
    guard, operator = factories.User(name="guard"), factories.User(name="operator")
    give(guard, "security_admin", portal.commission)
    give(operator, "system_admin", portal.commission)
    monkeypatch.setitem(ckan_config, "ckan.redis.url", "redis://127.0.0.1:1/0")
    for _ in range(3):
        watch.round_()
    down = rows("service_down")
    assert [(row.times, row.detail) for row in down] == [(3, {"service": "redis"})]
    told = {
        notice.user_id
        for notice in model.Session.query(Notice).filter_by(kind="event_alarm")
    }
    assert told == {guard["id"], operator["id"]}
    monkeypatch.undo()
    watch.round_()
    watch.round_()
    assert len(rows("service_up")) == 1
    found = portal.act("edudata_event_list", guard)
    assert found["open"] == found["count"] == len(found["events"])
    for stranger in (portal.reviewer, portal.coordinator, None):
        for action, data in (
            ("edudata_event_list", {}),
            ("edudata_event_see", {"until": 1}),
            ("edudata_health_watch", {}),
        ):
            with pytest.raises(Exception, match=r"."):
                portal.act(action, stranger, **data)
    headers = {"Authorization": factories.APIToken(user=guard["name"])["token"]}
    page = app.get("/operations/events", headers=headers)
    assert page.status_code == 200
    assert "服务无响应" in page.text
    assert app.get("/operations/events", follow_redirects=False).status_code == 302
    top = found["events"][0]["id"]
    assert portal.act("edudata_event_see", guard, until=top)["seen"] > 0
    assert portal.act("edudata_event_see", guard, until=top)["seen"] == 0
    record = model.Session.query(AuditRecord).filter_by(action="event_see").one()
    assert record.actor_id == guard["id"]
    left = model.Session.query(Notice).filter_by(kind="event_alarm", done_at=None)
    assert left.count() == 0
    # What is past its time goes.
    model.Session.execute(sa.text("UPDATE edudata_event SET last_at = '2020-01-01'"))
    model.Session.commit()
    watch.round_()
    assert not rows("service_down")


@pytest.mark.promise(4)
def test_without_room_nothing_is_begun(portal, app, ckan_config, monkeypatch):
    entry = portal.entry()
    portal.upload(entry, "a.csv", "学校,学生数\n甲,900\n".encode())
    portal.approved(entry)
    reserve = "ckanext.edudata.health.reserve_mb"
    monkeypatch.setitem(ckan_config, reserve, 1 << 40)
    services.forget()
    token = factories.APIToken(user=portal.compiler["name"])["token"]
    data = {"package_id": entry["id"], "upload": portal.file("b.csv", b"x" * 100_000)}
    answer = app.post(
        "/api/3/action/resource_create", data=data, headers={"Authorization": token}
    )
    assert (answer.status_code, answer.json["success"]) == (503, False)
    assert answer.headers["Retry-After"]
    with pytest.raises(Exception, match="release"):
        portal.act("edudata_release", portal.reviewer, id=entry["id"])
    monkeypatch.undo()
    services.forget()
    assert portal.act("edudata_release", portal.reviewer, id=entry["id"])["version"]


def test_a_disk_that_fills_while_writing_is_said_so(app, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(app.flask_app.view_functions, "home.about", full)
    answer = app.get("/about", status=503)
    assert "文件存储空间不足" in answer.text
    assert answer.headers["Retry-After"] == str(away.AGAIN)


def test_what_a_full_disk_left_behind_is_removed(ckan_config, monkeypatch, tmp_path):
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(tmp_path))
    folder = tmp_path / "resources" / "abc"
    folder.mkdir(parents=True)
    for name in ("old~", "new~", "whole"):
        (folder / name).write_bytes(b"x")
    past = time.time() - 3 * 24 * 3600
    for name in ("old~", "whole"):
        os.utime(folder / name, (past, past))
    assert watch.left_behind() == 1
    assert sorted(path.name for path in folder.iterdir()) == ["new~", "whole"]
