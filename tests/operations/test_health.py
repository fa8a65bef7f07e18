"""Those who watch are told what answers and what does not, and nobody else is."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ckanext.edudata.operations import events, health, logs, metrics, services

pytestmark = [pytest.mark.usefixtures("clean_db", "with_plugins")]


@pytest.fixture(autouse=True)
def forgetful():
    for each in (services, metrics):
        each.forget()
    yield
    for each in (services, metrics):
        each.forget()


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.clause("8.1.4.4 e")
def test_each_service_is_named_and_no_secret(app, ckan_config, monkeypatch):
    assert app.get("/healthz").data == b"ok\n"
    answer = app.get("/readyz")
    found = json.loads(answer.data)
    assert answer.status_code == 200
    assert found["services"] == {
        "database": "up",
        "datastore": "up",
        "solr": "up",
        "redis": "up",
        "storage": "up",
        "mail": "off",
    }
    assert found["status"] == "ready"
    away = f"127.0.0.1:{closed_port()}"
    for key, value in {
        "ckan.datastore.read_url": f"postgresql://reader:s3cret@{away}/ds",
        "ckan.redis.url": f"redis://:s3cret@{away}/0",
        "solr_url": f"http://{away}/solr/ckan",
        "smtp.server": away,
        "ckanext.edudata.health.reserve_mb": 1 << 40,
    }.items():
        monkeypatch.setitem(ckan_config, key, value)
    services.forget()
    answer = app.get("/readyz")
    found = json.loads(answer.data)
    assert (answer.status_code, found["status"]) == (200, "degraded")
    states = found["services"]
    assert states.pop("database") == "up"
    assert states.pop("storage") == "low"
    assert set(states.values()) == {"down"}
    assert {"search", "login", "jobs", "preview", "mail"} <= set(found["degraded"])
    for secret in ("s3cret", away, "solr/"):
        assert secret.encode() not in answer.data
    monkeypatch.setitem(ckan_config, "sqlalchemy.url", f"postgresql://x:y@{away}/ckan")
    services.forget()
    assert app.get("/readyz").status_code == 503
    assert app.get("/healthz").status_code == 200


def test_only_who_watches_may_ask(app, ckan_config, monkeypatch):
    for address, expected in (
        ("127.0.0.1", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("192.0.2.7", 404),
        ("", 404),
    ):
        for path in ("/readyz", "/metrics"):
            answer = app.get(path, environ_overrides={"REMOTE_ADDR": address})
            assert answer.status_code == expected, (path, address)
    said = {"X-Forwarded-For": "127.0.0.1", "X-Real-Ip": "127.0.0.1"}
    outside = {"REMOTE_ADDR": "192.0.2.7"}
    answer = app.get("/metrics", headers=said, environ_overrides=outside)
    assert answer.status_code == 404
    monkeypatch.setitem(ckan_config, health.SETTING, ["no network", "192.0.2.0/24"])
    assert app.get("/readyz", environ_overrides=outside).status_code == 200
    assert app.post("/readyz", environ_overrides=outside).status_code == 405


def figures(app):
    metrics.forget()
    text = app.get("/metrics").data.decode()
    return {
        _key(sample): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _key(sample):
    labels = sorted(sample.labels.values())
    return (sample.name, *labels) if labels else sample.name


def missing(found):
    return sum(
        value
        for key, value in found.items()
        if key[0] == "edudata_requests_total" and key[1] == "404"
    )


def test_figures_follow_what_happens(app, portal):
    before = figures(app)
    entry = portal.entry()
    portal.upload(entry, "a.csv", "学校,学生数\n甲,900\n乙,800\n".encode())
    app.get("/dataset/there-is-none")
    events.raise_("storage_low", detail={"free_mb": 1})
    middle = figures(app)
    assert middle["edudata_checks", "queued"] >= 1
    assert middle["edudata_job_oldest_seconds", "edudata"] >= 0
    assert middle["edudata_jobs_waiting", "edudata"] >= 1
    assert middle["edudata_events", "alarm"] == 1
    assert middle["edudata_audit_unsealed_records"] > 0
    assert missing(middle) == missing(before) + 1
    portal.released(entry)
    after = figures(app)
    assert after["edudata_releases_total"] == 1
    assert after["edudata_checks", "done"] >= 1
    assert after["edudata_service_up", "database"] == 1


def test_what_is_away_leaves_the_other_figures(app, ckan_config, monkeypatch):
    away = f"127.0.0.1:{closed_port()}"
    monkeypatch.setitem(ckan_config, "ckan.redis.url", f"redis://{away}/0")
    found = figures(app)
    assert found["edudata_figures_missing", "queues"] == 1
    assert found["edudata_service_up", "redis"] == 0
    assert found["edudata_releases_total"] == 0


COUNT = """
import sys
from ckanext.edudata.operations import counters
for _ in range(int(sys.argv[1])):
    counters.REQUESTS.labels("GET", "home", "200").inc()
    counters.SECONDS.labels("home").observe(0.06)
counters.AT_WORK.inc()
"""
READ = """
import sys
from ckanext.edudata.operations import counters
for pid in sys.argv[1:]:
    counters.ended(int(pid))
with counters.figures() as registry:
    print(
        registry.get_sample_value(
            "edudata_requests_total", {"method": "GET", "area": "home", "status": "200"}
        ),
        registry.get_sample_value(
            "edudata_request_seconds_bucket", {"area": "home", "le": "0.1"}
        ),
        registry.get_sample_value("edudata_requests_in_progress"),
    )
"""


def test_processes_that_ended_are_counted_on(tmp_path):
    """Figures of three processes, two ended: the sum stays, the files do not."""
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(script, *arguments):
        command = [sys.executable, "-c", script, *map(str, arguments)]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
            said = process.communicate(timeout=60)[0]
        assert process.returncode == 0
        return process.pid, said.decode().split()

    ids = [run(COUNT, times)[0] for times in (2, 3, 5)]
    assert run(READ)[1] == ["10.0", "10.0", "3.0"]
    assert run(READ, *ids[:2])[1] == ["10.0", "10.0", "1.0"]
    left = {path.name for path in tmp_path.glob("*.db")}
    assert {"counter_ended.db", "histogram_ended.db"} < left
    assert not [name for name in left if str(ids[0]) in name or str(ids[1]) in name]


def line(**values) -> dict:
    exc_info = values.pop("exc_info", None)
    name = values.pop("name", "ckan.lib")
    record = logging.makeLogRecord({"name": name, "levelname": "INFO", **values})
    record.exc_info = exc_info
    return json.loads(logs.Lines().format(record))


@pytest.mark.clause("8.1.4.11 a")
def test_logs_hold_nobody(app, caplog, monkeypatch):
    """Our lines name view, status and time; others' lines lose what is somebody's."""
    for area in ("ckan", "ckanext"):
        monkeypatch.setattr(logging.getLogger(area), "propagate", True)
    caplog.set_level(logging.INFO, "ckanext.edudata.requests")
    caplog.set_level(logging.INFO, "ckan")
    answer = app.get("/user/zhang-san?q=13800138000")
    name = answer.headers["X-Request-Id"]
    formatter = logs.Lines()
    lines = [formatter.format(record) for record in caplog.records]
    for secret in ("zhang-san", "13800138000"):
        assert not [text for text in lines if secret in text]
    own = [json.loads(text) for text in lines if '"ms"' in text]
    assert own[0]["view"] in ("user.read", "edudata_portal.person")
    assert len(name) == 16
    app.get("/healthz", headers={"X-Request-Id": "0" * 16})
    assert logs.request_id.get() != "0" * 16
    for values in (
        {"msg": "Mail to %s failed", "args": ("a.b+c@example.com",)},
        {"msg": "Validation error: %r", "args": ("{'name': ['张三 13800138000']}",)},
        {"msg": "GET /user/edit/zhangsan?key=abc from 192.0.2.7 and 2001:db8::7:1"},
        {"msg": "(x) duplicate\nDETAIL:  Key (name)=(张三) already exists"},
        {"msg": ValueError("张三"), "exc_info": (ValueError, ValueError("张三"), None)},
        {"msg": "token eyJhbGciOi.eyJqdGkiOiJ4 of redis://:pw@host/0", "name": "stack"},
    ):
        text = json.dumps(line(**values), ensure_ascii=False)
        for secret in ("张三", "example.com", "zhangsan", "13800", "abc", "192.0"):
            assert secret not in text
        for secret in ("2001:db8", "eyJhb", ":pw@"):
            assert secret not in text
    kept = line(msg="%s rows of 0f0f0f0f-1111-4222-8333-123456789012 in %.2f s")
    assert "123456789012" in kept["message"]


def test_gunicorn_takes_the_settings():
    from gunicorn.app.wsgiapp import WSGIApplication

    before = os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    try:
        made = WSGIApplication.__new__(WSGIApplication)
        made.usage = made.prog = None
        made.load_default_config()
        made.load_config_from_module_name_or_filename(
            "python:ckanext.edudata.operations.serving"
        )
        assert made.cfg.logger_class.__name__ == "Logger"
        assert os.environ["PROMETHEUS_MULTIPROC_DIR"]
    finally:
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
        if before:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = before
