"""Merkle trees as RFC 6962 section 2.1 hashes them. Pure.

The tree of the RFC is built level by level here: pairs are joined, and what is left
over at the end goes up as it is. `tests/audit/test_merkle.py` compares it with the
RFC's own recursive words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Hash of a leaf; the first byte keeps it apart from nodes."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def _joined(level: Sequence[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    up = [node_hash(left, right) for left, right in pairs]
    return [*up, level[-1]] if len(level) % 2 else up


def levels(leaves: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """All levels of the tree over the hashes of leaves, from below."""
    level = leaves
    while level:
        yield level
        if len(level) == 1:
            return
        level = _joined(level)


def root(leaves: Sequence[bytes]) -> bytes:
    """Root of the tree over the hashes of leaves."""
    top: Sequence[bytes] = [EMPTY]
    for top in levels(leaves):  # noqa: B007
        pass
    return top[0]


def path(tree: Sequence[Sequence[bytes]], position: int) -> list[bytes]:
    """Audit path of a leaf, from below (RFC 6962 section 2.1.1).

    :param tree: all `levels`
    """
    found = []
    for level in tree[:-1]:
        beside = position ^ 1
        if beside < len(level):
            found.append(level[beside])
        position //= 2
    return found


def root_from(leaf: bytes, position: int, size: int, way: Sequence[bytes]) -> bytes:
    """Root that follows from a leaf and its audit path.

    :raises ValueError: no tree of this size has such a path
    """
    if not 0 <= position < size:
        raise ValueError("no such leaf")
    rest, found = list(way), leaf
    while size > 1:
        if position ^ 1 < size:
            if not rest:
                raise ValueError("the path is too short")
            beside = rest.pop(0)
            pair = (beside, found) if position % 2 else (found, beside)
            found = node_hash(*pair)
        position, size = position // 2, (size + 1) // 2
    if rest:
        raise ValueError("the path is too long")
    return found
