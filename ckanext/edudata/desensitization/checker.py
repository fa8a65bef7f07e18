"""One file, read and judged in this process. Only the sandbox's child runs it."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import IO

from .canonical import TableDigest, file_digest
from .columns import column_names
from .outside import scan_outside
from .profile import ColumnProfile, Profile, TableProfile, key_id
from .reading import Batch, Sheet, open_source
from .reading.layout import SAMPLE_ROWS, Layout, find_layout
from .reading.sheets import Row
from .reasons import Unreadable
from .recognizers.person_name import PersonNameRecognizer
from .report import CheckOptions, CheckReport, Progress
from .ruleset import RULESET
from .tally import TableTally
from .verdict import judge

#: So many cells filled from the left are neither title, group nor footnote.
_PLAINLY = 4
Watch = Callable[[Progress], None]


@dataclass(frozen=True)
class Part:
    """One of several readers of a file. All read every row, so that quotation marks and
    wide rows mean the same to all, but each tallies its own stretch only; the first one
    also writes the clean copy, for which its stretch is shorter."""

    index: int = 0
    of: int = 1
    #: What reading, writing and hashing a row costs beside looking at it.
    COPYING = 0.3

    def owns(self, done: int, size: int) -> bool:
        if self.of == 1:
            return True
        first = max(0.0, (1 - self.COPYING * (self.of - 1)) / self.of)
        rest = (1 - first) / (self.of - 1)
        at = min(1.0, done / max(1, size))
        low = 0.0 if not self.index else first + rest * (self.index - 1)
        high = 1.1 if self.index == self.of - 1 else first + rest * self.index
        return low <= at < high


def check(
    path: Path,
    filename: str,
    options: CheckOptions,
    folder: Path,
    watch: Watch,
    parts: int = 1,
    others: Callable[[], Iterable[Profile]] = tuple,
) -> CheckReport:
    """The report on a file. Clean CSV copies of its tables are written to ``folder``.

    ``others`` are the profiles of the other ``parts``, in order, once they are done.
    Raises :class:`Unreadable` for what cannot be read to the last cell.
    """
    started = time.monotonic()
    profile, written = _read(path, filename, options, folder, watch, Part(0, parts))
    for more in others():
        profile.merge(more)
    if not written:
        raise Unreadable("no_table")
    judgement = judge(profile, options)
    for info, table in zip(judgement.tables, written, strict=True):
        info.digest, info.csv_path = table.digest, str(table.path)
    return CheckReport(
        sha256=file_digest(path),
        verdict=judgement.verdict,
        classified=judgement.classified,
        ruleset=RULESET,
        findings=judgement.findings,
        tables=judgement.tables,
        grounds=judgement.grounds,
        institutions=options.institutions
        and any(t.institutions for t in judgement.tables),
        k=min((t.k for t in judgement.tables if t.k is not None), default=None),
        rows=sum(t.row_count for t in judgement.tables),
        cells=sum(t.row_count * len(t.columns) for t in judgement.tables),
        seconds=round(time.monotonic() - started, 3),
        profile=profile.to_dict() if options.profile else None,
    )


def check_part(path: Path, options: CheckOptions, folder: Path, part: Part) -> Profile:
    """The profile of one stretch of a file that others read too."""
    return _read(path, "", options, folder, lambda _: None, part)[0]


def _read(
    path: Path,
    filename: str,
    options: CheckOptions,
    folder: Path,
    watch: Watch,
    part: Part,
) -> tuple[Profile, list[_Written]]:
    names = PersonNameRecognizer()
    source = open_source(path, filename, options)
    profile = Profile(key_id(options.key))
    written: list[_Written] = []
    if source.kind != "text":
        # Only texts tell how far they are read.
        if part.index:
            return profile, written
        part = Part()
    size = source.size if source.kind == "text" else None
    if not part.index:
        scan_outside(profile.outside, names, "filename", Path(filename).stem)
    cells = 0
    for sheet in source.sheets:
        table = _Table(sheet, names, options, folder, len(written), part, size or 0)
        for progress in table.read():
            cells = max(cells, progress.cells)
            watch(
                Progress(
                    progress.sheet, progress.rows, progress.cells, sheet.done(), size
                )
            )
        if table.written:
            written.append(table.written)
            profile.tables.append(table.written.profile)
    if not part.index:
        for extra in source.extras:
            scan_outside(profile.outside, names, extra.where, extra.text, extra.row)
    return profile, written


def check_texts(path: Path, options: CheckOptions) -> CheckReport:
    """The report on metadata: a JSON object of field names and texts."""
    names = PersonNameRecognizer()
    findings = []
    for field, text in json.loads(path.read_text("utf-8")).items():
        profile = Profile(key_id(options.key))
        scan_outside(profile.outside, names, "metadata", text)
        for finding in judge(profile, options).findings:
            finding.column = field
            findings.append(finding)
    classified = any(f.entity == "CLASSIFIED" for f in findings)
    return CheckReport(
        sha256=file_digest(path),
        verdict="blocked" if findings else "clear",
        classified=classified,
        ruleset=RULESET,
        findings=findings,
        grounds=["classified"] * classified
        + ["personal"] * any(f.entity != "CLASSIFIED" for f in findings),
    )


class _Written:
    def __init__(self, profile: TableProfile, path: Path, digest: str) -> None:
        self.profile, self.path, self.digest = profile, path, digest


class _Table:
    """Reads one sheet: finds its layout, tallies its rows, writes its clean copy."""

    def __init__(
        self,
        sheet: Sheet,
        names: PersonNameRecognizer,
        options: CheckOptions,
        folder: Path,
        number: int,
        part: Part,
        size: int,
    ) -> None:
        self._sheet, self._names, self._options = sheet, names, options
        self._part, self._size = part, size
        self._path = folder / f"table-{number + 1}.csv"
        self.written: _Written | None = None

    def read(self) -> Iterator[Progress]:
        sample, batches = _first_rows(self._sheet.batches)
        layout = _named(sample) if self._sheet.header else find_layout(sample)
        if not layout.width:
            return
        columns = [
            ColumnProfile(name, label)
            for name, label in zip(
                column_names(layout.labels), layout.labels, strict=True
            )
        ]
        profile = TableProfile(
            self._sheet.name, columns, layout.header_row, self._sheet.hidden
        )
        above = sample[: max(0, layout.header_row - 1)]
        title = [cell for row in above for cell in row if cell]
        tally = TableTally(
            profile,
            self._options.key,
            self._names,
            self._options.small_cell,
            " ".join(filter(None, [self._sheet.name, self._options.title, *title])),
        )
        if not self._part.index:
            if self._sheet.name:
                tally.outside("sheet_name", self._sheet.name)
            for label in filter(None, layout.labels):
                tally.outside("header", label, layout.header_row)
        width = layout.width
        digest = TableDigest([c.name for c in columns])
        copied = 0
        with self._copy() as stream:
            writer = csv.writer(stream)
            writer.writerow([c.name for c in columns])
            for rows, numbers, own in self._data(batches, layout, tally):
                self._widen(rows, tally, layout)
                _pad(rows, len(columns))
                if own:
                    before = self._options.rows_before
                    tally.add(rows, [number + before for number in numbers])
                copied += len(rows)
                if not self._part.index:
                    digest.update(rows)
                    writer.writerows(rows)
                yield Progress(self._sheet.name, numbers[-1], copied * len(columns))
        finished = tally.finish()
        if not copied and not layout.header_row:
            return
        hexdigest = digest.hexdigest()
        if len(columns) > width and not self._part.index:
            hexdigest = _rewrite(self._path, [c.name for c in columns])
        self.written = _Written(finished, self._path, hexdigest)

    def _copy(self) -> IO[str]:
        if self._part.index:
            return io.StringIO()
        return self._path.open("w", encoding="utf-8", newline="")

    def _data(
        self, batches: Iterator[Batch], layout: Layout, tally: TableTally
    ) -> Iterator[tuple[Batch, list[int], bool]]:
        """Data rows with their numbers, and whether this part tallies them; the other
        rows go to the tally as notes."""
        number = 0
        first = {row[0] for row in layout.headers if row}
        for batch in _apart(batches, layout.start):
            own = self._part.owns(self._sheet.done(), self._size)
            if number >= layout.start and not layout.form and _all_data(batch, first):
                yield batch, list(range(number + 1, number + 1 + len(batch))), own
                number += len(batch)
                continue
            rows: Batch = []
            numbers: list[int] = []
            for row in batch:
                number += 1
                if number > layout.start and (
                    self._sheet.header
                    or _plainly_data(row, first)
                    or layout.is_data(row)
                ):
                    rows.append(row)
                    numbers.append(number)
                    if own and layout.form:
                        tally.outside("cell", layout.told(row), number)
                elif layout.header_row and (
                    layout.header_row <= number <= layout.start or row in layout.headers
                ):
                    # Labels are looked at where the header is.
                    continue
                elif own and (note := " ".join(filter(None, row)).strip()):
                    tally.outside("note", note, number)
            if rows:
                yield rows, numbers, own

    def _widen(self, rows: Batch, tally: TableTally, layout: Layout) -> None:
        wider = max(map(len, rows), default=0)
        columns = tally.profile.columns
        if wider > self._options.max_columns:
            raise Unreadable("too_many_columns", limit=self._options.max_columns)
        if wider > len(columns):
            labels = [c.label for c in columns] + [""] * (wider - len(columns))
            for name in column_names(labels)[len(columns) :]:
                tally.widen(ColumnProfile(name, ""))


def _first_rows(batches: Iterator[Batch]) -> tuple[Batch, Iterator[Batch]]:
    """The rows that decide the layout, and all batches again."""
    taken: list[Batch] = []
    sample: Batch = []
    blank = 0
    for batch in batches:
        taken.append(batch)
        if not sample:
            # However many blank rows stand above the table, they tell nothing.
            filled = next((i for i, row in enumerate(batch) if any(row)), None)
            if filled is None:
                blank += len(batch)
                continue
            blank += filled
            sample += batch[filled : filled + SAMPLE_ROWS]
        else:
            sample += batch[: SAMPLE_ROWS - len(sample)]
        if len(sample) >= SAMPLE_ROWS:
            break
    return [[] for _ in range(blank)] + sample, chain(taken, batches)


def _named(sample: Batch) -> Layout:
    """The layout where the format itself names the columns."""
    labels = [(cell or "").strip() for cell in sample[0]] if sample else []
    labels += [""] * (max(map(len, sample), default=0) - len(labels))
    return Layout(1, labels, 1, dense=True, header=sample[0] if sample else [])


def _plainly_data(row: Row, first: set[str | None]) -> bool:
    """What nearly all rows are: filled from the left, and not the header again."""
    if len(row) < _PLAINLY or row[0] in first:
        return False
    a, b, c, d = row[:_PLAINLY]
    if not (a and b and c and d):
        return False
    return not (a.isspace() or b.isspace() or c.isspace() or d.isspace())


def _apart(batches: Iterator[Batch], start: int) -> Iterator[Batch]:
    """The rows down to *start* by themselves, so that all others are alike."""
    for batch in batches:
        parts = [part for part in (batch[:start], batch[start:]) if part]
        start = max(0, start - len(batch))
        yield from parts


def _all_data(batch: Batch, first: set[str | None]) -> bool:
    """Whether every row is plainly data; a whole batch at the cost of a few rows."""
    if min(map(len, batch)) < _PLAINLY:
        return False
    starts = list(zip(*map(itemgetter(*range(_PLAINLY)), batch), strict=True))
    return first.isdisjoint(starts[0]) and not any(
        None in cells or "" in cells or any(map(str.isspace, cells)) for cells in starts
    )


def _pad(rows: Batch, width: int) -> None:
    if min(map(len, rows)) == width:
        return
    for row in rows:
        row.extend([None] * (width - len(row)))


def _rewrite(path: Path, names: list[str]) -> str:
    """Write the copy again with the columns that only later rows had."""
    digest = TableDigest(names)
    whole = path.with_suffix(".whole")
    with (
        path.open(encoding="utf-8", newline="") as old,
        whole.open("w", encoding="utf-8", newline="") as new,
    ):
        reader, writer = csv.reader(old), csv.writer(new)
        next(reader)
        writer.writerow(names)
        for cells in reader:
            row = [cell or None for cell in cells]
            row += [None] * (len(names) - len(row))
            digest.update([row])
            writer.writerow(row)
    whole.replace(path)
    return digest.hexdigest()
