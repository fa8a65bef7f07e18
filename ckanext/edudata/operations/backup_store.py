"""The folder that backups are kept in. Pure: knows nothing of CKAN.

    objects/ab/abcdef….age      content of files, each once for all backups
    <moment>/backup.json        what belongs to this backup, with sizes and digests
    <moment>/*.age              databases, list of files, configuration

A backup is written under a name that ends in `.partial` and renamed when all of it was
read back. Everything is on the disk before that.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

FORMAT = 1
INDEX, OBJECTS, PARTIAL = "backup.json", "objects", ".partial"
_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
_OBJECT = re.compile(r"[0-9a-f]{64}")


class BusyError(Exception):
    """Another backup or restore is at work in this folder."""


class DamagedError(Exception):
    """A file of a backup is missing or not what was written; `path` in the folder."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Store:
    """A folder of backups."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others out of the folder.

        :raises BusyError: somebody is in it
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self.root / "lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BusyError from None
            yield

    def names(self) -> list[str]:
        """Backups that were finished, the oldest first."""
        if not self.root.is_dir():
            return []
        found = [path.name for path in self.root.iterdir()]
        return sorted(
            name
            for name in found
            if _NAME.fullmatch(name) and (self.root / name / INDEX).is_file()
        )

    def begin(self, name: str) -> Path:
        """The folder of a new backup; what a broken one left is cleared away."""
        for left in self.root.glob(f"*{PARTIAL}"):
            shutil.rmtree(left)
        folder = self.root / f"{name}{PARTIAL}"
        folder.mkdir(mode=0o700)
        return folder

    def finish(self, name: str, index: dict[str, Any]) -> str:
        """Name a backup as finished; the digest of its index."""
        folder = self.root / f"{name}{PARTIAL}"
        text = json.dumps(index, indent=1, sort_keys=True).encode()
        write(folder / INDEX, lambda file: file.write(text))
        sync(folder)
        folder.rename(self.root / name)
        sync(self.root)
        return hashlib.sha256(text).hexdigest()

    def index(self, name: str) -> tuple[dict[str, Any], str]:
        """What belongs to a backup, and the digest of that.

        :raises DamagedError: it cannot be read
        """
        try:
            text = (self.root / name / INDEX).read_bytes()
            found = json.loads(text)
        except (OSError, ValueError):
            raise DamagedError(f"{name}/{INDEX}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise DamagedError(f"{name}/{INDEX}")
        return found, hashlib.sha256(text).hexdigest()

    def object(self, name: str) -> Path:
        """Where the content of a file is."""
        if not _OBJECT.fullmatch(name):
            raise DamagedError(f"{OBJECTS}/?")
        return self.root / OBJECTS / name[:2] / f"{name}.age"

    def known(self) -> dict[str, list[Any]]:
        """`{object: [digest, size]}` of all finished backups."""
        found: dict[str, list[Any]] = {}
        for name in self.names():
            with contextlib.suppress(DamagedError):
                found |= self.index(name)[0]["objects"]
        return found

    def check(self, name: str, partial: bool = False) -> None:
        """Read all of a backup again and compare it with what was written.

        :raises DamagedError: naming the first that differs
        """
        folder = self.root / (f"{name}{PARTIAL}" if partial else name)
        index, _ = self.index(folder.name)
        for part, (digest, size) in index["parts"].items():
            if Path(part).name != part or not same(folder / part, digest, size):
                raise DamagedError(f"{name}/{part}")
        for key, (digest, size) in index["objects"].items():
            if not same(self.object(key), digest, size):
                raise DamagedError(f"{OBJECTS}/{key[:2]}/{key}.age")

    def forget(self, keep: int) -> list[str]:
        """Remove all but the newest backups, and what no other needs; their names."""
        gone = self.names()[: -max(keep, 1)]
        for name in gone:
            # Its index first: what is left then counts as no backup.
            (self.root / name / INDEX).unlink()
            shutil.rmtree(self.root / name)
        try:
            indexes = [self.index(name)[0] for name in self.names()]
        except DamagedError:  # nobody knows what it needs
            return gone
        needed = {key for index in indexes for key in index["objects"]}
        for path in (self.root / OBJECTS).glob("??/*"):
            if path.stem not in needed:
                path.unlink()
        return gone


def write(path: Path, fill: Callable[[IO[bytes]], Any]) -> Any:
    """Write a file, whole or not at all, and on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            found = fill(file)
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(OSError):  # read back from the disk, not memory
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return found


def same(path: Path, digest: str, size: int) -> bool:
    """Whether a file is what was written."""
    try:
        if path.stat().st_size != size:
            return False
        with open(path, "rb") as file:
            found = hashlib.sha256()
            while chunk := file.read(1 << 20):
                found.update(chunk)
            return found.hexdigest() == digest
    except FileNotFoundError:
        return False


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
