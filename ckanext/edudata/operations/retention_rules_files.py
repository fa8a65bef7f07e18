"""Files that a crash left behind: uploads half written, and working folders."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations.retention import Rule


def _left(before: datetime.datetime) -> Iterator[str]:
    """Paths not touched since: CKAN's half-written uploads end in `~`."""
    root = tk.config.get("ckan.storage_path") or ""
    for folder, _, names in os.walk(root) if root else ():
        yield from (os.path.join(folder, name) for name in names if name[-1:] == "~")
    with os.scandir(tempfile.gettempdir()) as entries:
        yield from (
            entry.path
            for entry in entries
            if entry.name.startswith("edudata-")
            and entry.stat(follow_symlinks=False).st_uid == os.getuid()
        )


def _found(before: datetime.datetime) -> dict[str, str]:
    """By a digest of the path: names of files may tell of people."""
    found = {}
    for path in _left(before):
        with contextlib.suppress(OSError):
            if os.lstat(path).st_mtime < before.timestamp():
                found[hashlib.sha256(path.encode()).hexdigest()] = path
    return found


def _due(before: datetime.datetime) -> list[str]:
    return sorted(_found(before))


def _remove(
    key: str, before: datetime.datetime
) -> tuple[int, Callable[[], None] | None] | None:
    path = _found(before).get(key)
    if path is None:
        return None
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        os.remove(path)
    return 0, None


RULES = [Rule("temporary", "Temporary files left behind", _due, _remove)]
