"""Whose services are used, and with what settings CKAN runs."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from ckan.cli import CKANConfigLoader
from ckan.config.declaration import Declaration
from ckan.config.declaration.key import Key

from stack.launcher import given
from stack.launcher.home import Home
from stack.launcher.pipconfig import uv_environment
from stack.launcher.say import Trouble
from stack.launcher.settings import given_services, write_ini
from stack.launcher.testing import for_tests, in_use, keep_off, redis_for_tests

GIVEN = {
    "CKAN_SQLALCHEMY_URL": "postgresql://a:b@db/ckan",
    "CKAN_DATASTORE_WRITE_URL": "postgresql://a:b@db/datastore",
    "CKAN_DATASTORE_READ_URL": "postgresql://r:b@db/datastore",
    "CKAN_SOLR_URL": "http://solr:8983/solr/ckan",
    "CKAN_REDIS_URL": "redis://redis:6379/0",
}


def test_given_services_take_the_place_of_the_portals_own() -> None:
    assert given_services({}).own == ["postgres", "valkey", "solr"]
    assert given_services(GIVEN).own == []
    only_redis = {"CKAN_REDIS_URL": GIVEN["CKAN_REDIS_URL"]}
    assert given_services(only_redis).own == ["postgres", "solr"]


@pytest.mark.parametrize(
    "missing", [name for name in GIVEN if "SQL" in name or "DA" in name]
)
def test_half_a_postgresql_is_refused_and_the_missing_half_named(missing: str) -> None:
    half = {name: url for name, url in GIVEN.items() if name != missing}
    with pytest.raises(Trouble) as caught:
        given_services(half)
    assert missing in caught.value.zh
    assert missing in caught.value.en


@pytest.mark.parametrize("url", [GIVEN["CKAN_SQLALCHEMY_URL"], GIVEN["CKAN_SOLR_URL"]])
def test_tests_never_use_the_given_database_or_core(url: str) -> None:
    changed = for_tests(url)
    assert changed != url
    assert urlsplit(changed).netloc == urlsplit(url).netloc
    assert changed.endswith("_test")
    assert for_tests(changed) == changed


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("redis://:p@h:6379/0", "/1"),
        ("redis://h:6379", "/1"),
        ("redis://h:6379/1", "/2"),
        ("unix://:p@/run/valkey.sock?db=0", "db=1"),
        ("unix:///run/valkey.sock?db=1", "db=2"),
    ],
)
def test_tests_never_use_the_given_queue(url: str, number: str) -> None:
    assert redis_for_tests(url).endswith(number)


def test_the_ini_is_complete_private_and_read_by_ckan(tmp_path: Path) -> None:
    home = Home(Path(__file__).resolve().parents[2], tmp_path / "上海 目录")
    home.make()
    path = write_ini(home, GIVEN, 5123)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    config = CKANConfigLoader(str(path)).get_config()
    assert not [value for value in config.values() if "@" in str(value)[:1]]
    assert config["ckan.storage_path"] == str(home.storage)
    assert config["sqlalchemy.url"] == GIVEN["CKAN_SQLALCHEMY_URL"]
    assert config["ckan.site_url"] == "http://127.0.0.1:5123"
    assert config["SECRET_KEY"] == home.secrets()["secret_key"]
    secrets = {config["SECRET_KEY"], config["WTF_CSRF_SECRET_KEY"]}
    secrets.add(config["api_token.jwt.encode.secret"])
    secrets.add(config["ckanext.edudata.applicants.keys"])
    assert len(secrets) == 4


@pytest.mark.parametrize("name", ["stack/ckan.ini.in", "test.ini"])
def test_every_option_of_the_inis_is_one_that_ckan_declares(name: str) -> None:
    """A misspelt option would silently leave its default in force."""
    declaration = Declaration()
    declaration.load_core_declaration()
    declaration.load_plugin("datastore")
    declaration.load_plugin("scheming_datasets")
    declaration.load_plugin("edudata")
    text = (Path(__file__).resolve().parents[2] / name).read_text(encoding="utf-8")
    section = text.split("[app:main]")[1].split("[loggers]")[0]
    options = [
        line.split("=")[0].strip()
        for line in section.splitlines()
        if "=" in line and not line.startswith(";")
    ]
    assert options
    ours = ("use", "scheming.")
    known = [o for o in options if Key.from_string(o) in declaration]
    assert [o for o in options if o not in known and not o.startswith(ours)] == []


def test_a_sites_pip_settings_reach_uv(tmp_path: Path) -> None:
    conf = tmp_path / "pip.conf"
    conf.write_text(
        "[global]\nindex-url = https://mirror.example/simple\ntimeout = 30\n"
        f"[install]\nfind-links = {tmp_path} /no/such/folder\n"
        "trusted-host = mirror.example\n"
    )
    environ = {"PIP_CONFIG_FILE": str(conf), "HOME": str(tmp_path)}
    environ["PIP_CERT"] = "/etc/ca.pem"
    found = uv_environment(environ)
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["UV_FIND_LINKS"] == str(tmp_path)
    assert found["UV_INSECURE_HOST"] == "mirror.example"
    assert found["SSL_CERT_FILE"] == "/etc/ca.pem"
    assert found["UV_HTTP_TIMEOUT"] == "30"
    environ["PIP_INDEX_URL"] = "https://other.example/simple"
    assert uv_environment(environ)["UV_DEFAULT_INDEX"] == environ["PIP_INDEX_URL"]
    environ["UV_DEFAULT_INDEX"] = "https://uv.example/simple"
    assert "UV_DEFAULT_INDEX" not in uv_environment(environ)
    assert uv_environment({"HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"}) == {}


def test_tests_keep_off_what_the_site_uses(home: Home) -> None:
    site = {"CKAN_SQLALCHEMY_URL": "postgresql://a:p%40s@db/site_test"}
    home.ini.write_text("sqlalchemy.url = postgresql://a:p%%40s@db/site_test\n")
    assert in_use(home) == site
    with pytest.raises(Trouble, match="CKAN_SQLALCHEMY_URL"):
        keep_off({"CKAN_SQLALCHEMY_URL": "postgresql://b:q@db/site_test"}, site)
    keep_off({"CKAN_SQLALCHEMY_URL": "postgresql://a:p%40s@db/site_test_test"}, site)
    keep_off({"CKAN_SQLALCHEMY_URL": "postgresql://a:p%40s@other/site_test"}, site)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("CKAN_SQLALCHEMY_URL", "postgresql://a:secret@127.0.0.1:1/ckan"),
        ("CKAN_REDIS_URL", "redis://:secret@127.0.0.1:1/0"),
        ("CKAN_SOLR_URL", "http://127.0.0.1:1/solr/ckan"),
    ],
)
def test_a_given_service_that_does_not_answer_is_named(name: str, url: str) -> None:
    with pytest.raises(Trouble) as found:
        given.check({name: url})
    assert name in found.value.en
    assert "secret" not in found.value.en + found.value.zh
