"""One file, read and judged in this process. Only the sandbox's child runs it."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

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


def check(
    path: Path, filename: str, options: CheckOptions, folder: Path, watch: Watch
) -> CheckReport:
    """The report on a file. Clean CSV copies of its tables are written to ``folder``.

    Raises :class:`Unreadable` for what cannot be read to the last cell.
    """
    started = time.monotonic()
    names = PersonNameRecognizer()
    source = open_source(path, filename, options)
    profile = Profile(key_id(options.key))
    scan_outside(profile.outside, names, "filename", Path(filename).stem)
    written: list[_Written] = []
    cells = 0
    for sheet in source.sheets:
        table = _Table(sheet, names, options, folder, len(written))
        for progress in table.read():
            cells = max(cells, progress.cells)
            watch(
                Progress(
                    progress.sheet,
                    progress.rows,
                    progress.cells,
                    sheet.done(),
                    source.size if source.kind == "text" else None,
                )
            )
        if table.written:
            written.append(table.written)
            profile.tables.append(table.written.profile)
    for extra in source.extras:
        scan_outside(profile.outside, names, extra.where, extra.text, extra.row)
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
    ) -> None:
        self._sheet, self._names, self._options = sheet, names, options
        self._path = folder / f"table-{number + 1}.csv"
        self.written: _Written | None = None

    def read(self) -> Iterator[Progress]:
        sample, batches = _first_rows(self._sheet.batches)
        layout = find_layout(sample)
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
        above = [
            cell for row in sample[: layout.header_row - 1] for cell in row if cell
        ]
        tally = TableTally(
            profile,
            self._options.key,
            self._names,
            self._options.small_cell,
            " ".join([self._sheet.name, *above]),
        )
        if self._sheet.name:
            tally.outside("sheet_name", self._sheet.name)
        for label in filter(None, layout.labels):
            tally.outside("header", label, layout.header_row)
        width = layout.width
        digest = TableDigest([c.name for c in columns])
        with self._path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([c.name for c in columns])
            for rows, numbers in self._data(batches, layout, tally):
                self._widen(rows, tally, layout)
                _pad(rows, len(columns))
                tally.add(rows, numbers)
                digest.update(rows)
                writer.writerows(rows)
                yield Progress(
                    self._sheet.name, numbers[-1], profile.rows * len(columns)
                )
        finished = tally.finish()
        if not finished.rows and not layout.header_row:
            return
        hexdigest = digest.hexdigest()
        if len(columns) > width:
            hexdigest = _rewrite(self._path, [c.name for c in columns])
        self.written = _Written(finished, self._path, hexdigest)

    def _data(
        self, batches: Iterator[Batch], layout: Layout, tally: TableTally
    ) -> Iterator[tuple[Batch, list[int]]]:
        """Data rows with their numbers; the others go to the tally as notes."""
        number = 0
        for batch in batches:
            rows: Batch = []
            numbers: list[int] = []
            for row in batch:
                number += 1
                in_header = layout.header_row <= number <= layout.start
                if number > layout.start and (
                    _plainly_data(row, layout.header) or layout.is_data(row)
                ):
                    rows.append(row)
                    numbers.append(number)
                elif not (layout.header_row and in_header) and row != layout.header:
                    note = " ".join(cell for cell in row if cell)
                    if note.strip():
                        tally.outside("note", note, number)
            if rows:
                yield rows, numbers

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
    for batch in batches:
        taken.append(batch)
        sample += batch[: SAMPLE_ROWS - len(sample)]
        if len(sample) >= SAMPLE_ROWS:
            break
    return sample, chain(taken, batches)


def _plainly_data(row: Row, header: Row) -> bool:
    """What nearly all rows are: filled from the left, and not the header again."""
    if len(row) < _PLAINLY or row[0] == (header[0] if header else None):
        return False
    return all(cell and not cell.isspace() for cell in row[:_PLAINLY])


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
