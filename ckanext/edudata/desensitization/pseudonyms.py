"""Codes in place of identifiers: keyed, the same within an entry, another elsewhere.

HMAC-SHA-256 (RFC 2104) under a key that is derived for the entry (HKDF, RFC 5869) and
kept nowhere. Without the key a list of all ID numbers gives nobody back, as it would
from plain hashes (GB/T 37964-2019, 7.3.4: pseudonyms with a secret).
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from .text import normalise, whole_number

_CONSONANTS = "bcdfghjkmnpqrstvwxz"
_DIGITS = "23456789"
_PAIRS = 7
_BASE = len(_CONSONANTS) * len(_DIGITS)
_LABEL = b"edudata pseudonyms/1"


def derived_key(secret: bytes, entry_id: str) -> bytes:
    """The key of one entry. Raises ``ValueError`` where there is no secret."""
    if not secret:
        raise ValueError("there is no secret for pseudonyms")
    extracted = hmac.new(_LABEL, secret, hashlib.sha256).digest()
    info = _LABEL + b"\0" + entry_id.encode() + b"\x01"
    return hmac.new(extracted, info, hashlib.sha256).digest()


def pseudonym(key: bytes, text: str) -> str:
    """``k3q9x2m7t4b3z5``: 50 bits, pairs of a consonant and a digit, so that no rule
    takes it for a number or a name. Nothing for a blank.

    Full width, case, blanks, hyphens and a float's ``.0`` make no difference.
    """
    plain = whole_number(normalise(text).strip())
    bare = "".join(
        char for char in plain if unicodedata.category(char)[0] not in "ZPC"
    ).upper()
    if not bare:
        # 。 alone is somebody's cell too, and blank is blank.
        bare = plain
    if not bare:
        return ""
    digest = hmac.new(key, bare.encode("utf-8", "surrogatepass"), hashlib.sha256)
    number = int.from_bytes(digest.digest(), "big")
    code = []
    for _ in range(_PAIRS):
        number, rest = divmod(number, _BASE)
        code.append(_CONSONANTS[rest // len(_DIGITS)] + _DIGITS[rest % len(_DIGITS)])
    return "".join(code)
