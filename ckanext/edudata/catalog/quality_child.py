"""The child process in which rows are checked, and its limits. No CKAN in it.

A table is data of others: one that takes all memory or for ever costs a sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import Any

from ckanext.edudata.catalog import quality_rows

_BOOT = (
    "import json, os, sys; paths = json.loads(os.environ['EDUDATA_QUALITY_PATH']); "
    "sys.path += [path for path in paths if path not in sys.path]; "
    "from ckanext.edudata.catalog import quality_rows; quality_rows.main()"
)
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "LD_LIBRARY_PATH")
_MAX_ANSWER = 16 << 20


class NotCheckedError(Exception):
    """The rows could not be checked. `code`: time, memory or failed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(
    path: str,
    asked: list[dict[str, Any]],
    *,
    rows_max: int,
    seconds: int,
    memory_mb: int,
) -> dict[str, Any]:
    """As `quality_rows.check`, in a process of its own.

    :raises NotCheckedError: it took too long, too much memory, or failed
    """
    request = {
        "path": os.path.abspath(path),
        "asked": asked,
        "rows_max": rows_max,
        "seconds": seconds,
        "memory": memory_mb << 20,
    }
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    paths = [each or os.getcwd() for each in sys.path]
    environment["EDUDATA_QUALITY_PATH"] = json.dumps(paths)
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-X", "utf8", "-c", _BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What a library says of a failure may quote a cell.
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=os.path.sep,
        start_new_session=True,
    )
    try:
        line = json.dumps(request).encode() + b"\n"
        answer, _ = child.communicate(line, timeout=seconds + 30)
    except subprocess.TimeoutExpired:
        raise NotCheckedError("time") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.returncode == -signal.SIGXCPU:
        raise NotCheckedError("time")
    if child.returncode or len(answer) > _MAX_ANSWER:
        memory = child.returncode in (-signal.SIGKILL, quality_rows.NO_MEMORY)
        raise NotCheckedError("memory" if memory else "failed")
    return json.loads(answer)
