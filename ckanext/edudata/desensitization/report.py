"""What a check says. Everything here is JSON-safe and holds no raw value of a cell."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

#: Loosest first; the worst of a file's parts is the verdict of the file.
VERDICTS = ("clear", "restricted", "blocked", "unreadable")

#: How many row numbers a finding names before it only counts.
FIRST_ROWS = 20


@dataclass(frozen=True)
class CheckOptions:
    """Settings of one check. Sizes in bytes, times in seconds.

    ``institutions``: the standing rule for tables with one row for each institution.
    ``exceptions``: what passes although it is personal, each a column's label, U+001F
    and an entity.
    ``key``: secret for the hashes in profiles; profiles merge only under the same key.
    Empty means a random one for this check.
    """

    institutions: bool = False
    exceptions: tuple[str, ...] = ()
    k: int = 5
    small_cell: int = 5
    key: bytes = b""
    max_bytes: int = 2 * 1024**3
    max_cells: int = 200_000_000
    max_columns: int = 16_384
    max_cell_chars: int = 1_000_000
    wall_seconds: float = 3600.0
    cpu_seconds: int = 3600
    memory: int = 3 * 1024**3
    max_output: int = 8 * 1024**3
    #: Cores that read one text file from ``parts_from`` bytes on.
    processes: int = 1
    parts_from: int = 24 * 1024**2
    #: The report brings the profile, to be merged with those of other parts.
    profile: bool = False
    #: Rows of the whole that come before those of this part of it.
    rows_before: int = 0
    #: What was told above the table that this is a part of.
    title: str = ""
    #: The file is the JSON of ``engine.check_metadata``.
    metadata: bool = False


@dataclass(frozen=True)
class Progress:
    """How far a check is; ``total`` is bytes, or None where it cannot be known."""

    sheet: str
    rows: int
    cells: int
    done: int = 0
    total: int | None = None


@dataclass(frozen=True)
class Reason:
    """Why a file is unreadable: a code, and a msgid that says what to do."""

    code: str
    msgid: str
    values: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        return self.msgid.format(**self.values)


@dataclass
class Finding:
    """One kind of personal data in one column (or other place) of one sheet.

    ``rows`` are the first rows, 1-based as a person counts them in the file; ``count``
    is the number of cells. ``masked`` holds up to three masked examples. ``where`` is
    ``cell``, ``note`` (title, group and foot rows), ``header``, ``comment``,
    ``sheet_name``, ``property``, ``part`` or ``metadata``.
    ``passed`` names the rule that lets it pass, if one does: ``institutions``,
    ``exception``, or ``author`` for the name of who made a document.
    """

    entity: str
    label: str
    sheet: str
    column: str
    rows: list[int]
    count: int
    where: str
    score: float
    masked: list[str]
    clause: str
    advice: str
    passed: str = ""


@dataclass
class ColumnInfo:
    """A column of a clean copy. ``type``: text, integer, numeric or date."""

    name: str
    label: str
    type: str
    unique: int
    empty: int
    quasi_identifier: bool = False
    sensitive: bool = False
    personal: bool = False
    entity: str = ""


@dataclass
class TableInfo:
    """One table: a sheet, or the whole of a text file.

    ``header_row`` is 1-based, 0 where there is none. ``left_out`` counts the title,
    group and foot rows that are not data. ``k`` is the smallest group of persons that
    share all quasi-identifiers, None for tables that are not about persons.
    ``grounds``: why the table is restricted, each ``{"code", "columns", "count",
    "rows"}``: a code of ``verdict.GROUNDS``, the names of the columns that make it so,
    how many groups, records or cells, and the first rows where these are known.
    """

    sheet: str
    header_row: int
    columns: list[ColumnInfo]
    row_count: int
    digest: str
    csv_path: str | None = None
    left_out: int = 0
    hidden: bool = False
    institutions: bool = False
    persons: bool = False
    k: int | None = None
    small_cells: int = 0
    grounds: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class CheckReport:
    """The outcome for one file or one set of metadata texts."""

    sha256: str
    verdict: str
    ruleset: str
    classified: bool = False
    reason: Reason | None = None
    findings: list[Finding] = field(default_factory=list)
    tables: list[TableInfo] = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    institutions: bool = False
    k: int | None = None
    rows: int = 0
    cells: int = 0
    seconds: float = 0.0
    profile: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> CheckReport:
        """Inverse of :meth:`to_dict`; unknown keys raise ``TypeError``."""
        data = dict(data)
        reason = data.get("reason")
        data["reason"] = Reason(**reason) if reason else None
        data["findings"] = [Finding(**f) for f in data.get("findings", [])]
        data["tables"] = [
            TableInfo(**{**t, "columns": [ColumnInfo(**c) for c in t["columns"]]})
            for t in data.get("tables", [])
        ]
        return cls(**data)
