"""Both databases, dumped as they were at one moment."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations import backup_moment, backup_programs
from ckanext.edudata.operations.backup_errors import BackupError
from ckanext.edudata.operations.backup_moment import Moment, MovedError, Side

TRIES = 30
_LOCKED = ("canceling statement due to lock timeout", "could not open relation")
_GONE = ("does not exist", "deadlock detected")


class Dump:
    """pg_dump of one database at its snapshot."""

    def __init__(self, side: Side, programs: Path) -> None:
        self.side = side
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with it
        options = (
            f"--format=custom --no-owner --no-acl --no-password "
            f"--snapshot={side.exported} --lock-wait-timeout=5s"
        ).split()
        self.process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own
            [programs / "pg_dump", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=backup_programs.environment(side.url),
        )
        self.begun = b""

    def begin(self) -> None:
        """Wait for the first bytes: it writes none before it holds all tables.

        :raises MovedError: a table was changed before it could be held
        :raises BackupError: for another reason
        """
        self.begun = self._out.read(1)
        if not self.begun:
            self.end()

    def read(self, size: int = -1, /) -> bytes:
        """More of the dump; all of it was written when it ends."""
        if self.begun:
            found, self.begun = self.begun, b""
            return found
        found = self._out.read(size)
        if not found:
            self.end()
        return found

    def end(self) -> None:
        """Wait for its end, which has to be a good one."""
        if self.process.wait() == 0:
            return
        self.errors.seek(0)
        said = self.errors.read().decode("utf-8", "replace")
        if any(words in said for words in (*_LOCKED, *_GONE)):
            raise MovedError(said[-300:])
        lines = said.strip().splitlines()
        raise BackupError(
            tk._("pg_dump of the database {name} failed: {said}").format(
                name=self.side.name, said=" ".join(lines[:3])[:400]
            )
        )

    @property
    def _out(self) -> IO[bytes]:
        out = self.process.stdout
        assert out is not None  # noqa: S101 - it was asked for
        return out

    def close(self) -> None:
        """End it, wherever it is."""
        self.process.kill()
        self.process.wait()
        self._out.close()
        self.errors.close()


@contextlib.contextmanager
def begun(
    ckan_url: str, datastore_url: str
) -> Iterator[tuple[Moment, dict[str, Dump], Path]]:
    """Dumps of both at one moment, every table held; the programs that made them.

    :raises BackupError: it could not be done
    """
    for left in reversed(range(TRIES)):
        with contextlib.ExitStack() as stack:
            moment = stack.enter_context(backup_moment.taken(ckan_url, datastore_url))
            programs = backup_programs.folder(moment.server)
            dumps: dict[str, Any] = {}
            for side in moment.sides:
                dumps[side.name] = Dump(side, programs)
                stack.callback(dumps[side.name].close)
            try:
                for dump in dumps.values():
                    dump.begin()
                moment.hold()
            except MovedError:
                if left:
                    continue
                raise BackupError(
                    tk._(
                        "Tables of the DataStore are being replaced all the time. Try "
                        "again at a quieter time."
                    )
                ) from None
            yield moment, dumps, programs
            return
