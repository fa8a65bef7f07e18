"""Sealing again after a recovery, when somebody has looked and says so.

A database that was recovered to an earlier moment may lack what was sealed later.
Blocks that go on as if nothing had happened would hide it, so the first one after a
recovery says where it came from, and which blocks the anchors show to be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckan import model

from ckanext.edudata.audit import sealing, trail
from ckanext.edudata.audit.anchors import Anchor


class NothingToResumeError(Exception):
    """Nothing stands in the way of sealing."""


class BusyError(Exception):
    """A sealer is at work."""


class LossError(Exception):
    """Anchors show blocks that the database lacks: `lost` is the newest of them."""

    def __init__(self, lost: Anchor, records: int) -> None:
        super().__init__(f"blocks up to {lost.number} are lost")
        self.lost, self.records = lost, records


#: What a person may look into and answer for. A block that is another one than was
#: anchored, or does not fit itself, is no recovery.
_BY_RECOVERY = ("recovered", "anchor_missing")


def resume(
    anchors: Sequence[Anchor],
    *,
    actor_id: str | None,
    accept_loss: bool = False,
) -> dict[str, Any]:
    """Write the first block after a recovery; the trail says who did it.

    Nobody else may write meanwhile: all that is in no block goes into this one.

    :param anchors: heads that were kept elsewhere
    :raises NothingToResumeError: the sealer is not held up
    :raises sealing.StoppedError: it is, and by no recovery
    :raises LossError: blocks are lost, and *accept_loss* is not set
    """
    with model.ensure_engine().begin() as connection:
        if not connection.scalar(sealing.LOCK):
            raise BusyError
        last = sealing.last_block(connection)
        code = sealing.obstacle(connection, last)
        number = last["number"] if last else 0
        lost = max(
            (anchor for anchor in anchors if anchor.number > number),
            key=lambda anchor: anchor.number,
            default=None,
        )
        if code is None and lost is None:
            raise NothingToResumeError
        if code is not None and code not in _BY_RECOVERY:
            raise sealing.StoppedError(code)
        _same(connection, anchors)
        if lost is not None and not accept_loss:
            raise LossError(lost, lost.total - (last["total"] if last else 0))
        note = _note(last, lost)
        trail.record_on(
            connection,
            "audit_resume",
            actor_id=actor_id,
            object_type="audit",
            object_id="trail",
            detail=note.get("lost", {}),
        )
        now, rows = sealing.unsealed(connection)
        after = max(number, lost.number if lost else 0) + 1
        values = {**now, "kind": "resume", "note": note}
        return sealing.write_block(connection, last, rows, values, after)


def _same(connection: Any, anchors: Sequence[Anchor]) -> None:
    heads = {
        row["number"]: bytes(row["head"]).hex()
        for row in connection.execute(sealing.HEADS).mappings()
    }
    for anchor in anchors:
        if heads.get(anchor.number, anchor.head) != anchor.head:
            raise sealing.StoppedError("anchor_differs")


def _note(last: dict[str, Any] | None, lost: Anchor | None) -> dict[str, Any]:
    note: dict[str, Any] = {}
    if last is not None:
        note["from"] = {key: last[key] for key in ("cluster", "timeline")}
    if lost is not None:
        first = last["number"] + 1 if last else 1
        records = lost.total - (last["total"] if last else 0)
        note["lost"] = {
            "first": first,
            "last": lost.number,
            "head": lost.head,
            "records": records,
        }
    return note
