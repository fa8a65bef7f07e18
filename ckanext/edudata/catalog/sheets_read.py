"""Reading an uploaded workbook in a child process: it costs a refusal and no more."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

Row = list[str | None]

MAX_BYTES = 32 << 20
SECONDS = 60
MEMORY = 1 << 30
_MAX_ANSWER = 256 << 20

_BOOT = (
    "import json, os, sys; paths = json.loads(os.environ['EDUDATA_CHECK_PATH']); "
    "sys.path += [path for path in paths if path not in sys.path]; "
    "from ckanext.edudata.catalog import sheets_child; "
    "sheets_child.main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))"
)

#: Why a workbook is refused; English message ids that say what to do.
REASONS = {
    "too_large": "The file is larger than 32 MB. A catalog sheet holds text only; "
    "remove pictures and other sheets, or split it.",
    "no_workbook": "This is no XLSX workbook. Save it as “Excel workbook (.xlsx)” and "
    "upload it again.",
    "encrypted": "The workbook is protected by a password. Remove the password and "
    "upload it again.",
    "timeout": "The workbook took too long to read. Split it into several.",
    "memory": "The workbook needs too much memory. Split it into several.",
    "far_cell": "A cell far below the table holds something. Delete the empty rows "
    "below the table and upload it again.",
    "too_many_cells": "The workbook has too many cells. Split it into several.",
    "too_many_columns": "The sheet has too many columns. Use the downloaded sheet.",
    "long_cell": "A cell holds more than 32,767 characters. Shorten it.",
    "broken": "The workbook could not be read to its end. Open it, save it anew as "
    "XLSX, and upload it again.",
}


@dataclass
class Workbook:
    """Rows of each sheet in their order, or why there are none."""

    sheets: dict[str, list[Row]] = field(default_factory=dict)
    reason: str = ""


def read(path: str, *, seconds: int = SECONDS, memory: int = MEMORY) -> Workbook:
    """All rows of a workbook. Raises nothing for what the file does."""
    if os.path.getsize(path) > MAX_BYTES:
        return Workbook(reason="too_large")
    kept = {"PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "LD_LIBRARY_PATH"}
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    paths = [place or os.getcwd() for place in sys.path]
    environment["EDUDATA_CHECK_PATH"] = json.dumps(paths)
    # Native code starts a thread for each core, with an address space of its own.
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment[threads] = "1"
    child = subprocess.Popen(  # noqa: S603
        [
            *(sys.executable, "-I", "-X", "utf8", "-c", _BOOT),
            *(os.path.abspath(path), str(seconds), str(memory)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=os.path.sep,
        start_new_session=True,
    )
    try:
        return _gather(child, time.monotonic() + seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        assert child.stdout is not None  # noqa: S101
        child.stdout.close()
        child.wait()


def _gather(child: subprocess.Popen[bytes], deadline: float) -> Workbook:
    book = Workbook()
    for line in _lines(child, deadline):
        try:
            message = json.loads(line)
        except ValueError:
            break
        if "end" in message:
            return book if not book.reason else Workbook(reason=book.reason)
        if "reason" in message:
            code = str(message["reason"])
            book.reason = code if code in REASONS else "broken"
        else:
            book.sheets.setdefault(message["sheet"], []).extend(message["rows"])
    if time.monotonic() >= deadline or child.poll() == -signal.SIGXCPU:
        return Workbook(reason="timeout")
    return Workbook(reason="memory" if child.poll() == -signal.SIGKILL else "broken")


def _lines(child: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
    assert child.stdout is not None  # noqa: S101
    held, received = bytearray(), 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            if not selector.select(min(left, 1.0)):
                continue
            block = os.read(child.stdout.fileno(), 1 << 20)
            received += len(block)
            if not block or received > _MAX_ANSWER:
                return
            held += block
            *lines, rest = bytes(held).split(b"\n")
            held = bytearray(rest)
            yield from lines
