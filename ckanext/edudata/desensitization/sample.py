"""A synthetic sample (示例数据) of conditional data, made from the description alone.

No real row is looked at: only names, types and labels of the information items, and the
values that a code list allows. Texts are marked 示例001, so nobody takes them for data.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

_FIRST_DAY = dt.date(2000, 1, 1)
_SEX = re.compile(r"性别(?!比)|\b(?:sex|gender)\b", re.I)
_YEAR = re.compile(r"年份|\byear\b", re.I)


def synthetic_rows(
    columns: Sequence[Mapping[str, Any]],
    n: int,
    seed: int,
    code_lists: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """``n`` rows as dicts by column name; the same for the same arguments.

    ``columns``: mappings with ``name`` and ``type`` (``text``, ``integer``,
    ``numeric``, ``date``), as information items have them. ``code_lists``: for a column
    name the values its standard allows.
    """
    chance = random.Random(seed)  # noqa: S311
    lists = code_lists or {}
    return [
        {
            column["name"]: _value(column, number, chance, lists.get(column["name"]))
            for column in columns
        }
        for number in range(1, n + 1)
    ]


def _value(
    column: Mapping[str, Any],
    number: int,
    chance: random.Random,
    allowed: Sequence[str] | None,
) -> Any:
    words = f"{column['name']} {column.get('label') or ''}"
    if not allowed and _SEX.search(words):
        allowed = ("男", "女")
    if allowed:
        return chance.choice(list(allowed))
    kind = column.get("type") or "text"
    if kind == "integer" and _YEAR.search(words):
        return chance.randint(2000, 2020)
    if kind == "integer":
        return chance.randint(0, 99)
    if kind == "numeric":
        return round(chance.uniform(0, 100), 1)
    if kind == "date":
        return (_FIRST_DAY + dt.timedelta(days=chance.randint(0, 365))).isoformat()
    return f"示例{number:03d}"
