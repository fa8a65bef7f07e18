"""Whether an information item is well said, and how it is kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckanext.edudata.catalog import items

MAX_ITEMS = 500
MAX_LENGTH = 1_000_000
MAX_CODES = 300

ERRORS = {
    "list": "Information items must be a JSON list",
    "name": "Each information item needs a name",
    "type": "“{name}”: the type is text, integer, numeric or date",
    "length": "“{name}”: the length is a whole number from 1 on",
    "unit": "“{name}”: a unit of measure has at most 20 characters",
    "codes": "“{name}”: a code list has at most 300 values of 100 characters",
    "element": "“{name}”: an element’s code holds letters, digits and - _ . / only",
    "description": "“{name}”: a description has at most 2000 characters",
}
"""Message ids by what is wrong."""

_YES = ("true", "1", "on", "yes")
_WORDS = {"label": 200, "unit": 20, "description": 2000}


class ItemError(ValueError):
    """`what`: a key of `ERRORS`; `name`: of the item."""

    def __init__(self, what: str, name: str = "") -> None:
        super().__init__(what)
        self.what, self.name = what, name


def kept(value: Any) -> list[dict[str, Any]]:
    """Information items as they are stored: what is not said is not there.

    :raises ItemError: the first that is not well said
    """
    found, errors = checked(value)
    if errors:
        raise errors[0]
    return found


def checked(value: Any) -> tuple[list[dict[str, Any]], list[ItemError]]:
    """As `kept`, with all that is wrong."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return [], [ItemError("list")]
    found: list[dict[str, Any]] = []
    errors: list[ItemError] = []
    for item in value:
        try:
            found.append(_one(item))
        except ItemError as error:  # noqa: PERF203
            errors.append(error)
    return found, errors


def _one(item: Any) -> dict[str, Any]:
    name = str(item.get("name") or "").strip() if isinstance(item, Mapping) else ""
    if not name:
        raise ItemError("name")
    found: dict[str, Any] = {
        key: str(item.get(key) or "").strip() for key in items.ALWAYS
    }
    if found["type"] and found["type"] not in items.TYPES:
        raise ItemError("type", name)
    told = {
        "length": _length(item.get("length"), name),
        "unit": str(item.get("unit") or "").strip(),
        "codes": _codes(item.get("codes"), name),
        "required": str(item.get("required") or "").lower() in _YES,
        "personal": str(item.get("personal") or "").lower() in _YES,
        "element": str(item.get("element") or "").strip(),
    }
    found.update({part: value for part, value in told.items() if value})
    if not re.fullmatch(r"[A-Za-z0-9_./\-]{0,60}", told["element"]):
        raise ItemError("element", name)
    for part, most in _WORDS.items():
        if len(found.get(part) or "") > most:
            raise ItemError(part if part in ERRORS else "description", name)
    return found


def _length(value: Any, name: str) -> int:
    text = str(value or "").strip()
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,7}", text) or not int(text):
        raise ItemError("length", name)
    return min(int(text), MAX_LENGTH)


def _codes(value: Any, name: str) -> str | list[str]:
    """The name of a list, given by name or label, or the values that were written."""
    if not value:
        return ""
    if isinstance(value, str):
        text = value.strip()
        for key, known in items.value_lists().items():
            if text in (key, *known["label"].values()):
                return key
        value = re.split(r"[,，、;；\n]+", text)
    if not isinstance(value, (list, tuple)):
        raise ItemError("codes", name)
    values = [str(part).strip() for part in value]
    values = list(dict.fromkeys(part for part in values if part))
    if len(values) > MAX_CODES or any(len(part) > 100 for part in values):
        raise ItemError("codes", name)
    return values
