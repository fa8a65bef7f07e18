"""Rows of a clean table against what its information items ask, by frictionless.

Runs in a child process (`quality_child.py`) and reads the table once. What comes out
holds counts and numbers of rows, never a cell.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

from ckanext.edudata.catalog.quality_items import MISSING

NO_MEMORY = 77
"""The child's exit code where its memory did not suffice."""

FIRST = 5
"""Numbers of rows that are named for each problem of a column."""

REPEATS = 0.05
FEWEST = 10
"""A column that is named like a key is one if at most so many of its values repeat, in
a table of at least so many rows."""

_TRUE = ["是", "有", "true", "1", "y", "yes"]
_FALSE = ["否", "无", "false", "0", "n", "no"]
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|月?)")
_TIME = re.compile(r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?.*")
_NAME_OF_CONSTRAINT = re.compile(r'constraint "(\w+)"')
_PROBLEMS = {
    "required": "required",
    "minLength": "length",
    "maxLength": "length",
    "enum": "codes",
    "unique": "unique",
}


def check(path: str, asked: list[dict[str, Any]], rows_max: int) -> dict[str, Any]:
    """Check the first *rows_max* rows of a clean UTF-8 CSV.

    :param asked: as `quality_items.fields` gives it, for each column of the table
    :returns: `{rows, bad_rows, whole, repeated: {count, rows}, columns: [{name,
        filled, problems: [{code, count, rows}]}]}`; rows count from 1 under the header;
        `code`: required, type, length, codes or unique; `whole` is False where the
        table has more rows than were read
    """
    from frictionless import Schema, system
    from frictionless.resources import TableResource

    kinds = [field["kind"] for field in asked]
    source = _Source(path, kinds, rows_max)
    schema = Schema.from_descriptor(
        {
            "fields": [_field(number, field) for number, field in enumerate(asked)],
            "missingValues": list(MISSING),
        }
    )
    tally = _Tally(len(asked))
    names = [f"c{number}" for number in range(len(asked))]
    with (
        system.use_context(trusted=True),
        TableResource(data=source.rows(names), schema=schema) as table,
    ):
        for number, row in enumerate(table.row_stream, 1):
            tally.add(number, row.values(), row.errors, asked)
    tally.settle(source.count)
    return {
        "rows": source.count,
        "bad_rows": tally.bad,
        "whole": source.whole,
        "repeated": source.repeated,
        "columns": [
            {"name": field["name"], "filled": filled, "problems": list(found.values())}
            for field, filled, found in zip(
                asked, tally.filled, tally.found, strict=True
            )
        ],
    }


def _field(number: int, asked: dict[str, Any]) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if asked["required"]:
        constraints["required"] = True
    if asked["key"]:
        constraints["unique"] = True
    if asked["kind"] == "string":
        for key, name in (("least", "minLength"), ("most", "maxLength")):
            if asked[key]:
                constraints[name] = asked[key]
        if asked["codes"]:
            constraints["enum"] = asked["codes"]
    found: dict[str, Any] = {"name": f"c{number}", "type": asked["kind"]}
    if asked["kind"] == "boolean":
        found.update(trueValues=_TRUE, falseValues=_FALSE)
    if constraints:
        found["constraints"] = constraints
    return found


class _Source:
    """Rows of the file as frictionless takes them; dates in one of their spellings."""

    def __init__(self, path: str, kinds: list[str], rows_max: int) -> None:
        self._path, self._kinds, self._max = path, kinds, rows_max
        self.count = 0
        self.whole = True
        self.repeated: dict[str, Any] = {"count": 0, "rows": []}

    def rows(self, names: list[str]) -> Iterator[list[Any]]:
        csv.field_size_limit(1 << 30)
        seen: set[bytes] = set()
        with open(self._path, encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream)
            next(reader)
            yield names
            for cells in reader:
                if self.count >= self._max:
                    self.whole = False
                    return
                self.count += 1
                self._compare(cells, seen)
                yield [
                    _spelled(cell, kind)
                    for cell, kind in zip(cells or [""], self._kinds, strict=False)
                ]

    def _compare(self, cells: list[str], seen: set[bytes]) -> None:
        text = json.dumps(cells, ensure_ascii=False).encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(text, digest_size=12).digest()
        if key in seen:
            self.repeated["count"] += 1
            if len(self.repeated["rows"]) < FIRST:
                self.repeated["rows"].append(self.count)
        seen.add(key)


def _spelled(cell: str, kind: str) -> str:
    if kind == "string":
        return cell if cell.strip() not in MISSING else ""
    cell = cell.strip()
    if kind == "boolean":
        return cell.lower()
    if kind == "date":
        return _day(cell)
    if kind == "datetime":
        found = _TIME.search(cell)
        if found:
            hour, minute, second = found.groups()
            day = _day(cell[: found.start()])
            return f"{day}T{int(hour):02}:{minute}:{second or '00'}"
        return f"{_day(cell)}T00:00:00" if cell not in MISSING else cell
    if kind == "integer" and re.fullmatch(r"[+-]?\d{1,18}\.0{1,6}", cell):
        # A whole number as spreadsheets write it.
        return cell.partition(".")[0]
    return cell


def _day(cell: str) -> str:
    """A day as ISO 8601; years and months stand for their first day."""
    if cell.isascii() and cell.isdigit() and len(cell) in (6, 8):
        cell = f"{cell[:4]}-{cell[4:6]}-{cell[6:] or '01'}"
    found = _DAY.fullmatch(cell)
    if not found:
        return cell
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return cell + "?"


class _Tally:
    def __init__(self, columns: int) -> None:
        self.bad = 0
        # Rows with nothing else wrong than a repeat in a column that may be no key.
        self.doubted: dict[frozenset[int], int] = {}
        self.filled = [0] * columns
        self.found: list[dict[str, dict[str, Any]]] = [{} for _ in range(columns)]

    def add(self, number: int, cells: Any, errors: list[Any], asked: Any) -> None:
        told: set[int] = set()
        wrong: set[tuple[int, str]] = set()
        blank = False
        for error in errors:
            blank = blank or error.type == "blank-row"
            place = getattr(error, "field_number", 0) - 1
            if 0 <= place < len(self.found):
                wrong.add((place, _problem(error)))
                told.add(place)
        if blank:
            # Of a row without any cell frictionless says nothing more.
            wrong = {(n, "required") for n, f in enumerate(asked) if f["required"]}
        for place, code in wrong:
            entry = self.found[place].setdefault(
                code, {"code": code, "count": 0, "rows": []}
            )
            entry["count"] += 1
            if len(entry["rows"]) < FIRST:
                entry["rows"].append(number)
        doubtful = {place for place, code in wrong if code == "unique"}
        if doubtful and len(doubtful) == len(wrong):
            key = frozenset(doubtful)
            self.doubted[key] = self.doubted.get(key, 0) + 1
        else:
            self.bad += bool(wrong)
        for place, cell in enumerate(cells):
            # A cell of another type reads as nothing, yet something stands in it.
            if cell is not None or (place in told and (place, "required") not in wrong):
                self.filled[place] += 1

    def settle(self, rows: int) -> None:
        """A column whose values often repeat is no key, whatever its name says."""
        keys = set()
        for place, found in enumerate(self.found):
            count = found["unique"]["count"] if "unique" in found else 0
            if count > max(1, rows * REPEATS) or (count and rows < FEWEST):
                del found["unique"]
            elif count:
                keys.add(place)
        self.bad += sum(n for places, n in self.doubted.items() if places & keys)


def _problem(error: Any) -> str:
    if error.type == "unique-error":
        return "unique"
    if error.type == "constraint-error":
        found = _NAME_OF_CONSTRAINT.search(error.note)
        return _PROBLEMS.get(found[1] if found else "", "type")
    if error.type == "missing-cell":
        return "required"
    return "type"


def _of_memory(error: BaseException | None) -> bool:
    """Whether memory was what failed, however the library wraps it."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def main() -> None:
    """Answer one request from standard input, within its limits."""
    request = json.loads(sys.stdin.readline())
    memory, seconds = request["memory"], request["seconds"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = check(request["path"], request["asked"], request["rows_max"])
    except Exception as error:  # noqa: BLE001 - what it says may quote a cell
        sys.exit(NO_MEMORY if _of_memory(error) else 1)
    sys.stdout.write(json.dumps(found))
