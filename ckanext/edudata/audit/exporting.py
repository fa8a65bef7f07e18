"""Records of a period with the proof of each, for who has no access to the portal.

A line for each record carries the way from it to the root of its block, a line for each
block its header; `check_export.py` follows both and needs nothing else.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ckanext.edudata.audit import blocks, merkle, sealing
from ckanext.edudata.audit.model_seals import AuditBlock, AuditLeaf

AFTER = 1000
"""Blocks told of beyond the last that is needed, so that one of them is anchored."""

_CHOSEN = """
    FROM edudata_audit a LEFT JOIN edudata_audit_leaf l ON l.record_id = a.id
    WHERE a.at >= :begin AND a.at < :end
    AND (CAST(:units AS text[]) IS NULL OR a.unit_id = ANY(:units))
"""
_COUNT = sa.text(f"SELECT count(*) {_CHOSEN}")
_ROWS = sa.text(
    f"SELECT l.block, l.position, {sealing.COLUMNS} {_CHOSEN} "
    "ORDER BY l.block NULLS LAST, l.position, a.id"
)
_LEAF = AuditLeaf.__table__
_BLOCK = AuditBlock.__table__

Line = dict[str, Any]


class Period:
    """Records written from `begin` until before `end`, of all units or of some."""

    def __init__(
        self,
        begin: datetime.datetime,
        end: datetime.datetime,
        units: Sequence[str] | None = None,
    ) -> None:
        self.begin, self.end = begin, end
        self.asked = {
            "begin": begin,
            "end": end,
            "units": None if units is None else list(units),
        }

    def count(self, connection: Any) -> int:
        """How many records there are."""
        return connection.scalar(_COUNT, self.asked)

    def lines(self, connection: Any) -> Iterator[Line]:
        """What a file of the period holds, line by line.

        `{type: "export"}` first; before the records of a block `{type: "block", number,
        header, head}`, of those between too; `{type: "record", record, block, position,
        size, path}`, a record in no block yet with `block: null`.
        """
        yield {
            "type": "export",
            "format": 1,
            "from": blocks.moment(self.begin),
            "to": blocks.moment(self.end),
            "units": self.asked["units"],
            "records": self.count(connection),
        }
        told, tree, number = None, [], None
        options = {"stream_results": True, "yield_per": 2000}
        rows = connection.execute(_ROWS, self.asked, execution_options=options)
        for row in rows.mappings():
            line: Line = {"type": "record", "record": blocks.record_text(row)}
            if row["block"] is None:
                yield {**line, "block": None}
                continue
            if row["block"] != number:
                number = row["block"]
                first = number if told is None else told + 1
                yield from _blocks(connection, first, number)
                told, tree = number, _tree(connection, number)
            position = row["position"]
            way = [step.hex() for step in merkle.path(tree, position)]
            place = {"block": number, "position": position, "size": len(tree[0])}
            yield {**line, **place, "path": way}
        if told is not None:
            yield from _blocks(connection, told + 1, told + AFTER)


def _tree(connection: Any, number: int) -> list[Sequence[bytes]]:
    hashes = (
        sa.select(_LEAF.c.hash)
        .where(_LEAF.c.block == number)
        .order_by(_LEAF.c.position)
    )
    return list(merkle.levels([bytes(item) for item in connection.scalars(hashes)]))


def _blocks(connection: Any, first: int, last: int) -> Iterator[Line]:
    chosen = (
        sa.select(_BLOCK)
        .where(_BLOCK.c.number.between(first, last))
        .order_by(_BLOCK.c.number)
    )
    for block in connection.execute(chosen).mappings():
        yield {
            "type": "block",
            "number": block["number"],
            "header": blocks.header_text(block),
            "head": bytes(block["head"]).hex(),
        }


HEAD = (
    *blocks.RECORD,
    *("block", "position", "size", "leaf_sha256", "path", "root", "head"),
)
"""Columns of a sheet of the same; the path from below, its steps parted by spaces."""


def rows(lines: Iterable[Line]) -> Iterator[list[Any]]:
    """Rows of a sheet, for people who read it; `lines` are what is proven."""
    headers: dict[int, tuple[str, str]] = {}
    for line in lines:
        if line["type"] == "block":
            root = json.loads(line["header"])["root"]
            headers[line["number"]] = (root, line["head"])
        elif line["type"] == "record":
            values = json.loads(line["record"])
            leaf = merkle.leaf_hash(line["record"].encode("ascii")).hex()
            yield [
                *(values[key] for key in blocks.RECORD),
                *(line.get(key) for key in ("block", "position", "size")),
                leaf,
                " ".join(line.get("path") or ()),
                *headers.get(line["block"], ("", "")),
            ]
