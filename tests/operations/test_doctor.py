"""What is unsafe is named with its mending; production does not start with it."""

from __future__ import annotations

import datetime
import json
import secrets

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories

from ckanext.edudata.operations import (
    backup_record,
    backup_sealing,
    cli_nightly,
    doctor,
    doctor_rules_accounts,
    starting,
)
from ckanext.edudata.operations.doctor import Rule
from ckanext.edudata.operations.doctor_rules import SECRETS, loopback

SAFE = {
    "ckanext.edudata.environment": "production",
    "ckan.site_id": "edudata_test",
    "ckan.site_url": "https://data.example.org",
    "ckanext.edudata.proxy_hops": 1,
    "SESSION_TYPE": "redis",
    "PERMANENT_SESSION_LIFETIME": 1800,
    "WTF_CSRF_TIME_LIMIT": 1800,
    "WTF_CSRF_ENABLED": True,
    "SESSION_COOKIE_SECURE": True,
    "REMEMBER_COOKIE_SECURE": True,
    "ckan.plugins": ["edudata", "datastore"],
    "ckan.datastore.search.rows_max": 5000,
    "ckan.redis.url": "redis://:hidden@redis.example.org/0",
    "solr_url": "http://solr.example.org/solr/ckan",
    "solr_user": "ckan",
    "ckan.datastore.write_url": "postgresql://writer:w@db/datastore",
    "ckan.datastore.read_url": "postgresql://reader:r@db/datastore",
}


@pytest.fixture
def safe():
    config = {**SAFE, **{name: secrets.token_hex(32) for name in SECRETS}}
    config[SECRETS[3]] = config[SECRETS[2]] = f"string:{config[SECRETS[2]]}"
    return config


# The machine of the tests may log aloud, and has no virus scanner.
BESIDE = {"log-level", "malware"}


def named(config):
    by_settings = [
        rule
        for rule in doctor.rules()
        if not rule.find.__module__.endswith(("people", "backups"))
    ]
    return {rule.name for rule in by_settings if rule.find(config)}


@pytest.mark.clause("8.1.4.4")
def test_each_setting_that_is_unsafe_is_found_by_its_rule(app, safe, tmp_path):
    assert named(safe) - BESIDE == set()
    ini = tmp_path / "ckan.ini"
    ini.write_text("")
    ini.chmod(0o644)
    for change, name in (
        ({"SECRET_KEY": "short"}, "secrets"),
        ({"SECRET_KEY": "a" * 64}, "secrets"),
        ({"SECRET_KEY": ""}, "secrets"),
        ({"WTF_CSRF_SECRET_KEY": "change-me-" + "0a1b2c3d4e" * 4}, "secrets"),
        ({SECRETS[2]: "string:tests-only-tests-only-tests-only"}, "secrets"),
        ({"ckanext.edudata.identity.keys": "0123 " + "4f9a" * 16}, "secrets"),
        ({"WTF_CSRF_SECRET_KEY": safe["SECRET_KEY"]}, "shared-secrets"),
        ({"debug": "true"}, "debug"),
        ({"testing": True}, "debug"),
        ({"ckan.site_url": "http://data.example.org"}, "plain-http"),
        ({"ckanext.edudata.proxy_hops": 0}, "proxy-hops"),
        ({"__file__": str(ini)}, "readable-files"),
        ({"ckanext.edudata.environment": "demonstration"}, "environment"),
        ({"ckanext.edudata.environment": "prod"}, "environment"),
        ({doctor.ACCEPT: "debgu"}, "accepted-names"),
        ({"SESSION_TYPE": "cookie"}, "sessions"),
        ({"PERMANENT_SESSION_LIFETIME": 31_536_000}, "session-time"),
        ({"SESSION_COOKIE_SECURE": False}, "cookies"),
        ({"WTF_CSRF_ENABLED": "false"}, "csrf"),
        ({"ckan.plugins": "edudata resource_proxy"}, "plugins"),
        ({"ckan.plugins": "edudata xloader"}, "plugins"),
        ({"ckan.datastore.search.rows_max": 32_000}, "rows"),
        ({"smtp.server": "mail.example.org"}, "mail"),
        ({"email_to": "somebody@example.org"}, "error-mails"),
        ({"ckan.redis.url": "redis://redis.example.org/0"}, "redis"),
        ({"solr_user": ""}, "solr"),
        ({"ckanext.edudata.identity.second_factor": "offered"}, "second-factor"),
        ({"ckanext.edudata.identity.password_length": 8}, "accounts"),
        ({"ckanext.edudata.identity.password_days": 0}, "accounts"),
        ({"ckanext.edudata.identity.tries_account": 1000}, "accounts"),
        ({"ckanext.edudata.identity.sleep_days": 0}, "accounts"),
        ({"ckanext.edudata.health.allow": ["0.0.0.0/0"]}, "health-allow"),
        ({"ckanext.edudata.health.allow": ["10.0.0.5", "::/0"]}, "health-allow"),
        (
            {
                "ckanext.edudata.health.allow": ["127.0.0.0/8"],
                "ckanext.edudata.proxy_hops": 0,
            },
            "health-allow",
        ),
        (
            {"ckan.datastore.read_url": safe["ckan.datastore.write_url"]},
            "datastore-reader",
        ),
    ):
        assert name in named({**safe, **change}), change
    for change in (
        {"smtp.server": "mail.example.org:587", "smtp.starttls": "true"},
        {"smtp.server": "127.0.0.1:25"},
        {"ckan.redis.url": "unix:///run/valkey.sock?db=0"},
        {"ckan.redis.url": "redis://127.0.0.1:6379/0"},
        {"ckanext.edudata.health.allow": ["127.0.0.0/8", "::1", "10.0.0.0/8"]},
        {"ckanext.edudata.identity.second_factor": "obliged"},
    ):
        assert named({**safe, **change}) - BESIDE == set(), change


def test_loopback():
    assert loopback("redis://:p@127.0.0.1:1/0")
    assert loopback("localhost:25")
    assert not loopback("redis://127.0.0.1@evil.example/0")
    assert not loopback("")


def test_the_defaults_of_accounts_are_not_weak(app, ckan_config):
    assert all(name in ckan_config for name in doctor_rules_accounts.BOUNDS)
    (found,) = [each for each in doctor.rules() if each.name == "accounts"]
    assert found.find(ckan_config) is None


@pytest.mark.clause("8.1.4.9 a")
def test_backups_that_are_not_made_are_found(app, portal, safe, tmp_path):
    rules = {rule.name: rule.find for rule in doctor.rules()}
    assert cli_nightly.FOLDER in rules["backups"](safe)
    assert rules["backup-age"](safe) is None
    safe |= {cli_nightly.FOLDER: str(tmp_path), backup_sealing.SETTING: "age1x"}
    assert rules["backups"](safe) is None
    assert rules["backup-age"](safe)
    now = datetime.datetime.now(datetime.timezone.utc)
    for hours, done, found in ((30, True, True), (1, False, True), (24, True, False)):
        began = now - datetime.timedelta(hours=hours)
        backup_record.keep("backup", began, done=done, detail={})
        assert bool(rules["backup-age"](safe)) is found


@pytest.mark.clause("8.1.4.2")
def test_a_person_with_the_sysadmin_flag_is_found(app, portal, safe, monkeypatch):
    found = {each.name for each in doctor.obstacles(safe)}
    assert "sysadmin" not in found
    known = model.User.get(factories.Sysadmin()["id"])
    factories.User(email="compiler@demo.example")
    found = {each.name: each for each in doctor.obstacles(safe)}
    assert "1 " in found["sysadmin"].what
    assert known.name not in str(found["sysadmin"])
    assert {"sysadmin", "demonstration-accounts"} <= set(found)
    accepting = {**safe, doctor.ACCEPT: "sysadmin demonstration-accounts"}
    left = {each.name for each in doctor.obstacles(accepting)}
    assert not left & {"sysadmin", "demonstration-accounts"}
    for lenient in doctor.LENIENT:
        assert not doctor.obstacles({**safe, doctor.ENVIRONMENT: lenient})
    assert doctor.obstacles({**safe, doctor.ENVIRONMENT: "prod"})


@pytest.mark.clause("8.1.4.4")
def test_a_rule_that_fails_has_found_nothing_safe(app, safe, monkeypatch):
    def broken(config):
        raise OSError("postgresql://user:hidden@db")

    monkeypatch.setattr(doctor, "rules", lambda: [Rule("x", "unsafe", broken, "m")])
    with app.flask_app.test_request_context():
        found = doctor.obstacles(safe)
    assert [(each.name, each.unknown) for each in found] == [("x", True)]
    assert "hidden" not in str(found)


@pytest.mark.clause("8.1.4.4")
def test_production_serves_nothing_until_it_is_safe(app, monkeypatch, capsys):
    state = {"wrong": "debug is on"}
    rule = Rule("debug", "unsafe", lambda config: state["wrong"], "Turn it off.")
    monkeypatch.setattr(doctor, "rules", lambda: [rule])
    monkeypatch.setitem(tk.config, doctor.ENVIRONMENT, "production")
    site = app.flask_app
    monkeypatch.setattr(site, "wsgi_app", site.wsgi_app)
    monkeypatch.setattr(site, "edudata_start", None, raising=False)
    starting.install(site)
    for page in ("/about", "/api/3/action/status_show", "/user/login"):
        answer = site.test_client().get(page)
        assert answer.status_code == 503
        assert "ckan edudata doctor" in answer.text
        assert "debug" not in answer.text
    with pytest.raises(SystemExit) as ended:
        starting.refuse(site)
    assert ended.value.code == starting.HALT
    assert "debug: debug is on → Turn it off." in capsys.readouterr().err
    state["wrong"] = ""
    starting.refuse(site)
    assert site.test_client().get("/about").status_code == 200
    state["wrong"] = "debug is on"
    # Accepted by its name, it is said and not minded.
    monkeypatch.setitem(tk.config, doctor.ACCEPT, ["debug"])
    starting.refuse(site)


def test_the_command_names_each_and_fails(cli, app):
    from ckanext.edudata.cli import edudata

    told = cli.invoke(edudata, ["doctor"])
    assert told.exit_code == 1
    assert "SECRET_KEY" in told.output
    assert "→" in told.output
    rows = json.loads(cli.invoke(edudata, ["doctor", "--json"]).output)
    assert "secrets" in {row["name"] for row in rows}
    assert [row["severity"] for row in rows] == sorted(
        (row["severity"] for row in rows), key=lambda word: word != "unsafe"
    )
    assert "tests-only" not in told.output
