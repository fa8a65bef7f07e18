"""The tree against the words of RFC 6962, section 2.1."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit import check_export, merkle

pytestmark = [pytest.mark.promise(6), pytest.mark.article(33, 35)]
LEAVES = st.lists(st.binary(max_size=4), max_size=70)
SOME = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


def mth(entries):
    """Merkle Tree Hash as the RFC defines it, by halving at a power of two."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m, entries):
    """Audit path as the RFC defines it."""
    if len(entries) <= 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def split(n):
    return 1 << (n - 1).bit_length() - 1


def hashes(entries):
    return [merkle.leaf_hash(entry) for entry in entries]


@given(LEAVES)
def test_the_root_is_the_rfcs(entries):
    assert merkle.root(hashes(entries)) == mth(entries)


def test_a_vector_known_from_elsewhere():
    """Roots of the test tree of the reference implementation of RFC 6962."""
    entries = [bytes.fromhex(item) for item in ("", "00", "10", "2021")]
    known = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    }
    for size, root in known.items():
        assert merkle.root(hashes(entries[:size])).hex() == root


@given(SOME, st.data())
def test_each_leaf_is_proven_by_its_path(entries, data):
    at = data.draw(st.integers(0, len(entries) - 1))
    leaves = hashes(entries)
    way = merkle.path(list(merkle.levels(leaves)), at)
    assert way == path(at, entries)
    assert merkle.root_from(leaves[at], at, len(leaves), way) == mth(entries)
    alone = check_export.root(leaves[at], at, len(leaves), [h.hex() for h in way])
    assert alone == mth(entries)


@given(SOME, st.data())
def test_nothing_else_is(entries, data):
    at = data.draw(st.integers(0, len(entries) - 1))
    leaves = hashes(entries)
    way = merkle.path(list(merkle.levels(leaves)), at)
    other = merkle.leaf_hash(b"another leaf")
    assert merkle.root_from(other, at, len(leaves), way) != mth(entries)
    for wrong in ([*way, other], way[:-1] if way else [other]):
        with pytest.raises(ValueError, match="the path is too"):
            merkle.root_from(leaves[at], at, len(leaves), wrong)
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.root_from(leaves[at], len(leaves), len(leaves), way)


@given(SOME, st.data())
def test_any_other_order_or_content_has_another_root(entries, data):
    changed = list(entries)
    at = data.draw(st.integers(0, len(entries) - 1))
    changed[at] = changed[at] + b"x"
    assert merkle.root(hashes(changed)) != mth(entries)
    mixed = data.draw(st.permutations(entries))
    assert (merkle.root(hashes(mixed)) == mth(entries)) == (mixed == entries)
