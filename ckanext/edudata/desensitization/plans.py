"""Plans for desensitized data: a step for each column, what is done for groups and
small numbers, and the plan that the findings ask for. Pure; a plan holds no value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from . import table_words
from .generalise import GENERALISE
from .report import CheckOptions, TableInfo
from .suppress import HOW

ACTIONS = ("keep", "drop", "mask", "pseudonymise", "generalise", "redact")
#: What is given for a whole row: the first of these may key rows that belong together.
_KEYS = ("STUDENT_NUMBER", "STUDENT_REGISTRATION", "STAFF_NUMBER")
_BY_ENTITY = {
    "BIRTH_DATE": ("generalise", "year"),
    "HOME_ADDRESS": ("generalise", "district"),
    "ADDRESS": ("generalise", "district"),
    "LOCATION": ("drop", ""),
    "NAME_IN_TEXT": ("redact", ""),
}
#: Facts that people are told apart by, and how the preset says less of them.
_LESS = (
    (re.compile(r"年龄|^age$|^nl$", re.I), "age_band", 5),
    (re.compile(r"出生|生日|birth|csrq|csny", re.I), "year", 1),
)
_MOST = 1_000_000
#: Columns of sentences, in which one finds persons here and there.
_TEXT = re.compile(
    r"备注|说明|评语|意见|描述|简介|内容|情况|经过|记录|原因|事由|正文|寄语|理由|事迹|"
    r"remark|comment|note|text|description",
    re.I,
)
_NEVER = ("EMBEDDED_FILE", "CLASSIFIED")
#: Years of birth in a school's lists.
_YEARS = 3


@dataclass(frozen=True)
class Step:
    """What happens to one column. ``kind`` is for ``generalise`` only, ``size`` the
    width of a band or the characters of a prefix, ``entity`` says how to mask.
    ``unnamed``: the column's name may be personal and is not taken over."""

    action: str = "keep"
    kind: str = ""
    size: int = 10
    entity: str = ""
    unnamed: bool = False

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"unknown action {self.action!r}")
        if (self.action == "generalise") != bool(self.kind):
            raise ValueError("a kind is for generalising, and is needed there")
        if self.kind and self.kind not in GENERALISE:
            raise ValueError(f"unknown kind {self.kind!r}")
        if not _whole(self.size) or self.size < 1:
            raise ValueError("the size is a whole number from 1 on")


@dataclass(frozen=True)
class Plan:
    """One :class:`Step` for each column, in the table's order.

    ``k``: rows of which fewer than this share all quasi-identifiers are left out, or
    have these cells blanked (``how``: rows, cells); 0 leaves them. ``small``: numbers
    of people below this are hidden, and others with them; 0 leaves them.
    """

    columns: Mapping[str, Step] = field(default_factory=dict)
    k: int = 0
    how: str = "rows"
    small: int = 0

    def __post_init__(self) -> None:
        for number in (self.k, self.small):
            if not _whole(number) or not 0 <= number <= _MOST:
                raise ValueError("a limit is a whole number from 0 on")
        if self.how not in HOW:
            raise ValueError(f"unknown way {self.how!r}")

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": {name: dict(vars(s)) for name, s in self.columns.items()},
            "k": self.k,
            "how": self.how,
            "small": self.small,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """Raises ``ValueError`` for what is no plan. A step may be its action alone, a
        plan its steps alone."""
        if not isinstance(data, Mapping):
            raise ValueError("a plan maps columns to steps")  # noqa: TRY004
        columns = data.get("columns", data)
        if not isinstance(columns, Mapping):
            raise ValueError("a plan maps columns to steps")  # noqa: TRY004
        steps = {}
        for name, step in columns.items():
            given: Any = {"action": step} if isinstance(step, str) else step
            try:
                steps[name] = Step(**given)
            except TypeError:
                raise ValueError(f"no step for column {name!r}") from None
        if columns is data:
            return cls(steps)
        if set(data) - {"columns", "k", "how", "small"}:
            raise ValueError("a plan has columns, k, how and small")
        rest = {key: data[key] for key in ("k", "how", "small") if key in data}
        return cls(steps, **rest)


def _whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def preset(table: TableInfo, options: CheckOptions | None = None) -> Plan:
    """The plan that a table's findings ask for: identifiers and names go, the number
    that keys the rows becomes a code, dates become years, addresses districts, persons
    in free texts what they are; then groups and numbers are made large enough."""
    options = options or CheckOptions()
    key = _key(table)
    steps = {}
    for column in table.columns:
        step = Step()
        if column.personal:
            action, kind = _BY_ENTITY.get(column.entity, ("drop", ""))
            if _TEXT.search(column.label) and column.entity not in _NEVER:
                action, kind = "redact", ""
            step = Step(action, kind, entity=column.entity)
        if column.name == key:
            step = Step("pseudonymise", entity=column.entity)
        elif step.action == "keep" and (table.persons or column.quasi_identifier):
            step = _less(column.label, column.type)
        steps[column.name] = step
    if table.persons:
        _make_room(table, steps, options.k)
    small_groups = table.persons and (table.k is None or table.k < options.k)
    codes = {ground["code"] for ground in table.grounds}
    numbers = codes & {"small_cells", "complementary_cells"}
    return Plan(
        steps,
        k=options.k if small_groups else 0,
        small=options.small_cell if numbers else 0,
    )


def _key(table: TableInfo) -> str:
    """The column of numbers of students or staff that tells which rows belong
    together, within this table and in others of the entry."""
    for entity in _KEYS:
        for column in table.columns:
            if column.entity == entity and column.unique > 1:
                return column.name
    return ""


def _make_room(table: TableInfo, steps: dict[str, Step], k: int) -> None:
    """Leave out what tells most people apart until groups of ``k`` can be expected:
    else hiding small groups would take nearly all rows."""
    kinds = {
        c.name: _kinds(steps[c.name], c.unique)
        for c in table.columns
        if (c.quasi_identifier and steps[c.name].action in ("keep", "generalise"))
        or steps[c.name].kind in ("year", "age_band", "district")
    }
    while kinds and prod(kinds.values()) * k > table.row_count:
        most = max(kinds, key=lambda name: kinds[name])
        steps[most] = Step("drop", entity=steps[most].entity)
        del kinds[most]


def _kinds(step: Step, unique: int) -> int:
    """How many different values a column has afterwards, as far as can be told."""
    if step.kind == "year":
        unique = min(unique, _YEARS)
    elif step.kind == "district":
        # Nearly all of a school's pupils live in one; the others are left out for k.
        unique = 1
    elif step.kind == "age_band":
        unique = unique // step.size + 1
    return max(1, unique)


def _less(label: str, kind: str) -> Step:
    if not table_words.is_quasi(label):
        return Step()
    for pattern, how, size in _LESS:
        if table_words.matches(pattern, label) and kind != "text":
            if how == "year" and kind == "integer":
                return Step()
            return Step("generalise", how, size)
    return Step()
