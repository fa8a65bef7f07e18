"""Backups are encrypted to public keys, in the format of age (age-encryption.org/v1).

The portal knows no key that opens them, and what it writes can be opened by any
program that reads age, also where this one is gone.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import ckan.plugins.toolkit as tk
import pyrage as _pyrage

from ckanext.edudata.operations.backup_errors import BackupError

pyrage: Any = _pyrage  # made in Rust: without types

SETTING = "ckanext.edudata.backup.recipients"


class Source(Protocol):
    """What can be read."""

    def read(self, size: int = -1, /) -> bytes: ...


class Digested:
    """A source whose bytes are counted and digested on the way."""

    def __init__(self, source: Source) -> None:
        self.source, self.hash, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1, /) -> bytes:
        found = self.source.read(size)
        self.hash.update(found)
        self.size += len(found)
        return found


class Packed:
    """A source, compressed (gzip)."""

    def __init__(self, source: Source) -> None:
        self.source, self.packer, self.left = source, zlib.compressobj(1, wbits=31), b""
        self.ended = False

    def read(self, size: int = -1, /) -> bytes:
        while not self.ended and len(self.left) < max(size, 1):
            chunk = self.source.read(1 << 18)
            self.left += self.packer.compress(chunk) if chunk else self.packer.flush()
            self.ended = not chunk
        size = len(self.left) if size < 0 else size
        found, self.left = self.left[:size], self.left[size:]
        return found


class Chunks:
    """Chunks as a source."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks, self.left = iter(chunks), b""

    def read(self, size: int = -1, /) -> bytes:
        while not self.left:
            found = next(self.chunks, None)
            if found is None:
                return b""
            self.left = found
        size = len(self.left) if size < 0 else size
        found, self.left = self.left[:size], self.left[size:]
        return found


class Target:
    """Where bytes go, counted and digested; unpacked first if asked."""

    def __init__(self, file: Any, *, packed: bool = False) -> None:
        self.file, self.hash, self.size = file, hashlib.sha256(), 0
        self.packer = zlib.decompressobj(wbits=31) if packed else None

    def write(self, found: bytes, /) -> int:
        size = len(found)
        if self.packer is not None:
            found = self.packer.decompress(found)
        self.hash.update(found)
        self.size += len(found)
        self.file.write(found)
        return size

    def flush(self) -> None:
        self.file.flush()


def recipients(words: str | Sequence[str]) -> list[Any]:
    """Public keys to encrypt to.

    :raises BackupError: there is none, or one is none
    """
    names = words.split() if isinstance(words, str) else list(words)
    if not names:
        raise BackupError(
            tk._(
                "Backups are encrypted to a public key, and none is set. Make a pair "
                "with `ckan edudata backup-key FILE`, keep the file away from this "
                "machine, and set {setting} to the public key it prints."
            ).format(setting=SETTING)
        )
    try:
        return [pyrage.x25519.Recipient.from_str(name) for name in names]
    except pyrage.RecipientError:
        raise BackupError(
            tk._(
                "{setting} holds something that is no public key. A public key begins "
                "with “age1”; `ckan edudata backup-key FILE` prints one."
            ).format(setting=SETTING)
        ) from None


def identities(path: Path) -> list[Any]:
    """Private keys of a file, one a line, remarks behind `#`.

    :raises BackupError: it has none
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        words = [line.strip() for line in lines if not line.lstrip().startswith("#")]
        found = [pyrage.x25519.Identity.from_str(word) for word in words if word]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise BackupError(
            tk._(
                "The file with the private key cannot be read. It holds a line that "
                "begins with AGE-SECRET-KEY-1."
            )
        )
    return found


def new_identity(path: Path) -> str:
    """Write a new private key to a new file; its public key.

    :raises FileExistsError: a key is never written over
    """
    identity = pyrage.x25519.Identity.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    return str(identity.to_public())


def seal(source: Source, file: Any, keys: list[Any]) -> tuple[str, int]:
    """Encrypt a source into a file: digest and number of the bytes written."""
    target = Target(file)
    pyrage.encrypt_io(source, target, keys)
    return target.hash.hexdigest(), target.size


def unseal(file: Any, target: Target, keys: list[Any]) -> None:
    """Decrypt a file into a target.

    :raises BackupError: with another key, or where it was changed
    """
    try:
        pyrage.decrypt_io(file, target, keys)
    except (pyrage.DecryptError, zlib.error):
        raise BackupError(NOT_OPENED()) from None
    except OSError as error:
        if error.errno is None:  # of age itself, not of the disk
            raise BackupError(NOT_OPENED()) from None
        raise


def NOT_OPENED() -> str:  # noqa: N802 - words, translated when they are said
    return tk._(
        "This does not open: the private key is not the one it was encrypted to, or "
        "the file was changed."
    )
