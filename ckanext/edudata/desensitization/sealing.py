"""Encryption of profiles that are kept. Pure.

A profile holds many hashes of cells, and the key they were made under stands beside
them: whoever reads the database must not be able to try values against them.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .profile import Profile

_LABEL = b"edudata kept profile 1"


def seal(secret: str, key: bytes, profile: Profile) -> bytes:
    """A profile and the key of its hashes, sealed under a secret of the site."""
    told = {"key": key.hex(), "profile": profile.to_dict()}
    packed = zlib.compress(json.dumps(told, separators=(",", ":")).encode())
    return _cipher(secret).encrypt(packed)


def unseal(secret: str, sealed: bytes) -> tuple[bytes, Profile] | None:
    """What was sealed; None under another secret, or where it was damaged."""
    try:
        packed = _cipher(secret).decrypt(sealed)
    except InvalidToken:
        return None
    told: dict[str, Any] = json.loads(zlib.decompress(packed))
    return bytes.fromhex(told["key"]), Profile.from_dict(told["profile"])


def _cipher(secret: str) -> Fernet:
    if not secret:
        raise ValueError("Profiles are kept only where the site has a secret.")
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=_LABEL).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
