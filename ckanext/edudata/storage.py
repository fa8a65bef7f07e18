"""Files stored once under the SHA-256 of their bytes and never changed."""

from __future__ import annotations

import contextlib
import hashlib
import os

import file_keeper as fk
from ckan.lib import files


def location(digest: str) -> files.Location:
    """Place of a file in its storage."""
    return files.Location(os.path.join(digest[:2], digest))


def keep(path: str, storage_name: str) -> tuple[str, int]:
    """Store a file under its digest; the same content is stored once.

    :returns: SHA-256 of the bytes, hexadecimal, and their number
    """
    digest = hashlib.sha256()
    with open(path, "rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
        size = source.tell()
        source.seek(0)
        storage = files.get_storage(storage_name)
        place = location(digest.hexdigest())
        if not _holds(storage, place, digest.hexdigest()):
            upload = fk.Upload(source, digest.hexdigest(), size, "text/csv")
            with contextlib.suppress(files.exc.ExistingFileError):
                # Somebody stored the same content in the meantime.
                storage.upload(place, upload)
    return digest.hexdigest(), size


def _holds(storage: fk.Storage, place: files.Location, digest: str) -> bool:
    """Whether the content is there and sound; what is damaged makes room."""
    data = files.FileData(place)
    if not storage.exists(data):
        return False
    found = hashlib.sha256()
    for chunk in storage.stream(data):
        found.update(chunk)
    if found.hexdigest() == digest:
        return True
    storage.remove(data)
    return False


def fetch(digest: str, storage_name: str, path: str) -> None:
    """Copy a stored file to a local path.

    :raises MissingFileError: there is none of this digest
    """
    storage = files.get_storage(storage_name)
    with open(path, "wb") as target:
        for chunk in storage.stream(files.FileData(location(digest))):
            target.write(chunk)


def kept(digest: str, storage_name: str) -> bool:
    """Whether a file of this digest is stored."""
    return files.get_storage(storage_name).exists(files.FileData(location(digest)))


def remove(digest: str, storage_name: str) -> None:
    """Remove a stored file, if there is one."""
    with contextlib.suppress(files.exc.MissingFileError):
        files.get_storage(storage_name).remove(files.FileData(location(digest)))
