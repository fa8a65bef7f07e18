"""Proving the audit trail: every record against its block, every block against the
one before, all of them against anchors kept elsewhere."""

from __future__ import annotations

import itertools
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import blocks, merkle, sealing
from ckanext.edudata.audit.anchors import Anchor
from ckanext.edudata.audit.checking import Finding, Leaf, broken
from ckanext.edudata.audit.model_seals import AuditBlock

KEPT = 20
"""Findings that are named; the others are counted."""

CLOCK = timedelta(minutes=1)
"""How far a clock may go back before a record counts as backdated."""

_BLOCKS = sa.select(AuditBlock.__table__).order_by(AuditBlock.number)
_RECORDS = sa.text(
    f"SELECT l.block, l.position, l.record_id, l.hash, {sealing.COLUMNS} "  # noqa: S608
    "FROM edudata_audit_leaf l LEFT JOIN edudata_audit a ON a.id = l.record_id "
    "ORDER BY l.block, l.position"
)
_OUTSIDE = """
    FROM edudata_audit a
    WHERE NOT EXISTS (SELECT FROM edudata_audit_leaf l WHERE l.record_id = a.id)
    AND a.xid::xid8 {} CAST(:horizon AS xid8)
"""
_ADDED = sa.text(f"SELECT a.id {_OUTSIDE.format('<')} ORDER BY a.id")
_TAIL = sa.text(f"SELECT count(*) {_OUTSIDE.format('>=')}")

_Row = Mapping[str, Any]


@dataclass
class Report:
    """What was proven. `losses`: blocks that a recovery lost, as it was declared."""

    blocks: int = 0
    records: int = 0
    head: str = ""
    unsealed: int = 0
    anchors: int = 0
    seconds: float = 0.0
    stopped: str | None = None
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    losses: list[dict[str, Any]] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        """Whether nothing is broken."""
        return not self.counts

    def add(self, *found: Finding) -> None:
        """Count what is broken, and keep the first of it."""
        if not found:
            return
        self.counts.update(finding.kind for finding in found)
        known = sorted([*self.findings, *found], key=lambda finding: finding.place)
        self.findings = known[:KEPT]


def verify(anchors: Sequence[Anchor] = ()) -> Report:
    """Prove the whole trail, as it is at one moment.

    :param anchors: heads that were kept elsewhere
    """
    started = time.monotonic()
    engine = model.ensure_engine().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    with engine.begin() as connection:
        report = _Proof(anchors).of(connection)
    report.seconds = time.monotonic() - started
    return report


class _Proof:
    """One reading of all blocks and records in their order."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self.anchors: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self.anchors.setdefault(anchor.number, []).append(anchor)
        self.report = Report(anchors=len(self.anchors))
        # Since the last recovery: which transactions had not begun at a seal, and when
        # that was.
        self.began: list[int] = []
        self.sealed_at: list[Any] = []

    def of(self, connection: Any) -> Report:
        report, last = self.report, None
        members = _Members(_streamed(connection, _RECORDS))
        for block in _streamed(connection, _BLOCKS):
            self._without_block(members.before(block["number"]))
            self._block(block, last)
            self._records(block, members.of(block["number"]))
            report.blocks += 1
            last = block
        self._without_block(members.before(None))
        gone = last["number"] + 1 if last else 1
        report.add(*(Finding("anchor_missing", n) for n in self.anchors if n >= gone))
        horizon = {"horizon": last["horizon"] if last else "0"}
        for record_id in connection.scalars(_ADDED, horizon):
            report.add(Finding("added", record_id=record_id))
        report.unsealed = connection.scalar(_TAIL, horizon)
        report.head = bytes(last["head"]).hex() if last else ""
        report.stopped = sealing.obstacle(connection, dict(last) if last else None)
        return report

    def _without_block(self, orphans: Iterator[tuple[int, list[_Row]]]) -> None:
        for number, _rows in orphans:
            self._missing(number)

    def _missing(self, number: int) -> None:
        finding = Finding("block_missing", number)
        if finding not in self.report.findings:
            self.report.add(finding)

    def _block(self, block: _Row, last: _Row | None) -> None:
        report, number = self.report, block["number"]
        expected = last["number"] + 1 if last else 1
        lost = block["note"].get("lost") if block["kind"] == "resume" else None
        declared = lost and (lost["first"], lost["last"]) == (expected, number - 1)
        if lost and declared:
            report.losses.append({**lost, "declared_at": block["sealed_at"]})
        if number > expected and not declared:
            self._missing(expected)
        for gone in [n for n in self.anchors if expected <= n < number]:
            heads = {anchor.head for anchor in self.anchors.pop(gone)}
            known = {lost["head"]} if lost and gone == lost["last"] else heads
            if not declared or heads - known:
                report.add(Finding("anchor_missing", gone))
        if blocks.head(blocks.header_text(block)) != bytes(block["head"]):
            report.add(Finding("block_changed", number))
        before = bytes(last["head"]) if last else blocks.FIRST
        total = (last["total"] if last else 0) + block["size"]
        follows = bytes(block["previous"]) == before and block["total"] == total
        if not follows and (declared or number == expected):
            report.add(Finding("chain", number))
        head = bytes(block["head"]).hex()
        differs = [a for a in self.anchors.pop(number, []) if a.head != head]
        report.add(*(Finding("anchor_differs", number) for _ in differs[:1]))

    def _records(self, block: _Row, rows: list[_Row]) -> None:
        report, number = self.report, block["number"]
        report.records += len(rows)
        leaves = [
            Leaf(
                row["position"],
                row["record_id"],
                bytes(row["hash"]),
                None if row["id"] is None else _hash(row),
            )
            for row in rows
        ]
        found = broken(number, block["size"], bytes(block["root"]), leaves)
        report.add(*found)
        if block["kind"] == "resume":
            self.began, self.sealed_at = [], []
        elif not found:
            late = [row for row in rows if self._backdated(row)]
            report.add(
                *(
                    Finding("backdated", number, row["position"], row["record_id"])
                    for row in late
                )
            )
        self.began.append(int(block["began"]))
        self.sealed_at.append(block["sealed_at"])

    def _backdated(self, row: _Row) -> bool:
        """Whether a record is dated before a seal at which its transaction had not
        begun: somebody wrote it afterwards."""
        after = bisect_right(self.began, int(row["xid"]))
        return bool(after) and row["at"] < self.sealed_at[after - 1] - CLOCK


class _Members:
    """Records of blocks, handed out block by block."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._groups = itertools.groupby(rows, key=lambda row: row["block"])
        self._next: tuple[int, list[_Row]] | None = None
        self._advance()

    def _advance(self) -> None:
        number, rows = next(self._groups, (None, []))
        self._next = None if number is None else (number, list(rows))

    def before(self, number: int | None) -> Iterator[tuple[int, list[_Row]]]:
        """Groups of lower numbers than this one; without one all that are left."""
        while self._next and (number is None or self._next[0] < number):
            yield self._next
            self._advance()

    def of(self, number: int) -> list[_Row]:
        """The group of this number."""
        rows: list[_Row] = []
        if self._next and self._next[0] == number:
            rows = self._next[1]
            self._advance()
        return rows


def _hash(row: _Row) -> bytes:
    return merkle.leaf_hash(blocks.record_text(row).encode("ascii"))


def _streamed(connection: Any, statement: Any) -> Iterator[_Row]:
    options = {"stream_results": True, "yield_per": 5000}
    return connection.execute(statement, execution_options=options).mappings()
