"""An empty place to restore into for a drill: a PostgreSQL of its own, and folders.

Nothing of the site's is touched: the server listens on a socket of its own in a
temporary folder, the files go there too, and the index is filled under another site id,
which no search of the site asks for. All of it is removed afterwards.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
from ckan.config.environment import CONFIG_FROM_ENV_VARS
from ckan.lib import files
from ckan.lib.search.common import make_connection
from ckanext.datastore.cli import permissions_sql

from ckanext.edudata.operations import backup_programs
from ckanext.edudata.operations.backup_errors import BackupError

ROLES = ("ckan", "datastore_write", "datastore_read")
SITE = "edudata-drill-"
_USERS = ("edudata-portal", "postgres", "nobody")  # a server never runs as root


@dataclass
class EmptyPlace:
    """A place to restore into: its configuration file, and the child's variables."""

    ini: Path
    environment: dict[str, str]
    site_id: str
    urls: dict[str, str]


@contextlib.contextmanager
def made(postgres: int) -> Iterator[EmptyPlace]:
    """An empty place with a PostgreSQL of this major version.

    :raises BackupError: PostgreSQL's own programs are not here, or do not start
    """
    programs = backup_programs.folder(postgres, ("initdb", "postgres", "pg_ctl"))
    root = Path(tempfile.mkdtemp(prefix="edudata-drill-"))
    site_id = SITE + secrets.token_hex(4)
    try:
        root.chmod(0o711)
        with _server(programs, root / "pg") as urls:
            yield _configured(root, site_id, urls)
    finally:
        with contextlib.suppress(Exception):
            # Of drills that were killed too: no site is called so.
            make_connection().delete(q=f"site_id:{SITE}*", commit=True)
        shutil.rmtree(root, ignore_errors=True)


@contextlib.contextmanager
def _server(programs: Path, root: Path) -> Iterator[dict[str, str]]:
    root.mkdir(mode=0o700)
    stepped: dict[str, Any] = {"cwd": "/"}
    if os.geteuid() == 0:
        user = _somebody()
        os.chown(root, user.pw_uid, user.pw_gid)
        stepped |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data, log = root / "data", root.parent / "server.log"
    options = "-U postgres --auth=trust --encoding=UTF8 --no-sync --locale=C"
    process = None
    with open(log, "wb") as output:
        try:
            subprocess.run(  # noqa: S603 - PostgreSQL's own
                [programs / "initdb", "-D", data, *options.split()],
                check=True,
                stdout=output,
                stderr=output,
                **stepped,
            )
            settings = (
                "listen_addresses= fsync=off full_page_writes=off "
                "max_locks_per_transaction=512 shared_buffers=64MB"
            )
            process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own
                [programs / "postgres", "-D", data, "-k", root]
                + [word for one in settings.split() for word in ("-c", one)],
                stdout=output,
                stderr=output,
                **stepped,
            )
            _wait(root, process)
        except (OSError, subprocess.CalledProcessError):
            _stop(process)
            raise BackupError(
                tk._(
                    "No PostgreSQL could be started for the drill. Its programs have "
                    "to be in a folder that every user can read, see {setting}."
                ).format(setting=backup_programs.SETTING)
            ) from None
        try:
            yield _databases(root)
        finally:
            _stop(process)


def _somebody() -> pwd.struct_passwd:
    for name in _USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise BackupError(tk._("No user was found for the drill's PostgreSQL."))


def _wait(root: Path, process: subprocess.Popen[Any]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(host=str(root), user="postgres", dbname="postgres").close()
            return
        time.sleep(0.1)
    raise OSError


def _stop(process: subprocess.Popen[Any] | None) -> None:
    if process is None:
        return
    process.send_signal(2)  # its fast shutdown
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _databases(root: Path) -> dict[str, str]:
    """Two empty databases with their users, as CKAN's manual says."""
    main, datastore = "ckan", "datastore"
    _run(root, "postgres", *(f"CREATE ROLE {role} LOGIN" for role in ROLES))
    for name, owner in ((main, ROLES[0]), (datastore, ROLES[1])):
        _run(root, "postgres", f"CREATE DATABASE {name} OWNER {owner} ENCODING 'UTF8'")
    script = permissions_sql(main, datastore, *ROLES).splitlines()
    start = next(i for i, line in enumerate(script) if line.startswith(r"\connect"))
    _run(root, datastore, "\n".join(script[start + 1 :]))
    return {
        "sqlalchemy.url": f"postgresql://{ROLES[0]}@/{main}?host={root}",
        "ckan.datastore.write_url": f"postgresql://{ROLES[1]}@/{datastore}?host={root}",
        "ckan.datastore.read_url": f"postgresql://{ROLES[2]}@/{datastore}?host={root}",
    }


def _run(root: Path, database: str, *statements: str) -> None:
    connection = psycopg2.connect(host=str(root), user="postgres", dbname=database)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def _configured(root: Path, site_id: str, urls: dict[str, str]) -> EmptyPlace:
    """The site's own configuration, with everything that it could write to replaced."""
    storage = root / "storage"
    storage.mkdir(mode=0o700)
    values = {
        **urls,
        "ckan.site_id": site_id,
        "ckan.storage_path": str(storage),
        "ckan.webassets.path": str(root / "webassets"),
        # Nothing leaves from a drill, and nobody's anchors are written.
        "smtp.server": "",
        "ckan.mail_from": "",
        "ckanext.edudata.audit.anchors": "",
        "ckanext.edudata.audit.syslog": "",
        "ckanext.edudata.events.file": "",
        "ckanext.edudata.events.syslog": "",
        "SESSION_TYPE": "cookie",
    }
    for name in files.storages:
        prefix = f"ckan.files.storage.{name}."
        if prefix + "type" in tk.config:
            public = "public" in str(tk.config[prefix + "type"])
            values[prefix + "type"] = "ckan:fs:public" if public else "ckan:fs"
            values[prefix + "path"] = str(storage / "storages" / name)
            values[prefix + "initialize"] = "true"
    base = str(tk.config.get("__file__") or "")
    lines = [f"{key} = {value}".replace("%", "%%") for key, value in values.items()]
    ini = root / "drill.ini"
    ini.write_text(f"[app:main]\nuse = config:{base}\n" + "\n".join(lines) + "\n")
    ini.chmod(0o600)
    replaced = {
        CONFIG_FROM_ENV_VARS[key]: value
        for key, value in values.items()
        if key in CONFIG_FROM_ENV_VARS
    }
    environment = {k: v for k, v in os.environ.items() if k != "CKAN_INI"}
    return EmptyPlace(ini, environment | replaced, site_id, urls)
