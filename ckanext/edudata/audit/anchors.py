"""Anchors: heads of blocks kept where the database's administrator has no hand.

Who may write to the database as its owner can make a whole new chain of blocks. A head
that was written down elsewhere before cannot be changed with it.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import logging
import logging.handlers
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckanext.edudata.audit import blocks

_TAIL = 64_000


@dataclass(frozen=True)
class Anchor:
    """Block `number` had this `head` (hex), and `total` records were sealed by then."""

    number: int
    head: str
    total: int
    sealed_at: str


class UnreadableError(Exception):
    """A line of a file of anchors is none: `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is no anchor")
        self.line = line


def of_block(block: Mapping[str, Any]) -> Anchor:
    """The anchor of a block."""
    sealed_at = blocks.moment(block["sealed_at"])
    return Anchor(
        block["number"], bytes(block["head"]).hex(), block["total"], sealed_at
    )


def read(path: Path) -> list[Anchor]:
    """Anchors of a file in the order of their blocks.

    A last line that a crash cut short is left out.

    :raises UnreadableError: a line before the last is no anchor
    :raises OSError: the file cannot be read
    """
    return sorted(_parsed(path.read_bytes()), key=lambda anchor: anchor.number)


def newest(path: Path) -> Anchor | None:
    """The last anchor of a file, None if there is no file yet.

    :raises UnreadableError: the file ends in something else
    """
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            tail = file.read()
    except FileNotFoundError:
        return None
    begin = tail.find(b"\n") + 1 if len(tail) == _TAIL else 0
    found = _parsed(tail[begin:])
    return found[-1] if found else None


def append(path: Path, anchor: Anchor) -> bool:
    """Add an anchor to the file, on the disk when this returns.

    :returns: False if the file has it already
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = newest(path)
        if last is not None and last.number >= anchor.number:
            return False
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        if size and file.read() != b"\n":
            file.write(b"\n")  # what a crash cut short stays a line of its own
        file.write(line(anchor).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def line(anchor: Anchor) -> str:
    """An anchor as it is written down, with the moment of writing."""
    now = blocks.moment(datetime.datetime.now(datetime.timezone.utc))
    values = {**anchor.__dict__, "anchored_at": now}
    return json.dumps(values, sort_keys=True)


def to_syslog(address: str, anchor: Anchor) -> None:
    """Send an anchor to a system log.

    :param address: `host:port` (UDP), or a path as `/dev/log`
    :raises OSError: nobody listens there
    """
    host, colon, port = address.rpartition(":")
    place = (host, int(port)) if colon and port.isdigit() else address
    handler = logging.handlers.SysLogHandler(
        place, facility=logging.handlers.SysLogHandler.LOG_AUTHPRIV
    )
    handler.handleError = _raise  # type: ignore[method-assign]
    try:
        text = f"edudata-audit: {line(anchor)}"
        handler.emit(logging.makeLogRecord({"msg": text, "levelname": "WARNING"}))
    finally:
        handler.close()


def _raise(record: logging.LogRecord) -> None:
    raise  # the error being handled


def _parsed(content: bytes) -> list[Anchor]:
    found, lines = [], content.split(b"\n")
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            found.append(_anchor(json.loads(text)))
        except (ValueError, KeyError, TypeError):
            if not _cut_short(lines, number):
                raise UnreadableError(number) from None
    return found


def _anchor(values: dict[str, Any]) -> Anchor:
    head = bytes.fromhex(values["head"]).hex()
    number, total = int(values["number"]), int(values["total"])
    return Anchor(number, head, total, str(values["sealed_at"]))


def _cut_short(lines: list[bytes], number: int) -> bool:
    """Whether a line is what a crash left of an anchor: its begin, without an end."""
    text = lines[number - 1]
    return text.startswith(b'{"anchored_at"') and not text.rstrip().endswith(b"}")
