"""Bytes of attachments: encrypted, each under a key of its own, in private storage."""

from __future__ import annotations

import contextlib
import io

import file_keeper as fk
from ckan.lib import files

from ckanext.edudata import settings
from ckanext.edudata.requests import sealed


def _place(attachment_id: str) -> files.Location:
    return files.Location(f"{attachment_id[:2]}/{attachment_id}")


def keep(attachment_id: str, secret: bytes, content: bytes) -> None:
    """Store a file, whole or not at all."""
    body = sealed.encrypt(secret, content)
    upload = fk.Upload(
        io.BytesIO(body), attachment_id, len(body), "application/octet-stream"
    )
    try:
        _storage().upload(_place(attachment_id), upload)
    except BaseException:
        remove(attachment_id)
        raise


def fetch(attachment_id: str, secret: bytes) -> bytes:
    """The file as it was uploaded.

    :raises MissingFileError: there is none
    :raises SealError: it was changed
    """
    stream = _storage().stream(files.FileData(_place(attachment_id)))
    return sealed.decrypt(secret, b"".join(stream))


def remove(attachment_id: str) -> None:
    """Remove a file, if there is one."""
    with contextlib.suppress(files.exc.MissingFileError):
        _storage().remove(files.FileData(_place(attachment_id)))


def remove_all_but(known: set[str]) -> int:
    """Remove all files but these; how many."""
    found = [str(place).rsplit("/", 1)[-1] for place in _storage().scan()]
    strays = [attachment_id for attachment_id in found if attachment_id not in known]
    for attachment_id in strays:
        remove(attachment_id)
    return len(strays)


def _storage() -> fk.Storage:
    return files.get_storage(settings.ATTACHMENTS)
