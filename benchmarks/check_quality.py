"""The check on labelled made data: what it finds, what it misses, what it invents.

    python -m benchmarks.check_quality [--side dev|report] [--size 4] [--only PART …]

``dev`` may be looked at with ``--show`` while rules are changed; ``report`` is only
counted, and its cases are never shown. Ends with 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import quality_parts as parts
from benchmarks.made import SEEDS, Case, Table
from benchmarks.made_files import written
from benchmarks.quality_aims import missed, tell
from benchmarks.quality_run import Runner, Score, Seen, seen
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.report import CheckOptions
from ckanext.edudata.desensitization.sandbox import Sandbox

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"
PARTS = ("numbers", "cells", "public", "columns", "names", "people", "clean", "alike")
PARTS += ("files",)


def real_tables(run: Runner) -> tuple[list[Table], dict[str, str]]:
    """The public tables at hand, and the verdict on each file."""
    tables, verdicts = [], {}
    for path in sorted(REAL.glob("*")):
        if path.suffix not in (".csv", ".xls", ".xlsx", ".json"):
            continue
        with tempfile.TemporaryDirectory() as name:
            options = CheckOptions(key=b"a key for benchmarks")
            report = check_file(
                path, path.name, options=options, workdir=name, sandbox=run.sandbox
            )
            verdicts[path.name] = report.verdict
            for table in report.tables:
                if table.csv_path and table.row_count >= 20 and table.columns:
                    with open(table.csv_path, encoding="utf-8", newline="") as stream:
                        tables.append(list(csv.reader(stream)))
    return tables, verdicts


def in_files(run: Runner, score: Score, cases: Iterator[Case]) -> None:
    """Each in a file of its own, in its format."""
    for case in cases:
        name, data = written(case.rows, case.form)
        got = seen(run.file(name, data))
        if case.labels:
            score.somewhere(case, got)
            score.verdict(case, got)
        else:
            score.clean(case, got)


def measured(
    run: Runner, side: str, size: int, wanted: Sequence[str], real: list[Table]
) -> dict[str, Score]:
    """The parts one after the other."""
    hay = parts.Hay(run, side, real)
    made: dict[str, tuple[Iterator[Case], Callable[[Score, Case, Seen], None]]] = {
        "numbers": (parts.number_needles(side, size, hay), Score.needle),
        "cells": (parts.cell_needles(side, size, hay), Score.needle),
        "public": (parts.public_needles(side, size, real), Score.needle),
        "columns": (parts.columns(side, size), Score.cells),
        "names": (parts.name_columns(side, size), Score.table),
        "people": (parts.people(side, size), Score.table),
        "clean": (parts.clean_tables(side, size), Score.clean),
        "alike": (parts.look_alikes(side, size, hay), Score.clean),
    }
    scores = {}
    for part in wanted:
        score = scores[part] = Score()
        started = time.monotonic()
        if part == "files":
            # Each takes a file and a fork of its own.
            in_files(run, score, parts.files(side, max(1, size // 4), hay))
        else:
            cases, count = made[part]
            for case, got in run.cases(cases):
                count(score, case, got)
        score.seconds = time.monotonic() - started
    return scores


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--side", choices=SEEDS, default="dev")
    options.add_argument("--size", type=int, default=4, help="cases of each kind")
    options.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options.add_argument("--show", action="store_true", help="single cases (dev only)")
    given = options.parse_args()
    if given.show and given.side == "report":
        sys.exit("Cases of the report are not looked at: use --side dev.")
    started = time.monotonic()
    with Sandbox(warm=True) as sandbox, tempfile.TemporaryDirectory() as name:
        run = Runner(sandbox, Path(name))
        real, verdicts = real_tables(run)
        scores = measured(run, given.side, given.size, given.only, real)
    seconds = time.monotonic() - started
    print(
        f"side {given.side}, size {given.size}: {run.tables} tables in {seconds:.0f} s"
    )
    tell(scores, verdicts)
    if given.show:
        for part, score in scores.items():
            print(f"\n== {part}\n" + "\n".join(score.shown))
    return int(bool(missed(scores, verdicts)))


if __name__ == "__main__":
    raise SystemExit(main())
