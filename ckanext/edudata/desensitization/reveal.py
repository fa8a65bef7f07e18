"""Values in full for the owner's own terminal: ``edudata-check --reveal``.

Reports hold no raw value, so the rows that a finding names are read from the file
again, by the same readers and under the same limits in a child process. Nothing of it
is kept.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .report import CheckOptions, CheckReport, Finding

_BOOT = (
    "import json, os, sys; paths = json.loads(os.environ['EDUDATA_CHECK_PATH']); "
    "sys.path += [path for path in paths if path not in sys.path]; "
    "from ckanext.edudata.desensitization import reveal; reveal.main()"
)
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
_LONGEST = 120
#: Elsewhere a row only tells beside which cell it is, as of a comment.
_IN_ROWS = ("cell", "note", "header")

Rows = dict[tuple[str, int], list[str]]


def found_values(report: CheckReport, rows: Rows) -> dict[int, list[tuple[int, str]]]:
    """``(row, value)`` of each finding by its number: of a cell its own text, of a
    title or a header that of its row. Findings that stand in no row have
    none."""
    places = {
        (table.sheet, column.name): place
        for table in report.tables
        for place, column in enumerate(table.columns)
    }
    found = {}
    for number, finding in enumerate(report.findings):
        place = places.get((finding.sheet, finding.column))
        values = []
        for row in finding.rows if finding.where in _IN_ROWS else ():
            cells = rows.get((finding.sheet, row), [])
            text = _text(finding, cells, place)
            if text:
                values.append((row, text))
        found[number] = values
    return found


def _text(finding: Finding, cells: list[str], place: int | None) -> str:
    if finding.where == "cell" and place is not None:
        text = cells[place] if place < len(cells) else ""
    else:
        text = "  ".join(filter(None, cells))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def read_rows(
    path: Path, name: str, report: CheckReport, options: CheckOptions
) -> Rows:
    """The rows that a report's findings name, as far as they can be read again."""
    wanted: dict[str, set[int]] = {}
    for finding in report.findings:
        if finding.where in _IN_ROWS and finding.rows:
            wanted.setdefault(finding.sheet, set()).update(finding.rows)
    if not wanted:
        return {}
    settings = dataclasses.asdict(options)
    settings["key"] = ""
    request = {
        "path": str(path.resolve()),
        "filename": name,
        "options": settings,
        "wanted": {sheet: sorted(rows) for sheet, rows in wanted.items()},
    }
    child = _start()
    try:
        data = json.dumps(request).encode() + b"\n"
        answer, _ = child.communicate(data, timeout=options.wall_seconds)
    except subprocess.TimeoutExpired:
        return {}
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    with contextlib.suppress(ValueError):
        return {
            (s, row): cells for s, row, cells in map(json.loads, answer.splitlines())
        }
    return {}


def _start() -> subprocess.Popen[bytes]:
    environment = {k: os.environ[k] for k in _ENVIRONMENT if k in os.environ}
    paths = [path or os.getcwd() for path in sys.path]
    environment["EDUDATA_CHECK_PATH"] = json.dumps(paths)
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-X", "utf8", "-c", _BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=os.path.sep,
        start_new_session=True,
    )


def main() -> None:
    """In the child: one request on standard input, a JSON line for each row."""
    from . import child
    from .reading import open_source

    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 1)
    child._die_with_parent()
    request = json.loads(sys.stdin.buffer.readline())
    options = CheckOptions(**{**request["options"], "key": b""})
    child._limit(options)
    source = open_source(Path(request["path"]), request["filename"], options)
    wanted: Mapping[str, list[int]] = request["wanted"]
    for sheet in source.sheets:
        for number, row in _rows(sheet, wanted.get(sheet.name, [])):
            cells = ["" if cell is None else str(cell) for cell in row]
            answers.write(json.dumps([sheet.name, number, cells]).encode() + b"\n")


def _rows(sheet: Any, wanted: list[int]) -> Any:
    number = 0
    for batch in sheet.batches if wanted else ():
        for row in batch:
            number += 1
            if number in wanted:
                yield number, row
        if number >= wanted[-1]:
            return
