"""Secrets of second factors, kept sealed under keys that stand outside the database.

AES-256-GCM (GB/T 22239-2019 8.1.4.8), bound to the place it was made for: copied to
another row a seal does not open. Without a key no second factor is set up, and none
opens anything.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from dataclasses import dataclass
from hashlib import blake2b, sha256

import ckan.plugins.toolkit as tk
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SETTING = "ckanext.edudata.identity.keys"
NO_KEY = (
    "This portal has no key for second factors, so none can be set up or used. The "
    "operator sets ckanext.edudata.identity.keys."
)
BAD_KEY = (
    "The setting ckanext.edudata.identity.keys is not usable: each key is 32 random "
    "bytes, in hexadecimal or URL-safe base64."
)
LOST_KEY = (
    "This second factor was sealed under a key that is no longer in the configuration, "
    "or was changed. The operator puts the key back."
)
_VERSION = "f1"
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
        name = blake2b(b"edudata identity", digest_size=6, key=secret).hexdigest()
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


def seal(words: str, place: str) -> str:
    """Seal words for a place, `<table>:<id of the row>`.

    :raises SealError: there is no key
    """
    key, nonce = ring()[0], os.urandom(_NONCE)
    bound = f"{_VERSION}.{key.name}.{place}".encode()
    body = nonce + AESGCM(key.secret).encrypt(nonce, words.encode(), bound)
    return f"{_VERSION}.{key.name}.{base64.urlsafe_b64encode(body).decode()}"


def unseal(sealed: str, place: str) -> str:
    """The words that were sealed for this place.

    :raises SealError: no key, another key, another place, or it was changed
    """
    version, _, rest = sealed.partition(".")
    name, _, packed = rest.partition(".")
    key = next((key for key in ring() if key.name == name), None)
    if key is None or version != _VERSION:
        raise SealError(LOST_KEY)
    try:
        body = base64.urlsafe_b64decode(packed)
        bound = f"{_VERSION}.{name}.{place}".encode()
        opened = AESGCM(key.secret).decrypt(body[:_NONCE], body[_NONCE:], bound)
    except (InvalidTag, ValueError, binascii.Error):
        raise SealError(LOST_KEY) from None
    return opened.decode()


def digests(words: str, place: str) -> list[str]:
    """Keyed digests of words for a place, one under each key; the first is kept.

    :raises SealError: there is no key
    """
    message = f"{place}\0{words}".encode()
    return [hmac.new(key.secret, message, sha256).hexdigest() for key in ring()]
