"""Hashes under a secret seed: equal for equal texts, telling nothing without the key.

Hashes of names and numbers without a key are as good as the values. XXH3 is fast and
no cipher: what holds many of these hashes is encrypted where it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import repeat

from xxhash import xxh3_64_intdigest


@lru_cache(maxsize=16)
def seed_of(key: bytes) -> int:
    """The seed of the hashes made under ``key``."""
    digest = blake2b(b"edudata profile seed", digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big")


def keyed_hash(key: bytes, text: str) -> int:
    """64 bits under ``key``."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"), seed_of(key))


def keyed_hashes(key: bytes, texts: Sequence[str]) -> list[int]:
    """64 bits for each text."""
    seed = seed_of(key)
    try:
        return list(map(xxh3_64_intdigest, map(str.encode, texts), repeat(seed)))
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8 of its own.
        return [keyed_hash(key, text) for text in texts]


def key_id(key: bytes) -> str:
    """Tells keys apart without telling them."""
    return blake2b(b"edudata profile key", digest_size=8, key=key).hexdigest()
