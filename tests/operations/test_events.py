"""Events reach those who watch, whatever becomes of the caller (8.1.4.4)."""

from __future__ import annotations

import json
import logging
import socket

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.operations import events
from ckanext.edudata.operations.model import Event

pytestmark = [pytest.mark.usefixtures("clean_db", "with_plugins")]


def kept():
    model.Session.rollback()
    return model.Session.scalars(sa.select(Event).order_by(Event.id)).all()


@pytest.mark.clause("8.1.4.4 e")
def test_an_event_goes_all_its_ways(ckan_config, monkeypatch, tmp_path, caplog):
    path = tmp_path / "watch" / "events.jsonl"
    monkeypatch.setitem(ckan_config, "ckanext.edudata.events.file", str(path))
    # Whatever command ran before may have set logging up by the ini.
    monkeypatch.setattr(logging.getLogger("ckanext"), "propagate", True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        place = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setitem(ckan_config, "ckanext.edudata.events.syslog", place)
        with caplog.at_level(logging.INFO, "ckanext.edudata.operations.events"):
            number = events.raise_("storage_low", detail={"free_mb": 3})
        heard = server.recv(2000).decode()
    line = json.loads(path.read_text())
    assert (line["kind"], line["severity"]) == ("storage_low", "alarm")
    assert line["detail"] == {"free_mb": 3}
    assert heard.startswith("<82>edudata: ")
    assert '"storage_low"' in heard
    assert "storage_low" in caplog.text
    assert [(row.id, row.times, row.severity) for row in kept()] == [
        (number, 1, "alarm")
    ]


def test_the_same_again_is_counted_and_what_differs_is_not():
    first = events.raise_("account_locked", "warning", {"user": "a"})
    assert events.raise_("account_locked", "warning", {"user": "a"}) == first
    assert events.raise_("account_locked", "warning", {"user": "b"}) != first
    assert [row.times for row in kept()] == [2, 1]
    # What somebody has looked at already happens anew.
    model.Session.execute(sa.update(Event).values(seen_at=sa.func.now()))
    model.Session.commit()
    assert events.raise_("account_locked", "warning", {"user": "a"}) not in {
        row.id for row in kept()[:2]
    }


def test_the_caller_never_fails_and_keeps_its_transaction(monkeypatch, ckan_config):
    model.Session.execute(sa.text("CREATE TABLE edudata_apart (id int)"))
    assert events.raise_("limit_reached", detail={"n": 1}) is not None
    model.Session.rollback()
    assert len(kept()) == 1
    # Personal data and unknown words do not get in.
    events.raise_("nobody_knows", "loud", {"who": "张三 13800138000"})
    last = kept()[-1]
    assert (last.severity, last.detail) == ("warning", {"unfit": True})
    # Neither a missing disk nor a missing database is the caller's matter.
    monkeypatch.setitem(
        ckan_config, "ckanext.edudata.events.file", "/proc/none/events.jsonl"
    )
    assert events.raise_("limit_reached", detail={"n": 2}) is not None
    away = sa.create_engine("postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setattr(model, "ensure_engine", lambda: away)
    assert events.raise_("limit_reached", detail={"n": 3}) is None
