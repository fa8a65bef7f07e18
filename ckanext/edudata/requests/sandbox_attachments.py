"""Checks an attachment in a process of its own: a hostile file costs a refusal.

No CKAN. `python -c BOOT`, with the path on standard input; one line comes back.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

_MEMORY = 1 << 30
_BOOT = (
    "import json, os, sys; paths = json.loads(os.environ['EDUDATA_CHECK_PATH']); "
    "sys.path += [path for path in paths if path not in sys.path]; "
    "from ckanext.edudata.requests import sandbox_attachments as s; s.main()"
)
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


def media_type(path: Path, seconds: int) -> tuple[str, str]:
    """Media type of a file, or a key of `words_attachments.REFUSALS`.

    :returns: one of the two, the other empty
    """
    environment = {k: os.environ[k] for k in _ENVIRONMENT if k in os.environ}
    environment["EDUDATA_CHECK_PATH"] = json.dumps(
        [each or os.getcwd() for each in sys.path]
    )
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, str(seconds)],
            input=str(path.resolve()).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=os.path.sep,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "", "timeout"
    try:
        answer = json.loads(done.stdout)
        return str(answer["type"]), str(answer["refused"])
    except (ValueError, KeyError, TypeError):
        return "", "crashed"


def main() -> None:
    """The child: answer and end."""
    path = Path(sys.stdin.buffer.read().decode())
    seconds = int(sys.argv[-1])
    for name, limit in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (limit, limit))
    from ckanext.edudata.requests import content_attachments

    answer = {"type": "", "refused": ""}
    try:
        answer["type"] = content_attachments.media_type(path)
    except content_attachments.Refused as refused:
        answer["refused"] = str(refused)
    except (MemoryError, RecursionError):
        answer["refused"] = "bomb"
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
