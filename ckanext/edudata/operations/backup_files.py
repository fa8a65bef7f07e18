"""Files into a backup: each content once, under a name made of its digest."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from ckanext.edudata.operations import backup_named, backup_sealing, backup_store
from ckanext.edudata.operations.backup_places import Place
from ckanext.edudata.operations.backup_store import Store

_SPOOL = 1 << 20


@dataclass
class Kept:
    """A file as it was read."""

    sha256: str
    size: int
    object: str
    stamp: tuple[int, float]


@dataclass
class Files:
    """The files of one backup. `listed` is called before the moment and after it."""

    store: Store
    keys: list[Any]
    secret: bytes
    objects: dict[str, list[Any]] = field(default_factory=dict)
    first: dict[str, dict[str, Kept]] = field(default_factory=dict)
    written: int = 0
    sound: set[str] = field(default_factory=set)

    def read(
        self, places: Iterable[Place], known: dict[str, dict[str, Kept]]
    ) -> dict[str, dict[str, Kept]]:
        """Read all files that are new or changed since *known*, and keep them."""
        found: dict[str, dict[str, Kept]] = {}
        for place in places:
            before = known.get(place.name, {})
            here = found.setdefault(place.name, {})
            for location, stamp in sorted(place.found().items()):
                old = before.get(location)
                kept = old if old and old.stamp == stamp else None
                kept = kept or self._keep(place, location, stamp)
                if kept is not None:
                    here[location] = kept
        return found

    def _keep(
        self, place: Place, location: str, stamp: tuple[int, float]
    ) -> Kept | None:
        with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
            try:
                with place.opened(location) as source:
                    read = backup_sealing.Digested(source)
                    while chunk := read.read(_SPOOL):
                        spool.write(chunk)
            except FileNotFoundError:
                return None  # gone since it was listed
            except Exception as error:
                if type(error).__name__ != "MissingFileError":
                    raise
                return None
            spool.seek(0)
            digest = read.hash.hexdigest()
            name = blake2b(
                digest.encode(), key=self.secret[:64], digest_size=32
            ).hexdigest()
            self._object(name, spool)
        return Kept(digest, read.size, name, stamp)

    def _object(self, name: str, source: Any) -> None:
        if name in self.sound:
            return
        path, known = self.store.object(name), self.objects.get(name)
        if known is None or not backup_store.same(path, known[0], known[1]):
            packed = backup_sealing.Packed(source)
            self.objects[name] = list(
                backup_store.write(
                    path, lambda file: backup_sealing.seal(packed, file, self.keys)
                )
            )
            self.written += 1
        self.sound.add(name)


def chosen(
    first: dict[str, dict[str, Kept]],
    second: dict[str, dict[str, Kept]],
    moment: datetime.datetime,
    named: dict[str, set[str]],
) -> list[dict[str, Any]]:
    """The files as they were at the moment. Pure.

    What was there after it is taken as it was before, where it was changed since; what
    is gone after it is taken where the database still names it.
    """
    found = []
    for place in sorted(set(first) | set(second)):
        before, after = first.get(place, {}), second.get(place, {})
        for location in sorted(set(before) | set(after)):
            old, new = before.get(location), after.get(location)
            kept = new or old
            if new is None and not backup_named.is_named(named, place, location):
                continue
            if old and new and new.stamp[1] > moment.timestamp():
                kept = old
            if kept is not None:
                found.append(
                    {
                        "place": place,
                        "location": location,
                        "sha256": kept.sha256,
                        "size": kept.size,
                        "object": kept.object,
                    }
                )
    return found


def restored(store: Store, file: dict[str, Any], place: Place, keys: list[Any]) -> bool:
    """Put a file of a backup where it was; whether it has its digest."""
    with tempfile.NamedTemporaryFile(prefix="edudata-restore-") as target:
        unsealed = backup_sealing.Target(target, packed=True)
        with open(store.object(file["object"]), "rb") as source:
            backup_sealing.unseal(source, unsealed, keys)
        target.flush()
        if unsealed.hash.hexdigest() != file["sha256"]:
            return False
        place.put(file["location"], os.fspath(target.name))
    return True
