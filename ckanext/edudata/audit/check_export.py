"""Prove an export of the audit trail. Stands alone: Python 3.9 or later, nothing else.

    python3 check_export.py FILE [--anchors FILE]

FILE is an export as JSON lines. Each record is hashed and followed to the root of its
block (RFC 6962), each block to the one before it. With anchors, heads that were written
down elsewhere are compared: only they show that nobody made the whole chain anew.

Exit code 0: all of it is proven; 1: it is not, see what is said; 2: not an export.
"""

from __future__ import annotations

import argparse
import json
import sys
from hashlib import sha256
from typing import Any

Line = dict[str, Any]


def leaf(record: str) -> bytes:
    """Hash of a record."""
    return sha256(b"\x00" + record.encode("ascii")).digest()


def root(node: bytes, position: int, size: int, path: list[str]) -> bytes:
    """Root of the tree in which a record has this place and path."""
    rest = [bytes.fromhex(step) for step in path]
    if not 0 <= position < size:
        raise ValueError("no such place")
    while size > 1:
        if position ^ 1 < size:
            beside = rest.pop(0)
            pair = beside + node if position % 2 else node + beside
            node = sha256(b"\x01" + pair).digest()
        position, size = position // 2, (size + 1) // 2
    if rest:
        raise ValueError("the path is too long")
    return node


class Proof:
    """What the lines so far have shown."""

    def __init__(self, anchors: dict[int, str]) -> None:
        self.anchors = anchors
        self.headers: dict[int, Line] = {}
        self.last: tuple[int, str] | None = None
        self.records = self.blocks = self.unsealed = self.anchored = 0
        self.wrong: list[str] = []

    def line(self, number: int, values: Line) -> None:
        """Take a line of the file."""
        try:
            if values["type"] == "block":
                self.block(number, values)
            elif values["type"] == "record":
                self.record(number, values)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            self.wrong.append(f"line {number}: cannot be proven ({error!r})")

    def block(self, line: int, values: Line) -> None:
        """Its head follows from its header, and it names the block before."""
        header = json.loads(values["header"])
        number, size = header["number"], header["size"]
        head = sha256(b"\x02" + values["header"].encode("ascii")).hexdigest()
        if head != values["head"] or number != values["number"]:
            self.wrong.append(f"line {line}: block {number} does not fit its head")
        lost = (header.get("note") or {}).get("lost")
        before = lost["first"] - 1 if lost else number - 1
        if self.last is not None and self.last != (before, header["previous"]):
            self.wrong.append(f"line {line}: block {number} does not follow the last")
        if lost:
            print(f"block {number}: {lost['records']} records lost, as declared there")
        anchor = self.anchors.get(number)
        if anchor is not None:
            self.anchored += 1
            if anchor != head:
                self.wrong.append(f"line {line}: block {number} is not as anchored")
        self.headers[number] = {"root": header["root"], "size": size}
        self.last = (number, head)
        self.blocks += 1

    def record(self, line: int, values: Line) -> None:
        """It leads to the root of its block."""
        name = json.loads(values["record"])["id"]
        self.records += 1
        if values["block"] is None:
            self.unsealed += 1
            return
        header = self.headers[values["block"]]
        node, place = leaf(values["record"]), values["position"]
        found = root(node, place, header["size"], values["path"])
        if found.hex() != header["root"]:
            self.wrong.append(f"line {line}: record {name} is not what was sealed")


def main() -> int:
    """Read the file and say what it proves."""
    parser = argparse.ArgumentParser(description="Prove an export of the audit trail.")
    parser.add_argument("file")
    parser.add_argument("--anchors", help="file of heads that were kept elsewhere")
    options = parser.parse_args()
    anchors = {}
    if options.anchors:
        with open(options.anchors, encoding="utf-8") as file:
            for each in map(json.loads, filter(str.strip, file)):
                anchors[each["number"]] = each["head"]
    proof, told = Proof(anchors), None
    with open(options.file, encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            try:
                values = json.loads(text)
                if told is None and values["type"] == "export":
                    told = values
            except (ValueError, KeyError, TypeError):
                print(f"line {number}: not a line of an export")
                return 2
            proof.line(number, values)
    if told is None:
        print("This is no export of the audit trail.")
        return 2
    if told["records"] != proof.records:
        proof.wrong.append(f"{told['records']} records were exported, not all are here")
    for text in proof.wrong:
        print(text)
    print(
        f"{proof.records} records in {proof.blocks} blocks, {proof.unsealed} of them "
        f"not sealed yet, {proof.anchored} heads compared with anchors: "
        + ("NOT PROVEN" if proof.wrong else "proven")
    )
    return 1 if proof.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
