"""Information items (信息项): read off a table, then corrected by their owner. Pure.

An item is `{name, label, type, length, unit, codes, required, personal, element,
description}`; only what is known stands in it, `name`, `label`, `type` and
`description` always. `codes` is the name of a list of `schemas/codes/item_values.yaml`,
or the values themselves. What is read off a table never changes its values or types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ckanext.edudata.catalog import code_lists
from ckanext.edudata.desensitization import headers

Item = dict[str, Any]

TYPES = ("text", "integer", "numeric", "date")
ALWAYS = ("name", "label", "type", "description")
PARTS = (
    "name",
    "label",
    "type",
    "length",
    "unit",
    "codes",
    "required",
    "personal",
    "element",
    "description",
)
#: More different values than this follow no list that is known here.
MAX_VALUES = 60

_UNIT_IN_HEADER = re.compile(
    r"[(（\[【]([^()（）\[\]【】]{1,8})[)）\]】]\s*$|[/／]([^/／\s]{1,4})$"
)


def guess(
    column: Mapping[str, Any],
    *,
    rows: int,
    length: int | None = None,
    values: Iterable[str] | None = None,
) -> Item:
    """What a column of a checked table says of itself.

    :param column: `{name, label, type, empty, personal, entity}` as the check found it
    :param length: of its longest value in characters
    :param values: its different values, where they are few
    """
    label = str(column.get("label") or column["name"])
    kind = column.get("type") if column.get("type") in TYPES else "text"
    found: Item = {
        "name": str(column["name"]),
        "label": label,
        "type": kind,
        "description": "",
    }
    rule = headers.header_rule(label)
    if length and kind != "date":
        found["length"] = length
    if unit := unit_of(label, str(kind)):
        found["unit"] = unit
    if codes := codes_of(label, values):
        found["codes"] = codes
    if rows and column.get("empty") == 0:
        found["required"] = True
    if column.get("personal") or column.get("entity") or rule:
        found["personal"] = True
    if element := element_of(label):
        found["element"] = element
    return found


def unit_of(header: str, kind: str) -> str:
    """The unit of measure that a header names: 人数（人）, 经费(万元), 面积/平方米."""
    found = _UNIT_IN_HEADER.search(header.strip())
    if not found or kind not in ("integer", "numeric"):
        return ""
    unit = (found[1] or found[2]).strip()
    unit = re.sub(r"^单位[:：]?", "", unit).strip()
    return unit if unit in _units() else ""


def codes_of(header: str, values: Iterable[str] | None) -> str:
    """The list that all values stand in; the shortest where there are several."""
    seen = {value.strip() for value in values or () if value and value.strip()}
    if not seen:
        return ""
    fits = []
    for name, known in value_lists().items():
        needs = known.get("header")
        if needs and not re.search(needs, header):
            continue
        if seen <= set(known["values"]):
            fits.append((len(known["values"]), name))
    return min(fits)[1] if fits else ""


def element_of(header: str) -> str:
    """The standard's element that a header means, by its code."""
    plain = _plain(header)
    return _elements().get(plain) or _elements().get(plain.upper(), "")


def _plain(header: str) -> str:
    return re.sub(r"\s|[(（\[【].*?[)）\]】]|^[*#★☆]+", "", header)


@lru_cache(maxsize=1)
def _units() -> frozenset[str]:
    return frozenset(code_lists.code_list("measures")["units"])


@lru_cache(maxsize=1)
def _elements() -> dict[str, str]:
    found: dict[str, str] = {}
    for element in code_lists.code_list("elements")["elements"]:
        found.setdefault(element["code"], element["code"])
        for header in element["headers"]:
            found.setdefault(header, element["code"])
    return found


@lru_cache(maxsize=1)
def element_labels() -> dict[str, str]:
    """Code → name of the standard's elements."""
    found = code_lists.code_list("elements")["elements"]
    return {element["code"]: element["label"] for element in found}


def value_lists() -> dict[str, dict[str, Any]]:
    """Lists of values by name: `{label, values}`."""
    return code_lists.code_list("item_values")["lists"]


def allowed_values(item: Mapping[str, Any]) -> list[str]:
    """The values that an item allows; none where it has no list."""
    codes = item.get("codes")
    if isinstance(codes, str):
        return list(value_lists().get(codes, {}).get("values", []))
    return [str(value) for value in codes or []]


def dictionary(item: Mapping[str, Any]) -> dict[str, str]:
    """An item as `info` of CKAN's data dictionary: label, notes, type_override; the
    rest under its own names."""
    overrides = {"integer": "numeric", "numeric": "numeric", "date": "timestamp"}
    found = {
        "label": item.get("label") or item.get("name") or "",
        "notes": item.get("description") or "",
        "type_override": overrides.get(str(item.get("type")), "text"),
    }
    for part in ("length", "unit", "required", "personal", "element"):
        if item.get(part):
            found[part] = "true" if item[part] is True else str(item[part])
    if item.get("codes"):
        found["codes"] = "、".join(allowed_values(item))
    return found
