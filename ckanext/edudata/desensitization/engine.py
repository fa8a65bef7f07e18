"""The check as the rest of the portal calls it.

Imports neither Presidio nor a reader: these live in the child process.
"""

from __future__ import annotations

import dataclasses
import json
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .canonical import file_digest
from .reasons import reason
from .report import CheckOptions, CheckReport, Progress, Reason
from .ruleset import RULESET
from .sandbox import Sandbox

__all__ = ["RULESET", "check_file", "check_metadata"]


def check_file(
    path: str | Path,
    filename: str,
    *,
    options: CheckOptions | None = None,
    workdir: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    sandbox: Sandbox | None = None,
) -> CheckReport:
    """Read a file to its last cell and say what is in it.

    ``filename`` is the name that people see (checked as well); ``workdir`` an existing
    folder of the caller's for the clean CSV copies (``TableInfo.csv_path``), without it
    none are kept. ``sandbox`` is a warm one for many files. Raises ``OSError`` if the
    file is not there; whatever is wrong with its content is the verdict
    ``unreadable`` with a reason.
    """
    path = Path(path)
    started = time.monotonic()
    digest = file_digest(path)
    options = _with_key(options or CheckOptions())
    with tempfile.TemporaryDirectory(prefix="edudata-check-") as scratch:
        folder = Path(workdir) if workdir is not None else Path(scratch)
        runner = sandbox or Sandbox()
        outcome = runner.run(path, filename, options, folder, on_progress)
    if isinstance(outcome, CheckReport) and outcome.sha256 != digest:
        # Somebody wrote into the file while it was read: neither version was checked.
        outcome = reason("broken")
    report = _report(outcome, digest)
    report.seconds = round(time.monotonic() - started, 3)
    if workdir is None:
        for table in report.tables:
            table.csv_path = None
    return report


def check_metadata(
    texts: dict[str, str], *, sandbox: Sandbox | None = None
) -> CheckReport:
    """Titles, notes, file names, tags: ``texts`` maps a field's name to its text.

    Findings name the field as their column and ``metadata`` as their place; there are
    no tables. ``sha256`` is over the fields and texts.
    """
    with tempfile.TemporaryDirectory(prefix="edudata-check-") as scratch:
        path = Path(scratch) / "metadata"
        path.write_text(json.dumps(texts, ensure_ascii=False, sort_keys=True), "utf-8")
        digest = file_digest(path)
        options = dataclasses.replace(_with_key(CheckOptions()), metadata=True)
        outcome = (sandbox or Sandbox()).run(path, "", options, Path(scratch))
    return _report(outcome, digest)


def _with_key(options: CheckOptions) -> CheckOptions:
    if options.key:
        return options
    return dataclasses.replace(options, key=secrets.token_bytes(32))


def _report(outcome: CheckReport | Reason, digest: str) -> CheckReport:
    if isinstance(outcome, CheckReport):
        return outcome
    return CheckReport(
        sha256=digest, verdict="unreadable", ruleset=RULESET, reason=outcome
    )
