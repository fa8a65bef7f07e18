"""Words and files that are kept sealed: contact data of applicants, and the like.

AES-256-GCM under keys that stand in the configuration, outside the database (GB/T
22239-2019 8.1.4.8). A seal is bound to the place it was made for: copied to another
row it does not open. Without a key nothing is kept and nothing is shown.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass
from hashlib import blake2b

import ckan.plugins.toolkit as tk
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SETTING = "ckanext.edudata.applicants.keys"
NO_KEY = (
    "This portal has no key for contact data and attachments, so it neither takes them "
    "nor shows them. The operator sets one: ckan edudata applicants key."
)
BAD_KEY = (
    "The setting ckanext.edudata.applicants.keys is not usable: each key is 32 random "
    "bytes, as `ckan edudata applicants key` prints them."
)
LOST_KEY = (
    "This was sealed under a key that is no longer in the configuration, or was "
    "changed. The operator puts the key back."
)
_VERSION = "s1"
_NONCE = 12


class SealError(Exception):
    """Nothing can be sealed or opened; says what the operator has to do."""


@dataclass(frozen=True)
class Key:
    """A key, and the name under which its seals are found."""

    name: str
    secret: bytes


def parsed(setting: str) -> list[Key]:
    """Keys of the setting; the first one seals, all of them open. Pure.

    :param setting: 32 bytes each, in hexadecimal or URL-safe base64, blanks between
    :raises SealError: one of them is none
    """
    found = []
    for word in setting.split():
        if re.fullmatch(r"[0-9a-f]{64}", word):
            secret = bytes.fromhex(word)
        elif re.fullmatch(r"[A-Za-z0-9_-]{43}=?", word):
            secret = base64.urlsafe_b64decode(word.rstrip("=") + "=")
        else:
            raise SealError(BAD_KEY)
        name = blake2b(b"edudata applicants", digest_size=6, key=secret).hexdigest()
        found.append(Key(name, secret))
    return found


def ring() -> list[Key]:
    """The portal's keys.

    :raises SealError: there is none
    """
    found = parsed(str(tk.config.get(SETTING) or ""))
    if not found:
        raise SealError(NO_KEY)
    return found


def new_key() -> str:
    """A key for the setting."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")


def seal(words: str, place: str) -> str:
    """Seal words for a place, `<table>:<id of the row>`.

    :raises SealError: there is no key
    """
    return _seal(ring()[0], words.encode(), place)


def unseal(sealed: str, place: str) -> str:
    """The words that were sealed for this place.

    :raises SealError: no key, another key, another place, or it was changed
    """
    return _open(ring(), sealed, place).decode()


def key_name(sealed: str) -> str:
    """Name of the key a seal was made under."""
    return sealed.split(".")[1] if sealed.count(".") == 2 else ""


def resealed(sealed: str, place: str) -> str | None:
    """The same under the newest key; None where it is that already."""
    known = ring()
    if key_name(sealed) == known[0].name:
        return None
    return _seal(known[0], _open(known, sealed, place), place)


def encrypt(secret: bytes, content: bytes) -> bytes:
    """A file under a key of its own, which is then sealed with its row. Pure."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(secret).encrypt(nonce, content, None)


def decrypt(secret: bytes, content: bytes) -> bytes:
    """Undo `encrypt`. Pure.

    :raises SealError: it was changed
    """
    try:
        return AESGCM(secret).decrypt(content[:_NONCE], content[_NONCE:], None)
    except InvalidTag:
        raise SealError(LOST_KEY) from None


def _seal(key: Key, words: bytes, place: str) -> str:
    nonce = os.urandom(_NONCE)
    bound = f"{_VERSION}.{key.name}.{place}".encode()
    body = nonce + AESGCM(key.secret).encrypt(nonce, words, bound)
    return f"{_VERSION}.{key.name}.{base64.urlsafe_b64encode(body).decode()}"


def _open(known: list[Key], sealed: str, place: str) -> bytes:
    name = key_name(sealed)
    key = next((key for key in known if key.name == name), None)
    if key is None or not sealed.startswith(_VERSION + "."):
        raise SealError(LOST_KEY)
    try:
        body = base64.urlsafe_b64decode(sealed.split(".")[2])
        bound = f"{_VERSION}.{name}.{place}".encode()
        return AESGCM(key.secret).decrypt(body[:_NONCE], body[_NONCE:], bound)
    except (InvalidTag, ValueError, binascii.Error):
        raise SealError(LOST_KEY) from None
