"""Catalog sheets: columns, and values as they stand in cells. Pure.

A workbook has a sheet of data resources and one of their information items; a hidden
one holds the code lists that the drop-downs offer. Each sheet begins with a hidden row
of the fields' names, so that columns are known in any order and language.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ckanext.edudata.catalog import items

ENTRIES = "数据资源"
ITEMS = "信息项"
LISTS = "代码表"
GUIDE = "填写说明"

#: Columns of our own before the fields of the schema.
ID, NUMBER = "id", "number"
#: Of the sheet of items: which resource by its number or title, and which of its files.
ITEM_KEYS = ("resource_number", "resource_title", "file_id", "file")
ITEM_PARTS = items.PARTS
#: Of the whole file, or of the portal's own: they are no columns.
_NO_COLUMNS = frozenset({"no_state_secret", "name"})
#: Longest text that a cell of a spreadsheet holds.
MAX_CELL = 32_767

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n|]")
_RESTORE = re.compile(r"'+[=+\-@\t\r\n|]")
_YES = frozenset({"是", "true", "yes", "y", "1", "√", "对", "有", "on", "t"})
_NO = frozenset({"否", "false", "no", "n", "0", "×", "无", "不是", "off", "f", ""})


@dataclass(frozen=True)
class Column:
    """A field as a column.

    ``kind``: text, choice, choices, date, unit, units, codes or yes. ``choices``: value
    and label of each; ``also``: values under other words for them; ``headings``: other
    words for the column; ``locked``: shown, never typed.
    """

    name: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    help: str = ""
    locked: bool = False
    also: tuple[tuple[str, str], ...] = ()
    headings: tuple[str, ...] = ()

    @cached_property
    def labels(self) -> dict[str, str]:
        """Label of each value as a cell shows it; doubled labels carry the value."""
        times: dict[str, int] = {}
        for _, label in self.choices:
            times[label] = times.get(label, 0) + 1
        return {
            value: f"{label}（{value}）" if times[label] > 1 else label
            for value, label in self.choices
        }

    @cached_property
    def values(self) -> dict[str, str]:
        """Value by its label or by itself, see `key_of`."""
        found = {key_of(word): value for word, value in self.also}
        found.update({key_of(value): value for value, _ in self.choices})
        found.update({key_of(text): value for value, text in self.labels.items()})
        return found


def fields_of(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Fields of the scheming schema that have a column, in the form's order."""
    return [
        field
        for field in schema["dataset_fields"]
        if field["field_name"] not in _NO_COLUMNS
        and (
            field.get("form_snippet", "") is not None
            or field["field_name"] == "resource_code"
        )
    ]


def kind_of(field: Mapping[str, Any]) -> str:
    """What a field's cells hold."""
    name = field["field_name"]
    validators = str(field.get("validators") or "")
    if name == "owner_org":
        return "unit"
    if name == "sharing_units":
        return "units"
    if "edudata_yes" in validators:
        return "yes"
    if "edudata_day" in validators or "isodate" in validators:
        return "date"
    if "json_list" in str(field.get("output_validators") or ""):
        return "codes"
    if field.get("choices") or field.get("choices_helper"):
        return "choices" if "multiple" in validators else "choice"
    return "text"


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula, see `restored`.

    Control characters, which no workbook can hold, are left out.
    """
    text = _CONTROL.sub("", text)
    return "'" + text if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """What `neutral` was given."""
    return text[1:] if _RESTORE.match(text) else text


def clean(text: str | None) -> str:
    """A cell's text without blanks around it and with one kind of line end."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return restored(text.strip(" \u3000\xa0\n"))


def key_of(text: str) -> str:
    """A heading or label as it is compared: no blanks, marks or wide letters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s*＊:：]|\(必填\)|\(required\)", "", text)


_DAY = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})[-/.年](\d{1,2})月?()"),
)
_CLOCK = re.compile(r"[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")


def day(text: str, *, last: bool = False) -> str | None:
    """ISO date of a day in any usual form, None where it is none.

    A month is its first day, or with ``last`` its last; a serial number is that of a
    spreadsheet with the calendar of 1900.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _CLOCK.sub("", plain).strip()
    if _SERIAL.fullmatch(plain):
        found = datetime.date(1899, 12, 30) + datetime.timedelta(int(float(plain)))
        return found.isoformat()
    plain = re.sub(r"\s", "", plain)
    for pattern in _DAY:
        match = pattern.fullmatch(plain)
        if not match:
            continue
        year, month, number = (int(part or 0) for part in match.groups())
        try:
            if number:
                return datetime.date(year, month, number).isoformat()
            first = datetime.date(year, month, 1)
        except ValueError:
            return None
        if not last:
            return first.isoformat()
        following = (first + datetime.timedelta(31)).replace(day=1)
        return (following - datetime.timedelta(1)).isoformat()
    return None


def yes(text: str) -> bool | None:
    """是 or 否, None where it is neither."""
    plain = key_of(text)
    return True if plain in _YES else False if plain in _NO else None


def parts(text: str) -> list[str]:
    """Parts of a cell that holds several, each once."""
    found = [part.strip() for part in re.split(r"[,，、;；\n]", text)]
    return list(dict.fromkeys(part for part in found if part))


def choice(column: Column, text: str) -> str | None:
    """Value of a choice given by its label or value, None where there is none."""
    return column.values.get(key_of(text))


def shown(column: Column, value: Any) -> str:
    """A stored value as its cell shows it, not yet neutralised."""
    if value in (None, "", []):
        return ""
    labels = column.labels
    if column.kind == "yes":
        return "是" if yes(str(value)) else ""
    if column.kind in ("choices", "codes", "units"):
        items: Iterable[Any] = value if isinstance(value, list) else parts(str(value))
        mark = "\n" if column.kind == "units" else "、"
        return mark.join(labels.get(str(item), str(item)) for item in items)
    return labels.get(str(value), str(value))


def headings(columns: Sequence[Column]) -> dict[str, Column]:
    """Column by every heading that it may stand under: name or label."""
    found: dict[str, Column] = {}
    for column in columns:
        for words in (*column.headings, column.label):
            found.setdefault(key_of(words), column)
    for column in columns:
        found[key_of(column.name)] = column
    return found
