"""Many small tables through one warm child, and what is counted of the answers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.made import Case, Table
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport
from ckanext.edudata.desensitization.sandbox import Sandbox

#: Tables in one archive: a fork for each table would cost more than the check.
BATCH = 40
SAME = {
    "PERSON_NAME": "PERSON",
    "OFFICER_NAME": "PERSON",
    "NAME_IN_TEXT": "PERSON",
    "ADDRESS": "HOME_ADDRESS",
}
#: What may be found as well: a column of mobiles announced as 电话 is both, and some
#: numbers contain or are resident IDs.
ALSO: dict[str, set[str]] = {
    "MOBILE": {"LANDLINE"},
    "STUDENT_REGISTRATION": {"CN_RESIDENT_ID"},
    "PERSONAL_DOCUMENT": {"CN_RESIDENT_ID"},
    "DRIVING_LICENCE": {"PERSONAL_DOCUMENT"},
    "SOCIAL_SECURITY": {"PERSONAL_DOCUMENT"},
    "TEACHER_CERTIFICATE": {"PERSONAL_DOCUMENT"},
    "LOCATION": {"HOME_ADDRESS"},
}


@dataclass
class Seen:
    """What was said of one table: (place of the column, entity, rows, cells)."""

    verdict: str
    found: list[tuple[int, str, list[int], int]] = field(default_factory=list)

    def entities(self) -> set[tuple[int, str]]:
        return {(place, entity) for place, entity, _, _ in self.found}

    def at(self, row: int) -> set[str]:
        return {entity for _, entity, rows, _ in self.found if row in rows}


def encoded(rows: Table) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


class Runner:
    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self._folder, self.tables = sandbox, folder, 0

    def file(self, name: str, data: bytes, institutions: bool = False) -> CheckReport:
        path = self._folder / name
        path.write_bytes(data)
        options = CheckOptions(key=b"a key for benchmarks", institutions=institutions)
        self.tables += 1
        try:
            return check_file(path, name, options=options, sandbox=self.sandbox)
        finally:
            path.unlink()

    def cases(self, cases: Iterable[Case]) -> Iterator[tuple[Case, Seen]]:
        """Each case with its answer, in archives of cases under the same rule."""
        waiting: dict[bool, list[Case]] = defaultdict(list)
        for case in cases:
            batch = waiting[case.institutions]
            batch.append(case)
            if len(batch) == BATCH:
                yield from self._batch(waiting.pop(case.institutions))
        for batch in waiting.values():
            yield from self._batch(batch)

    def _batch(self, cases: list[Case]) -> Iterator[tuple[Case, Seen]]:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, case in enumerate(cases):
                archive.writestr(f"t{number:03}.csv", encoded(case.rows))
        report = self.file("tables.zip", out.getvalue(), cases[0].institutions)
        self.tables += len(cases) - 1
        if report.verdict == "unreadable":
            raise RuntimeError(f"not read: {report.reason}")
        for number, case in enumerate(cases):
            yield case, seen(report, f"t{number:03}.csv")


def seen(report: CheckReport, sheet: str = "") -> Seen:
    """The answer for one sheet, or for all of a file."""
    tables = [t for t in report.tables if not sheet or t.sheet == sheet]
    places = {
        (t.sheet, c.name): n for t in tables for n, c in enumerate(t.columns) if c.name
    }
    open_ = [
        f for f in report.findings if not f.passed and (not sheet or f.sheet == sheet)
    ]
    grounds = any(t.grounds for t in tables)
    verdict = "blocked" if open_ else "restricted" if grounds else "clear"
    return Seen(
        verdict if sheet else report.verdict,
        [
            (
                places.get((f.sheet, f.column), -1),
                SAME.get(f.entity, f.entity),
                f.rows,
                f.count,
            )
            for f in open_
        ],
    )


class Score:
    """Hits, misses and inventions by (entity, form)."""

    def __init__(self) -> None:
        self.hit: Counter[tuple[str, str]] = Counter()
        self.miss: Counter[tuple[str, str]] = Counter()
        self.extra: Counter[tuple[str, str]] = Counter()
        self.stopped: Counter[tuple[str, str]] = Counter()
        self.right: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.verdicts: Counter[tuple[str, str]] = Counter()
        self.shown: list[str] = []
        self.seconds = 0.0

    def table(self, case: Case, got: Seen) -> None:
        """A labelled table: columns found, and its verdict."""
        entities = got.entities()
        spare = {(c, also) for c, e in case.labels for also in ALSO.get(e, ())}
        for place, entity in case.labels:
            hit = (place, entity) in entities
            self.count(entity, case.form, hit, bool(entities))
            if not hit:
                self.show(case, f"missed {entity} in column {place + 1}", got)
        for _, entity in entities - case.labels - spare - case.spare:
            self.extra[entity, case.form] += 1
            self.show(case, f"invented {entity}", got)
        self.verdict(case, got)

    def verdict(self, case: Case, got: Seen) -> None:
        self.all[case.kind] += 1
        self.verdicts[case.kind, got.verdict] += 1
        right = got.verdict in case.verdicts
        self.right[case.kind] += right
        if not right:
            self.show(case, f"is {got.verdict}", got)

    def needle(self, case: Case, got: Seen) -> None:
        """One cell of a clean table: found at its row as what it is, and stopped."""
        (_, entity) = next(iter(case.labels))
        at = got.at(case.row)
        hit = entity in at and got.verdict == "blocked"
        self.count(entity, case.form, hit, bool(at) and got.verdict == "blocked")
        if not hit:
            self.show(case, f"missed {entity} ({case.form})", got)
        for other in at - {entity} - ALSO.get(entity, set()):
            self.extra[other, f"for {entity}"] += 1
            self.show(case, f"invented {other} for {entity} ({case.form})", got)

    def somewhere(self, case: Case, got: Seen) -> None:
        """In a format where rows are not numbered as in the table made."""
        kinds = {e for _, e in got.entities()}
        blocked = got.verdict == "blocked"
        spare: set[str] = set()
        for _, entity in case.labels:
            self.count(entity, case.form, blocked and entity in kinds, blocked)
            spare |= {entity} | ALSO.get(entity, set())
            if entity not in kinds:
                self.show(case, f"missed {entity} in {case.form}", got)
        for other in kinds - spare:
            self.extra[other, case.form] += 1

    def cells(self, case: Case, got: Seen) -> None:
        """A column of one entity: how many of its cells were found."""
        place, entity = next(iter(case.labels))
        full = len(case.rows) - 1
        count = max(
            (n for p, e, _, n in got.found if (p, e) == (place, entity)), default=0
        )
        for number in range(full):
            self.count(entity, case.form, number < count, got.verdict == "blocked")
        if count < full:
            self.show(case, f"found {count} of {full} {entity} ({case.form})", got)
        spare = {(place, e) for e in ALSO.get(entity, ())}
        for _, other in got.entities() - case.labels - spare:
            self.extra[other, f"for {entity}"] += full
            self.show(case, f"invented {other} for {entity} ({case.form})", got)

    def clean(self, case: Case, got: Seen) -> None:
        """A table with nobody in it: every finding is invented."""
        for _, entity in got.entities():
            self.extra[entity, case.kind] += 1
        self.verdict(case, got)

    def count(self, entity: str, form: str, hit: bool, stopped: bool) -> None:
        (self.hit if hit else self.miss)[entity, form] += 1
        self.stopped[entity, form] += stopped

    def show(self, case: Case, what: str, got: Seen) -> None:
        place = f" {case.rows[case.row - 1]}" if case.row else f" {case.rows[:2]}"
        self.shown.append(
            f"{case.kind} [{case.form}]: {what}; got {sorted(got.entities())};{place}"
        )

    def entities(self) -> dict[str, tuple[int, float, float, float]]:
        """By entity: number, precision, recall, share stopped by any finding."""
        return {e: self._rates({k for k in self._keys() if k[0] == e})
                for e in sorted({e for e, _ in self._keys()})}  # fmt: skip

    def names(self) -> dict[str, tuple[int, float, float, float]]:
        """By kind and cells: words taken for names are held against each of them."""
        return {
            f"{kind} {cells}": self._against(kind, cells)
            for kind, cells in sorted(
                tuple(form.rsplit(" ", 1)) for _, form in set(self.hit) | set(self.miss)
            )
        }

    def _against(self, kind: str, cells: str) -> tuple[int, float, float, float]:
        number, _, recall, stopped = self._rates({("PERSON", f"{kind} {cells}")})
        size = [k for k in self._keys() if k[1].endswith(f" {cells}")]
        return number, self._rates(set(size))[1], recall, stopped

    def forms(self) -> dict[tuple[str, str], tuple[int, float, float, float]]:
        return {key: self._rates({key}) for key in sorted(self.hit | self.miss)}

    def format_rates(self, form: str) -> tuple[int, float, float, float]:
        return self._rates({key for key in self._keys() if key[1] == form})

    def _keys(self) -> set[tuple[str, str]]:
        return set(self.hit) | set(self.miss) | set(self.extra)

    def _rates(self, keys: set[tuple[str, str]]) -> tuple[int, float, float, float]:
        hit, miss, extra, stopped = (
            sum(counter[key] for key in keys)
            for counter in (self.hit, self.miss, self.extra, self.stopped)
        )
        number = hit + miss
        return (
            number,
            hit / (hit + extra) if hit + extra else 1.0,
            hit / number if number else 1.0,
            stopped / number if number else 1.0,
        )
