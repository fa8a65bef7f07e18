"""Desensitized data (脱敏数据): a plan for each column, and carrying it out.

A plan and its result say how the data were made and hold no value of them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from . import table_words
from .canonical import table_digest
from .columns import column_names
from .entities import mask
from .generalise import GENERALISE, LABELS
from .report import TableInfo
from .text import normalise

ACTIONS = ("keep", "drop", "mask", "generalise")
#: Cells in which fewer people than this stand behind one combination are small.
SMALL = 5

_BY_ENTITY = {
    "BIRTH_DATE": ("generalise", "year"),
    "HOME_ADDRESS": ("generalise", "district"),
    "ADDRESS": ("generalise", "district"),
}


@dataclass(frozen=True)
class Step:
    """What happens to one column. ``kind`` is for ``generalise`` only, ``size`` the
    width of a band or the characters of a prefix, ``entity`` says how to mask."""

    action: str = "keep"
    kind: str = ""
    size: int = 10
    entity: str = ""

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"unknown action {self.action!r}")
        if (self.action == "generalise") != bool(self.kind):
            raise ValueError("a kind is for generalising, and is needed there")
        if self.kind and self.kind not in GENERALISE:
            raise ValueError(f"unknown kind {self.kind!r}")
        if not isinstance(self.size, int) or self.size < 1:
            raise ValueError("the size is a whole number from 1 on")


@dataclass(frozen=True)
class Plan:
    """One :class:`Step` for each column, in the table's order."""

    columns: Mapping[str, Step] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"columns": {name: dict(vars(s)) for name, s in self.columns.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """Raises ``ValueError`` for what is no plan. A step may be its action alone."""
        columns = data.get("columns", data) if isinstance(data, Mapping) else None
        if not isinstance(columns, Mapping):
            raise ValueError("a plan maps columns to steps")  # noqa: TRY004
        steps = {}
        for name, step in columns.items():
            given: Any = {"action": step} if isinstance(step, str) else step
            try:
                steps[name] = Step(**given)
            except TypeError:
                raise ValueError(f"no step for column {name!r}") from None
        return cls(steps)


@dataclass
class Result:
    """What came out, and the risk that remains.

    ``k``: the smallest group that shares all quasi-identifiers, None where there is
    none. ``small_cells``: rows in groups smaller than five. ``unique_share``: share of
    rows that are alone in their group. ``made``: for each column what was done.
    """

    columns: list[str]
    rows: int
    k: int | None
    small_cells: int
    unique_share: float
    digest: str
    made: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def preset(table: TableInfo) -> Plan:
    """The plan that a table's findings ask for: identifiers go, dates become years,
    addresses districts; what only says a little of a person stays."""
    steps = {}
    for column in table.columns:
        step = Step()
        if column.personal:
            action, kind = _BY_ENTITY.get(column.entity, ("drop", ""))
            step = Step(action, kind, entity=column.entity)
        steps[column.name] = step
    return Plan(steps)


def apply(
    plan: Plan, in_csv_path: str | PathLike[str], out_csv_path: str | PathLike[str]
) -> Result:
    """Write the desensitized copy of a clean UTF-8 CSV.

    Raises ``ValueError`` if the plan does not name exactly the table's columns, or
    would keep none.
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
    columns = column_names([_new_name(name, step) for _, name, step in kept])
    renamed = {name: new for (_, name, _), new in zip(kept, columns, strict=True)}
    work = [(place, _operator(step)) for place, _, step in kept]
    quasi = [i for i, name in enumerate(columns) if table_words.is_quasi(name)]
    groups: Counter[tuple[str, ...]] = Counter()
    rows = 0
    with (
        open(in_csv_path, encoding="utf-8", newline="") as source,
        open(out_csv_path, "w", encoding="utf-8", newline="") as target,
    ):
        reader, writer = csv.reader(source), csv.writer(target)
        next(reader)
        writer.writerow(columns)
        for cells in reader:
            made = [operator(cells[place]) for place, operator in work]
            writer.writerow(made)
            rows += 1
            if quasi:
                groups[tuple(made[i] for i in quasi)] += 1
    return Result(
        columns=columns,
        rows=rows,
        k=min(groups.values(), default=None),
        small_cells=sum(n for n in groups.values() if n < SMALL),
        unique_share=round(sum(n == 1 for n in groups.values()) / max(1, rows), 4),
        digest=_digest(out_csv_path, columns),
        made=[
            {
                "from": name,
                "to": renamed.get(name),
                "action": plan.columns[name].action,
                "kind": plan.columns[name].kind,
                "size": plan.columns[name].size,
            }
            for name in names
        ],
    )


def _new_name(name: str, step: Step) -> str:
    """出生日期 becomes 出生年份: a column is called what it now holds."""
    return LABELS[step.kind](name) if step.action == "generalise" else name


def _operator(step: Step) -> Callable[[str], str]:
    if step.action == "mask":
        return lambda text: mask(normalise(text), step.entity) if text.strip() else ""
    if step.action == "generalise":
        return lambda text: GENERALISE[step.kind](normalise(text).strip(), step.size)
    return lambda text: text


def _digest(path: str | PathLike[str], columns: list[str]) -> str:
    with open(path, encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        return table_digest(columns, ([cell or None for cell in row] for row in reader))
