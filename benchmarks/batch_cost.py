"""What a batch costs: 1,000 rows behind 1,000,000, against reading the whole again.

    python -m benchmarks.batch_cost [--rows 1000000] [--batch 1000] [--runs 3]

Both are the product's own steps on the same rows in one run: freezing the table, which
proves by its digest that the version in force stands at its head (both pay it), then
reading in the child process, merging and judging. CPU seconds, children included; the
start of a child, the same for both, is taken alone and stands beside them. Ends with 1
if above it the batch costs more than a tenth of the whole, or if what is said of the
whole differs.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import random
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.machine import describe, spread
from ckanext.edudata.desensitization import engine, frozen, sealing, whole
from ckanext.edudata.desensitization.canonical import file_digest
from ckanext.edudata.desensitization.profile import Profile
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport

SEED = 20261123
SECRET = "a secret for benchmarks"  # noqa: S105
COLUMNS = ["日期", "学校名称", "设施名称", "监测点", "温度", "湿度", "用电量", "备注"]
Result = TypeVar("Result")


def make(path: Path, rows: int, batch: int) -> None:
    """Readings of sensors in schools: nobody is in them."""
    chance = random.Random(SEED)
    schools = [f"示例第{n}小学" for n in range(1, 400)]
    places = ["教学楼", "实验楼", "图书馆", "体育馆", "食堂", "行政楼"]
    notes = ["", "", "", "", "正常", "已校准", "设备更换"]
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(COLUMNS)
        for n in range(rows + batch):
            writer.writerow(
                [
                    f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
                    chance.choice(schools),
                    chance.choice(places),
                    f"P{n % 5000:04d}",
                    f"{chance.uniform(-5, 38):.1f}",
                    f"{chance.uniform(20, 95):.1f}",
                    f"{chance.uniform(0, 900):.2f}",
                    chance.choice(notes),
                ]
            )


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, _CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


_CHILDREN = resource.RUSAGE_CHILDREN


def timed(times: list[float], work: Callable[[], Result]) -> Result:
    started = cpu()
    result = work()
    times.append(cpu() - started)
    return result


def read(
    now: frozen.Frozen, key: bytes, folder: Path, *, all_rows: bool
) -> tuple[Profile, CheckOptions]:
    options = CheckOptions(
        profile=True, key=key, rows_before=0 if all_rows else now.before
    )
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch) / "rows.parquet"
        frozen.write_part(now, COLUMNS, path, whole=all_rows)
        report = engine.check_file(path, path.name, options=options, workdir=scratch)
    if report.profile is None:
        raise SystemExit(f"Not read: {report.reason}")
    return Profile.from_dict(report.profile), options


def judge_whole(now: frozen.Frozen, key: bytes, folder: Path) -> CheckReport:
    profile, options = read(now, key, folder, all_rows=True)
    profile.outside = {}
    sealing.seal(SECRET, key, profile)
    return whole.report(profile, options, now, "")


def judge_batch(now: frozen.Frozen, sealed: bytes, folder: Path) -> CheckReport:
    kept = sealing.unseal(SECRET, sealed)
    if kept is None:
        raise SystemExit("The kept profile was not opened")
    key, stock = kept
    part, options = read(now, key, folder, all_rows=False)
    merged = whole.merged(stock, part, "")
    if merged is None:
        raise SystemExit("The profiles did not merge")
    sealing.seal(SECRET, key, merged)
    return whole.report(merged, options, now, "")


def said(report: CheckReport) -> str:
    table = dataclasses.asdict(report.tables[0])
    # A large table's count of different cells is an estimate either way.
    return json.dumps(
        [report.verdict, report.grounds, report.k, report.rows, table["columns"]],
        ensure_ascii=False,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    print(describe("pyarrow", "numpy"))
    key = b"a key for benchmarks, 32 bytes.."
    times: dict[str, list[float]] = {
        name: [] for name in ("freeze", "start", "batch", "whole")
    }
    with tempfile.TemporaryDirectory(prefix="edudata-benchmark-") as name:
        folder = Path(name)
        dumped = folder / "dumped.csv"
        make(dumped, wanted.rows, wanted.batch)
        head = folder / "head.csv"
        with dumped.open(encoding="utf-8") as source, head.open("w") as target:
            for _ in range(wanted.rows + 1):
                target.write(source.readline())
        stock_table = frozen.freeze(head, folder / "stock.csv", before=0, digest="")
        profile, _ = read(stock_table, key, folder, all_rows=True)
        profile.outside = {}
        sealed = sealing.seal(SECRET, key, profile)
        tiny = folder / "tiny.csv"
        tiny.write_text("学校名称,学生数\n示例小学,900\n", "utf-8")
        told: list[tuple[CheckReport, CheckReport]] = []
        for _ in range(wanted.runs):
            now = timed(
                times["freeze"],
                lambda: frozen.freeze(
                    dumped,
                    folder / "now.csv",
                    before=stock_table.rows,
                    digest=stock_table.digest,
                ),
            )
            if not now.same or file_digest(now.path) == file_digest(stock_table.path):
                raise SystemExit("The version in force was not found at the head")
            timed(times["start"], lambda: engine.check_file(tiny, tiny.name))
            by_batch = timed(times["batch"], partial(judge_batch, now, sealed, folder))
            at_once = timed(times["whole"], partial(judge_whole, now, key, folder))
            told.append((by_batch, at_once))
        print(f"rows {wanted.rows:,} + {wanted.batch:,}, {len(COLUMNS)} columns")
        print(f"freezing, paid by both     {spread(times['freeze'])}")
        print(f"start of a child alone     {spread(times['start'])}")
        print(f"judging with the batch     {spread(times['batch'])}")
        print(f"reading the whole again    {spread(times['whole'])}")
        start, part, full = (
            statistics.median(times[name]) for name in ("start", "batch", "whole")
        )
        ratio = (part - start) / (full - start)
        print(f"batch / whole, all in all  {part / full:.4f}")
        print(f"the same above the start   {ratio:.4f}")
        print(f"kept profile, sealed       {len(sealed):,} bytes")
        print(f"verdicts {', '.join(f'{a.verdict} = {b.verdict}' for a, b in told)}")
    return int(ratio > 0.1 or any(said(a) != said(b) for a, b in told))


if __name__ == "__main__":
    sys.exit(main())
