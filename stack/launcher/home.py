"""Where the portal keeps what it makes: the state folder and its secrets."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .say import Trouble

SOCKET_LIMIT = 107  # bytes of a unix socket's path, Linux
LONGEST_SOCKET = "/postgres/.s.PGSQL.5432.lock"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Home:
    """The state folder of one checkout, ``.portal`` or EDUDATA_PORTAL_HOME."""

    def __init__(self, root: Path, path: Path | None = None) -> None:
        self.root = root.resolve()
        given = os.environ.get("EDUDATA_PORTAL_HOME")
        chosen = path or (Path(given) if given else self.root / ".portal")
        self.path = chosen.expanduser().absolute()
        self.ident = hashlib.sha256(str(self.path).encode()).hexdigest()[:12]

    def __getattr__(self, name: str) -> Path:
        folders = {"boot", "venv", "jars", "logs", "conf", "storage", "solr", "valkey"}
        if name in folders:
            return self.path / name
        raise AttributeError(name)

    @property
    def python(self) -> Path:
        """The interpreter of the portal's own environment."""
        return self.venv / "bin" / "python"

    @property
    def ini(self) -> Path:
        """CKAN's configuration, generated."""
        return self.conf / "ckan.ini"

    @property
    def mark(self) -> str:
        """The value by which the portal's processes are recognised as its own."""
        return f"{self.ident}:{self.path}"

    def make(self) -> None:
        """Create the folder. Root's is passable, for PostgreSQL's own user."""
        if "%" in str(self.path):
            raise Trouble(
                f"路径 {self.path} 中的 % 号 CKAN 无法处理，请换一个目录。",
                f"CKAN cannot handle the % in {self.path}; choose another folder.",
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for name in ("logs", "conf", "storage"):
                folder = self.path / name
                folder.mkdir(exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise Trouble(
                f"无法写入 {self.path}（{error.strerror}）。请换一个可写的目录："
                "EDUDATA_PORTAL_HOME=目录 ./portal demo",
                f"Cannot write to {self.path} ({error.strerror}). Choose a folder of "
                "yours: EDUDATA_PORTAL_HOME=FOLDER ./portal demo",
            ) from error

    @property
    def run(self) -> Path:
        """The folder of sockets: short, without characters that URLs escape."""
        near = self.path / "run"
        if fits(near):
            return near
        return Path(tempfile.gettempdir()) / f"edudata-{os.getuid()}-{self.ident}"

    def make_run(self) -> Path:
        """Create the folder of sockets, refusing one that is somebody else's."""
        run, mode = self.run, 0o711 if os.geteuid() == 0 else 0o700
        run.mkdir(mode=mode, exist_ok=True)
        found = run.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise Trouble(
                f"{run} 属于其他用户。请让管理员删除它，或设置 TMPDIR。",
                f"{run} belongs to somebody else. Have it removed, or set TMPDIR.",
            )
        run.chmod(mode)
        return run

    @contextlib.contextmanager
    def lock(self, name: str, wait: bool = True) -> Iterator[bool]:
        """Hold the lock ``name`` of this folder; yields whether it was got."""
        with open(self.path / f"{name}.lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def locked(self, name: str) -> bool:
        """Whether some process holds the lock ``name``."""
        with self.lock(name, wait=False) as got:
            return not got

    def read(self, name: str) -> dict[str, Any]:
        """The JSON file ``name`` of this folder, or an empty mapping."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}

    def write(self, name: str, values: dict[str, Any]) -> None:
        """Replace the JSON file ``name``, readable by its owner alone."""
        write_private(self.path / name, json.dumps(values, indent=1, sort_keys=True))

    def note(self, **values: Any) -> None:
        """Remember values between starts."""
        self.write("state.json", self.read("state.json") | values)

    def secrets(self) -> dict[str, str]:
        """The generated passwords and keys; made at the first call."""
        kept = self.read("secrets.json")
        names = (
            "secret_key csrf_key token_key applicants_key identity_key postgres "
            "ckan datastore_write datastore_read valkey solr supervisor"
        ).split()
        fresh = {name: secrets.token_urlsafe(32) for name in names}
        fresh["demo_password"] = readable_password()
        if set(fresh) - set(kept):
            kept = fresh | kept
            self.write("secrets.json", kept)
        return kept


def fits(folder: Path) -> bool:
    """Whether sockets inside the folder have paths that work everywhere."""
    longest = len(os.fsencode(f"{folder}{LONGEST_SOCKET}"))
    plain = re.fullmatch(r"[A-Za-z0-9._/-]+", str(folder))
    return longest < SOCKET_LIMIT and plain is not None


def readable_password() -> str:
    """A password a person can type: 60 random bits, all kinds of characters."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)]
    return "-".join(["Edu" + str(secrets.randbelow(90) + 10), *groups])


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def port_free(port: int) -> bool:
    """Whether a server could listen on the loopback port."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(wanted: int | None = None) -> int:
    """The wanted loopback port where it is free, else one the system chooses."""
    if wanted and port_free(wanted):
        return wanted
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
