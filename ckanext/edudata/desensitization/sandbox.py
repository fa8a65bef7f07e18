"""Runs checks in a child process, so that a hostile file costs a verdict and no more.

A reader may abort, run for ever or take all memory: python-calamine 0.9 aborts its
process on files of 1.6 kB. The parent keeps the clock and counts the bytes it is sent;
whatever happens over there is ``unreadable`` here, never an exception.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .reasons import reason
from .report import CheckOptions, CheckReport, Progress, Reason

log = logging.getLogger(__name__)

#: Isolated from PYTHONPATH and the current folder, where a name might shadow a module;
#: what only the parent can find comes last.
_BOOT = (
    "import json, os, sys; paths = json.loads(os.environ['EDUDATA_CHECK_PATH']); "
    "sys.path += [path for path in paths if path not in sys.path]; "
    "from ckanext.edudata.desensitization import child; child.main()"
)
_START_SECONDS = 120.0
#: Own limit on what a child may send; a report of the largest table is far smaller.
_MAX_ANSWER = 256 << 20
#: A reader that is silent in native code is still alive: say so this often.
_HEARTBEAT = 1.0
_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "HOME",
    "LD_LIBRARY_PATH",
    # An operator's own engine for names, see docs/operations/name-engine.md.
    "EDUDATA_NAME_ENGINE",
)


class Sandbox:
    """A child that forks for each file. ``warm`` keeps it for the next file.

    Usable from several threads, one file at a time; after a fork of the parent, a new
    child is started.
    """

    def __init__(self, warm: bool = False) -> None:
        self._warm = warm
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._buffer = b""

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self,
        path: Path,
        filename: str,
        options: CheckOptions,
        folder: Path,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> CheckReport | Reason:
        """The report on a file, or why it could not be read.

        Only what ``on_progress`` raises comes out as an exception; the child is then
        killed.
        """
        request = {
            "path": str(path.resolve()),
            "filename": filename,
            "folder": str(folder.resolve()),
            "options": _settings(options),
        }
        outcome = self._run(request, options, on_progress)
        return reason("crashed") if isinstance(outcome, dict) else outcome

    def desensitize(
        self,
        path: Path,
        plan: dict[str, Any],
        options: CheckOptions,
        folder: Path,
        on_progress: Callable[[Progress], None] | None = None,
        **how: Any,
    ) -> dict[str, Any] | Reason:
        """Carry a plan out: ``made.csv`` in ``folder``, and what came out.

        ``how`` goes to :func:`.desensitize.apply`, with the key in hex; with ``check``
        what came out is checked as well, and ``examples`` of cells come back.

        :returns: ``{"result", "report", "examples"}``, or ``{"refused": code}`` for a
            plan that does not fit the table (``plan``) or leaves no row (``rows``)
        """
        request = {
            "path": str(path.resolve()),
            "folder": str(folder.resolve()),
            "options": _settings(options),
            "desensitize": {"plan": plan, **how},
        }
        outcome = self._run(request, options, on_progress)
        return reason("crashed") if isinstance(outcome, CheckReport) else outcome

    def _run(
        self,
        request: dict[str, Any],
        options: CheckOptions,
        on_progress: Callable[[Progress], None] | None,
    ) -> CheckReport | dict[str, Any] | Reason:
        with self._lock:
            done = False
            try:
                outcome = self._ask(request, options, on_progress)
                done = not isinstance(outcome, Reason) or outcome.code not in (
                    "timeout",
                    "crashed",
                )
                return outcome
            finally:
                if not (done and self._warm):
                    self._kill()

    def close(self) -> None:
        with self._lock:
            self._kill()

    def _ask(
        self,
        request: dict[str, Any],
        options: CheckOptions,
        on_progress: Callable[[Progress], None] | None,
    ) -> CheckReport | dict[str, Any] | Reason:
        child = self._started()
        if child is None:
            return reason("crashed")
        deadline = time.monotonic() + options.wall_seconds
        outcome: CheckReport | dict[str, Any] | Reason | None = None
        try:
            assert child.stdin is not None  # noqa: S101
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
        except OSError:
            return reason("crashed")
        last = Progress("", 0, 0)
        for message in self._messages(deadline):
            if "progress" in message or "silent" in message:
                last = Progress(**message.get("progress") or vars(last))
                if on_progress:
                    on_progress(last)
            elif "report" in message:
                outcome = CheckReport.from_dict(message["report"])
            elif "made" in message:
                outcome = message["made"]
            elif "reason" in message:
                outcome = Reason(**message["reason"])
            elif "failed" in message:
                log.warning("The check failed: %s", message["failed"])
                outcome = reason("crashed")
            elif "exit" in message:
                return outcome or _died(message["exit"], options)
        if time.monotonic() >= deadline:
            return reason("timeout", limit=round(options.wall_seconds))
        return reason("crashed")

    def _started(self) -> subprocess.Popen[bytes] | None:
        alive = self._child is not None and self._child.poll() is None
        if alive and self._owner == os.getpid():
            return self._child
        self._kill()
        environment = {k: os.environ[k] for k in _ENVIRONMENT if k in os.environ}
        paths = [path or os.getcwd() for path in sys.path]
        environment["EDUDATA_CHECK_PATH"] = json.dumps(paths)
        for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            environment[threads] = "1"
        # onnxruntime has telemetry of its own, which is on by default.
        environment["ORT_DISABLE_TELEMETRY"] = "1"
        arguments = [sys.executable, "-I", "-X", "utf8", "-c", _BOOT]
        self._child = subprocess.Popen(  # noqa: S603
            arguments + (["--warm"] if self._warm else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            # -m puts the current folder first, where a file may shadow a module.
            cwd=os.path.sep,
            start_new_session=True,
        )
        self._owner, self._buffer = os.getpid(), b""
        for message in self._messages(time.monotonic() + _START_SECONDS):
            if "ready" in message:
                return self._child
        log.error("The child process of the check does not start.")
        return None

    def _messages(self, deadline: float) -> Iterator[dict[str, Any]]:
        """Answers of the child until it ends, the time is over or it sends too much."""
        child, received = self._child, 0
        assert child is not None  # noqa: S101
        assert child.stdout is not None  # noqa: S101
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while True:
                line, newline, rest = self._buffer.partition(b"\n")
                if newline:
                    self._buffer = rest
                    yield json.loads(line)
                    continue
                left = deadline - time.monotonic()
                if left <= 0:
                    return
                if not selector.select(min(left, _HEARTBEAT)):
                    yield {"silent": True}
                    continue
                block = os.read(child.stdout.fileno(), 1 << 20)
                received += len(block)
                if not block or received > _MAX_ANSWER:
                    return
                self._buffer += block

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for stream in (child.stdin, child.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        if self._owner != os.getpid():
            # A copy from before a fork: the child belongs to the other process.
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _settings(options: CheckOptions) -> dict[str, Any]:
    return {**dataclasses.asdict(options), "key": options.key.hex()}


def _died(code: int, options: CheckOptions) -> Reason:
    if code == -signal.SIGXCPU:
        return reason("timeout", limit=options.cpu_seconds)
    if code == -signal.SIGKILL:
        return reason("memory")
    return reason("crashed")
