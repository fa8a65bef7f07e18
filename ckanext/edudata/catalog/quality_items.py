"""Information items as rules for the rows of a table. Pure.

Types are those of the items and of JY/T 1001 (C, N, D …). What an item does not say is
not asked of its column.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

VERSION = 1
"""Of what follows from an item; results of another version are computed anew."""

MISSING = ("", "-", "—", "——", "--", "/", "N/A", "n/a", "null", "NULL")
"""What stands in a cell that says nothing."""

_TYPES = {
    "integer": ("integer", "int", "整数", "整型", "整数型"),
    "number": ("numeric", "number", "decimal", "float", "n", "数值", "数值型", "数字"),
    "date": ("date", "d", "日期", "日期型"),
    "datetime": ("timestamp", "datetime", "t", "日期时间", "日期时间型", "时间"),
    "boolean": ("boolean", "bool", "b", "布尔", "布尔型"),
}
_KIND = {word: kind for kind, words in _TYPES.items() for word in words}
_RANGE = re.compile(r"\s*(\d{1,6})?\s*(?:\.\.|-|~|—|至)\s*(\d{1,6})\s*")
_KEY = re.compile(
    r"(代码|编码|编号|标识码|学校码|证书号|统一社会信用代码)$|^(code|id|no)$", re.I
)
_SPLIT = re.compile(r"[,，、;；\n|]+")


def kind(item: Mapping[str, Any]) -> str:
    """Type of an item's cells: string, integer, number, date, datetime or boolean."""
    return _KIND.get(str(item.get("type") or "").strip().lower(), "string")


def lengths(item: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Least and most characters of an item's cells: `20`, `..20`, `6-10`."""
    text = str(item.get("length") or "").strip()
    if text.isdigit():
        return None, int(text) or None
    found = _RANGE.fullmatch(text)
    if found is None:
        return None, None
    return int(found[1]) if found[1] else None, int(found[2])


def codes(item: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> list[str]:
    """Values that an item allows: of the list it names, or those it gives."""
    given = item.get("codes")
    if not given:
        return []
    if isinstance(given, str):
        if given.strip() in lists:
            return list(lists[given.strip()])
        found = [part.strip() for part in _SPLIT.split(given) if part.strip()]
        # One word is the name of a list that this site does not have.
        return [] if len(found) < 2 else [v for part in found for v in _both(part)]
    values: list[str] = []
    for value in given:
        if isinstance(value, Mapping):
            values += [str(value[k]) for k in ("value", "label") if value.get(k)]
        else:
            values += _both(str(value))
    return values


def _both(part: str) -> list[str]:
    """`1-男` and `1 男` allow the code, its meaning and both together."""
    halves = re.split(r"[-:：=\s]+", part, maxsplit=1)
    return [part, *halves] if len(halves) == 2 and halves[0].isalnum() else [part]


def _true(value: Any) -> bool:
    return str(value or "").strip().lower() in ("true", "1", "yes", "on", "是")


def _key(item: Mapping[str, Any]) -> bool:
    label = str(item.get("label") or item.get("name") or "").strip()
    return _true(item.get("required")) and bool(_KEY.search(label))


def fields(
    columns: Sequence[str],
    items: Sequence[Mapping[str, Any]],
    lists: Mapping[str, Sequence[str]],
) -> list[dict[str, Any]]:
    """What is asked of each column of a table, in the table's order.

    :returns: `[{name, kind, required, key, least, most, codes}]`; `key`: by its name
        it identifies a row, if hardly a value repeats
    """
    known = {item.get("name"): item for item in items}
    found = []
    for name in columns:
        item = known.get(name, {})
        least, most = lengths(item) if kind(item) == "string" else (None, None)
        found.append(
            {
                "name": name,
                "kind": kind(item),
                "required": _true(item.get("required")),
                "key": _key(item),
                "least": least,
                "most": most,
                "codes": codes(item, lists),
            }
        )
    return found


def digest(asked: list[dict[str, Any]], rows_max: int) -> str:
    """SHA-256 of what is asked of a table, hexadecimal."""
    text = json.dumps([VERSION, rows_max, asked], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
