"""Desensitized data (脱敏数据): carrying out a plan.

A plan (:mod:`.plans`) and its result say how the data were made and hold no value of
them. What finds names in free texts imports Presidio: plans are carried out in the
child process (:meth:`.sandbox.Sandbox.desensitize`).
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from os import PathLike
from typing import Any

from . import headers, table_words
from .canonical import TableDigest
from .columns import column_names
from .entities import mask
from .generalise import GENERALISE, LABELS
from .plans import Plan, Step, preset
from .pseudonyms import pseudonym
from .report import Progress
from .suppress import Groups, risk, suppress_small
from .text import normalise

__all__ = ["NoRowsError", "Plan", "Result", "Step", "apply", "preset"]

#: Cells in which fewer people than this stand behind one combination are small.
SMALL = 5
#: Rows of a table of numbers that are looked at together.
MOST_NUMBERS = 200_000
_BATCH = 1000
_LOOKED_AT, _EXAMPLES = 200, 3


class NoRowsError(ValueError):
    """Every group is too small: nothing would be left."""

    def __init__(self) -> None:
        super().__init__("the plan keeps no row")


Operator = Callable[[Sequence[str]], list[str]]


@dataclass
class Result:
    """What came out, and the risk that remains.

    ``k``: the smallest group that shares all quasi-identifiers, None where there is
    none. ``small_cells``: rows in groups smaller than five. ``unique_share``: share of
    rows that are alone in their group. ``made``: for each column what was done; there
    ``lost`` counts cells that were not understood and became empty. ``left_out`` and
    ``blanked`` are rows; ``numbers`` counts the small numbers that were hidden and
    those hidden with them.
    """

    columns: list[str]
    rows: int
    k: int | None
    small_cells: int
    unique_share: float
    digest: str
    made: list[dict[str, Any]]
    left_out: int = 0
    blanked: int = 0
    numbers: list[int] = field(default_factory=lambda: [0, 0])
    limit: int = 0
    how: str = "rows"
    small: int = 0

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def apply(
    plan: Plan,
    in_csv_path: str | PathLike[str],
    out_csv_path: str | PathLike[str],
    *,
    key: bytes = b"",
    title: str = "",
    most_rows: int | None = None,
    lang: str = "zh",
    examples: dict[str, list[tuple[str, str]]] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Write the desensitized copy of a clean UTF-8 CSV.

    :param key: for pseudonyms, see :func:`.pseudonyms.derived_key`
    :param title: words above the table, which may say whom its numbers count
    :param most_rows: only the first ones, for a preview
    :param examples: takes the first cells of each column, before and after
    :raises ValueError: the plan does not name exactly the table's columns, would keep
        none, or wants pseudonyms without a key; the text may quote names of columns
    """
    with open(in_csv_path, encoding="utf-8", newline="") as source:
        names = next(csv.reader(source), [])
    if set(names) != set(plan.columns):
        raise ValueError("the plan does not name the columns of the table")
    kept = [
        (place, name, plan.columns[name])
        for place, name in enumerate(names)
        if plan.columns[name].action != "drop"
    ]
    if not kept:
        raise ValueError("the plan keeps no column")
    columns = column_names([_new_name(name, step, place) for place, name, step in kept])
    work = [
        _Column(place, name, step, _operator(step, key, name, lang))
        for place, name, step in kept
    ]
    groups = Groups(
        [i for i, name in enumerate(columns) if table_words.is_quasi(name)],
        plan.k,
        plan.how,
    )
    between = f"{os.fspath(out_csv_path)}.part"
    try:
        if examples is not None:
            _examples(in_csv_path, names, work, examples)
        _first_pass(in_csv_path, between, work, groups, most_rows, on_progress)
        groups.settle()
        result = _second_pass(between, out_csv_path, columns, groups, plan, title)
    finally:
        if os.path.exists(between):
            os.remove(between)
    renamed = {column.name: new for column, new in zip(work, columns, strict=True)}
    lost = {column.name: column.lost for column in work}
    result.made = [
        {
            "from": name,
            "to": renamed.get(name),
            "action": plan.columns[name].action,
            "kind": plan.columns[name].kind,
            "size": plan.columns[name].size,
            "lost": lost.get(name, 0),
        }
        for name in names
    ]
    return result


@dataclass
class _Column:
    place: int
    name: str
    step: Step
    operator: Operator
    lost: int = 0

    def make(self, rows: Sequence[Sequence[str]]) -> list[str]:
        cells = [row[self.place] for row in rows]
        made = self.operator(cells)
        self.lost += sum(
            bool(old.strip()) and not new for old, new in zip(cells, made, strict=True)
        )
        return made


def _examples(
    path: str | PathLike[str],
    names: list[str],
    work: Sequence[_Column],
    examples: dict[str, list[tuple[str, str]]],
) -> None:
    """The first different cells of each column, with what becomes of them."""
    with open(path, encoding="utf-8", newline="") as source:
        reader = csv.reader(source)
        next(reader)
        rows = list(islice(reader, _LOOKED_AT))
    operators = {column.name: column.operator for column in work}
    for place, name in enumerate(names):
        cells = dict.fromkeys(row[place] for row in rows if row[place].strip())
        first = list(islice(cells, _EXAMPLES))
        made = operators[name](first) if name in operators else [""] * len(first)
        examples[name] = list(zip(first, made, strict=True))


def _first_pass(
    source_path: str | PathLike[str],
    target_path: str,
    work: Sequence[_Column],
    groups: Groups,
    most_rows: int | None,
    on_progress: Callable[[Progress], None] | None,
) -> None:
    """Every cell as the plan wants it, and how large the groups of rows are then."""
    total = os.path.getsize(source_path)
    done = cells = 0
    with (
        open(source_path, "rb") as raw,
        io.TextIOWrapper(raw, encoding="utf-8", newline="") as source,
        open(target_path, "w", encoding="utf-8", newline="") as target,
    ):
        reader, writer = csv.reader(source), csv.writer(target)
        next(reader)
        while batch := list(islice(reader, _BATCH)):
            if most_rows is not None:
                batch = batch[: max(0, most_rows - done)]
            made = [
                list(row) for row in zip(*(c.make(batch) for c in work), strict=True)
            ]
            for row in made:
                for place in groups.places:
                    row[place] = row[place].strip()
                groups.see(row)
            writer.writerows(made)
            done += len(batch)
            cells += len(batch) * len(work)
            if on_progress:
                on_progress(Progress("", done, cells, raw.tell(), total))
            if most_rows is not None and done >= most_rows:
                break


def _second_pass(
    source_path: str,
    target_path: str | PathLike[str],
    columns: list[str],
    groups: Groups,
    plan: Plan,
    title: str,
) -> Result:
    """Rows of groups that are too small are left out, then small numbers hidden."""
    digest, count = TableDigest(columns), 0
    left = Groups(groups.places)
    numbers = (0, 0)
    with (
        open(source_path, encoding="utf-8", newline="") as source,
        open(target_path, "w", encoding="utf-8", newline="") as target,
    ):
        reader, writer = csv.reader(source), csv.writer(target)
        writer.writerow(columns)
        rows = (new for row in reader if (new := groups.kept(row)) is not None)
        if plan.small:
            taken = list(islice(rows, MOST_NUMBERS + 1))
            if len(taken) > MOST_NUMBERS:
                raise ValueError("the table is too long for hiding small numbers")
            numbers = suppress_small(columns, taken, plan.small, title)
            rows = iter(taken)
        while batch := list(islice(rows, _BATCH)):
            writer.writerows(batch)
            digest.update([[cell or None for cell in row] for row in batch])
            count += len(batch)
            if left.places:
                for row in batch:
                    left.see(row)
    if groups.left_out and not count:
        raise NoRowsError
    smallest, small_cells, alone = risk(left.sizes.values(), SMALL)
    return Result(
        columns=columns,
        rows=count,
        k=smallest,
        small_cells=small_cells,
        unique_share=alone,
        digest=digest.hexdigest(),
        made=[],
        left_out=groups.left_out,
        blanked=groups.blanked,
        numbers=list(numbers),
        limit=plan.k,
        how=plan.how,
        small=plan.small,
    )


def _new_name(name: str, step: Step, place: int) -> str:
    """出生日期 becomes 出生年份: a column is called what it now holds. A name that may
    be somebody's own is never taken over."""
    own = "" if step.unnamed else name
    if step.action == "generalise":
        return LABELS[step.kind](own or f"列{place + 1}")
    if step.action == "pseudonymise":
        coded = f"{own}代号"
        # 学号代号 would still announce numbers of students.
        plain = own and headers.header_rule(own) is None
        return coded if plain and headers.header_rule(coded) is None else "代号"
    return own or f"列{place + 1}"


def _operator(step: Step, key: bytes, name: str, lang: str) -> Operator:
    if step.action == "mask":
        return _each(lambda text: mask(text, step.entity))
    if step.action == "generalise":
        change = GENERALISE[step.kind]
        return _each(lambda text: change(text, step.size))
    if step.action == "pseudonymise":
        if not key:
            raise ValueError("there is no key for pseudonyms")
        return _each(lambda text: pseudonym(key, text))
    if step.action == "redact":
        from .redact import redactor

        return redactor("" if step.unnamed else name, lang)
    return list


def _each(change: Callable[[str], str]) -> Operator:
    """``change`` for each text that is not blank, once for those that come again."""

    def operate(texts: Sequence[str]) -> list[str]:
        made = {
            text: change(normalise(text).strip()) if text.strip() else ""
            for text in dict.fromkeys(texts)
        }
        return [made[text] for text in texts]

    return operate
