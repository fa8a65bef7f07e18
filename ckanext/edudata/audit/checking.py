"""What is wrong with one block and its records. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ckanext.edudata.audit import merkle

KINDS = {
    "changed": "The record is not the one that was sealed.",
    "leaf_changed": "The record is whole; its hash in the block was changed.",
    "missing": "A sealed record is missing.",
    "added": "The record stands among sealed ones and was not sealed with them.",
    "backdated": "The record is dated before a seal at which it had not begun.",
    "reordered": "Records of the block are not in the order in which they were sealed.",
    "block_missing": "A block is missing.",
    "block_changed": "The block does not fit its own head.",
    "chain": "The block does not follow the one before it.",
    "anchor_differs": "The block is not the one whose head was written down elsewhere.",
    "anchor_missing": "A block whose head was written down elsewhere is missing.",
}
"""What can be broken; English message ids."""

MOST = 20
"""Missing places that are named: a forged size may be any number."""


@dataclass(frozen=True)
class Leaf:
    """`stored`: the hash it was sealed with; `found`: of the record as it is now, None
    where there is none."""

    position: int
    record_id: int
    stored: bytes
    found: bytes | None


@dataclass(frozen=True)
class Finding:
    """Something broken: `kind` of `KINDS`, and where."""

    kind: str
    block: int | None = None
    position: int | None = None
    record_id: int | None = None

    @property
    def place(self) -> tuple[float, float, float]:
        """What comes first is named first; what is in no block comes last."""
        end = float("inf")
        block = end if self.block is None else self.block
        position = -1 if self.position is None else self.position
        return block, position, end if self.record_id is None else self.record_id


def broken(
    number: int, size: int, root: bytes, leaves: Sequence[Leaf]
) -> list[Finding]:
    """What is wrong with the records of a block.

    :param leaves: in the order of their positions
    """
    found = [
        *_places(number, size, leaves),
        *_hashes(number, root, leaves),
        *_order(number, leaves),
    ]
    if not found and merkle.root([leaf.stored for leaf in leaves]) != root:
        # A record and its hash were changed together: which one, the root cannot say.
        found.append(Finding("changed", number))
    return sorted(found, key=lambda finding: finding.place)


def _places(number: int, size: int, leaves: Sequence[Leaf]) -> list[Finding]:
    held = {leaf.position for leaf in leaves}
    gone = itertools.islice((p for p in range(size) if p not in held), MOST)
    extra = [leaf for leaf in leaves if not 0 <= leaf.position < size]
    return [
        *(Finding("missing", number, position) for position in gone),
        *(Finding("added", number, leaf.position, leaf.record_id) for leaf in extra),
    ]


def _hashes(number: int, root: bytes, leaves: Sequence[Leaf]) -> list[Finding]:
    stored = [leaf.stored for leaf in leaves]
    found = [leaf.found for leaf in leaves]
    if stored == found:
        return []
    kind = "changed"
    if Counter(stored) == Counter(found):
        kind = "reordered"
    elif merkle.root([item for item in found if item is not None]) == root:
        kind = "leaf_changed"
    return [
        Finding(
            "missing" if leaf.found is None else kind,
            number,
            leaf.position,
            leaf.record_id,
        )
        for leaf in leaves
        if leaf.stored != leaf.found
    ]


def _order(number: int, leaves: Sequence[Leaf]) -> list[Finding]:
    # Records are sealed in the order of their numbers.
    for before, leaf in itertools.pairwise(leaves):
        if leaf.record_id < before.record_id:
            return [Finding("reordered", number, leaf.position, leaf.record_id)]
    return []
