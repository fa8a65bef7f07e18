"""The places that the portal keeps files in, wherever they are."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import ckan.plugins.toolkit as tk
import file_keeper as fk
from ckan.lib import files
from file_keeper.default.adapters.fs import FsStorage

from ckanext.edudata.operations.backup_errors import BackupError
from ckanext.edudata.operations.backup_sealing import Chunks, Source

TREE = "path"
"""Name of `ckan.storage_path`, with all storages that lie below it."""


class Place(Protocol):
    """Where files are: found, read, and put into an empty one."""

    name: str

    def found(self) -> dict[str, tuple[int, float]]:
        """`{location: (size, time of change or 0)}`."""
        ...

    def opened(self, location: str) -> Any:
        """A context with the file's bytes as a source."""
        ...

    def put(self, location: str, path: str) -> None:
        """Store a local file."""
        ...


class Tree:
    """A folder of this machine, without what is made anew at every start."""

    def __init__(self, root: Path, without: list[Path]) -> None:
        self.name, self.root = TREE, root
        self.without = {path.resolve() for path in without}

    def found(self) -> dict[str, tuple[int, float]]:
        listed: dict[str, tuple[int, float]] = {}
        seen: set[Path] = set()
        for folder, names, leaves in os.walk(self.root, followlinks=True):
            place = Path(folder).resolve()
            if place in self.without or place in seen:
                names.clear()
                continue
            seen.add(place)
            for leaf in leaves:
                path = Path(folder) / leaf
                try:
                    stat = path.stat()
                except FileNotFoundError:
                    continue
                if path.is_file():
                    location = path.relative_to(self.root).as_posix()
                    listed[location] = (stat.st_size, stat.st_mtime)
        return listed

    @contextmanager
    def opened(self, location: str) -> Iterator[Source]:
        with open(self.root / location, "rb") as file:
            yield file

    def put(self, location: str, path: str) -> None:
        target = (self.root / location).resolve()
        if not target.is_relative_to(self.root.resolve()):
            raise BackupError(tk._("The list of files leads out of the folder."))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            with open(path, "rb") as source:
                shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(0o640)
        os.replace(file.name, target)


class Keeper:
    """A storage of file-keeper that lies elsewhere, as S3."""

    def __init__(self, name: str, storage: fk.Storage) -> None:
        self.name, self.storage = name, storage

    def found(self) -> dict[str, tuple[int, float]]:
        listed = {}
        for location in self.storage.scan():
            place = files.Location(location)
            try:
                listed[str(location)] = (self.storage.size(place), 0.0)
            except (files.exc.MissingFileError, files.exc.UnsupportedOperationError):
                listed[str(location)] = (0, 0.0)
        return listed

    @contextmanager
    def opened(self, location: str) -> Iterator[Source]:
        data = files.FileData(files.Location(location))
        yield Chunks(self.storage.stream(data))

    def put(self, location: str, path: str) -> None:
        with open(path, "rb") as source:
            size = os.path.getsize(path)
            upload = fk.Upload(source, location, size, "application/octet-stream")
            self.storage.upload(files.Location(location), upload)


def known() -> dict[str, Place]:
    """All places by name; none lies within another.

    :raises BackupError: a storage cannot list what it holds
    """
    places: dict[str, Place] = {}
    roots: list[Path] = []
    root = tk.config.get("ckan.storage_path")
    if root:
        assets = tk.config.get("ckan.webassets.path") or os.path.join(root, "webassets")
        roots = [Path(root).resolve()]
        places[TREE] = Tree(Path(root), [Path(assets)])
    named = [(name, files.get_storage(name)) for name in files.storages]
    storages = sorted(named, key=_path)
    for name, storage in storages:
        path = _path((name, storage))
        if path:
            place = Path(path).resolve()
            if any(place.is_relative_to(other) for other in roots):
                continue
            roots.append(place)
        if not storage.supports(fk.Capability.SCAN | fk.Capability.STREAM):
            raise BackupError(
                tk._("The storage {name} cannot list its files.").format(name=name)
            )
        places[name] = Keeper(name, storage)
    return places


def _path(item: tuple[str, Any]) -> str:
    """Folder of a storage on this machine, nothing for one elsewhere."""
    settings = item[1].settings
    local = isinstance(item[1], FsStorage)
    return str(getattr(settings, "path", "") or "") if local else ""
