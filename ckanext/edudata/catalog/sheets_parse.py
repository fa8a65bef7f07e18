"""From the rows of an uploaded workbook to values, with errors by row. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.edudata.catalog import sheets
from ckanext.edudata.catalog.sheets import Column

#: Heading rows stand among so many first rows.
_HEAD = 10

Text = Callable[[str], str]


@dataclass
class ParsedRow:
    """``number`` is the row's in the sheet, as a spreadsheet counts it."""

    number: int
    cells: dict[str, str]
    items: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Parsed:
    """What a workbook holds. ``error``: why it cannot be taken at all.

    ``columns``: names of the fields found; ``unknown``: headings that are none;
    ``stray``: errors of the sheet of items that belong to no resource.
    """

    rows: list[ParsedRow] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stray: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""


def parse(
    book: Mapping[str, Sequence[Sequence[str | None]]],
    columns: Sequence[Column],
    item_columns: Sequence[Column],
    say: Text = str,
) -> Parsed:
    """Rows of both sheets, the items with their resource.

    :param book: rows by the name of their sheet
    :param say: translates message ids
    """
    found = Parsed()
    entries = _sheet(book, sheets.ENTRIES, columns, "title")
    if entries is None:
        found.error = say(
            "No sheet has a column with the title of the resources. Use the "
            "downloaded sheet, or name the column “名称”."
        )
        return found
    found.columns = [c.name for c in entries.columns.values()]
    found.unknown = list(entries.unknown)
    if entries.doubled:
        found.error = say("Two columns have the same heading: {heading}").format(
            heading="、".join(entries.doubled)
        )
        return found
    found.rows = [ParsedRow(number, cells) for number, cells in entries.rows()]
    if not found.rows:
        found.error = say("The sheet has no row of data below its headings.")
        return found
    items = _sheet(book, sheets.ITEMS, item_columns, "name", but=entries.name)
    if items is not None:
        found.unknown += [f"{items.name}：{heading}" for heading in items.unknown]
        _assign(found, items, say)
    return found


class _Sheet:
    def __init__(self, name: str, rows: Sequence[Sequence[str | None]]) -> None:
        self.name, self._rows = name, rows
        self.columns: dict[int, Column] = {}
        self.unknown: list[str] = []
        self.doubled: list[str] = []
        self._first = 0

    def look(self, columns: Sequence[Column], key: str) -> bool:
        """Find the heading row: the one with most columns, and `key` among them."""
        known = sheets.headings(columns)
        best: dict[int, Column] = {}
        for number, row in enumerate(self._rows[:_HEAD]):
            found = {
                place: known[sheets.key_of(cell)]
                for place, cell in enumerate(row)
                if cell and sheets.key_of(cell) in known
            }
            has_key = any(column.name == key for column in found.values())
            if has_key and len(found) >= max(1, len(best)):
                # The hidden row of names comes before the one of labels.
                if not best or len(found) > len(best):
                    best = found
                self._first = number + 1
                self._note(row, known, best)
        self.columns = best
        return bool(best)

    def _note(
        self,
        row: Sequence[str | None],
        known: Mapping[str, Column],
        columns: Mapping[int, Column],
    ) -> None:
        names = [column.name for column in columns.values()]
        self.doubled = sorted(
            {c.label for c in columns.values() if names.count(c.name) > 1}
        )
        self.unknown = [
            cell.strip()
            for place, cell in enumerate(row)
            if cell and cell.strip() and place not in columns
        ]

    def rows(self) -> list[tuple[int, dict[str, str]]]:
        found = []
        for number, row in enumerate(self._rows[self._first :], self._first + 1):
            cells = {
                column.name: sheets.clean(row[place] if place < len(row) else None)
                for place, column in self.columns.items()
            }
            if any(cells.values()):
                found.append((number, cells))
        return found


def _sheet(
    book: Mapping[str, Sequence[Sequence[str | None]]],
    wanted: str,
    columns: Sequence[Column],
    key: str,
    but: str = "",
) -> _Sheet | None:
    """The sheet of that name, or else the first that has the key column."""
    own = (sheets.LISTS, sheets.GUIDE, sheets.ENTRIES, sheets.ITEMS)
    names = [name for name in book if name == wanted]
    if wanted == sheets.ENTRIES:
        names += [name for name in book if name not in own]
    for name in names:
        sheet = _Sheet(name, book[name])
        if name != but and sheet.look(columns, key):
            return sheet
    return None


def _assign(found: Parsed, items: _Sheet, say: Text) -> None:
    by_number: dict[str, list[ParsedRow]] = {}
    by_title: dict[str, list[ParsedRow]] = {}
    for row in found.rows:
        number, title = row.cells.get(sheets.NUMBER), row.cells.get("title")
        if number:
            by_number.setdefault(sheets.key_of(number), []).append(row)
        if title:
            by_title.setdefault(title, []).append(row)
    for number, cells in items.rows():
        asked = cells.get("resource_number") or ""
        if asked:
            matches = by_number.get(sheets.key_of(asked), [])
            column = "resource_number"
        else:
            matches = by_title.get(cells.get("resource_title") or "", [])
            column = "resource_title"
        if len(matches) == 1:
            matches[0].items.append({**cells, "row": number})
            continue
        message = (
            say("No resource of the sheet “数据资源” has this number or title.")
            if not matches
            else say("Several resources have this number or title; give each its own.")
        )
        found.stray.append(error(items.name, number, column, "", message))


def error(
    sheet: str, row: int, column: str, label: str, message: str
) -> dict[str, Any]:
    """An error as it is kept and shown."""
    return {
        "sheet": sheet,
        "row": row,
        "column": column,
        "label": label,
        "message": message,
    }


def values(
    cells: Mapping[str, str], columns: Sequence[Column], say: Text = str
) -> tuple[dict[str, Any], dict[str, str]]:
    """Values of a row's cells by field, and messages by field for those that are none.

    A column that the sheet does not have is not in the values; an empty cell empties
    the field.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column in columns:
        if column.name not in cells or column.locked:
            continue
        text = cells[column.name]
        value, message = _value(column, text, say)
        if message:
            wrong[column.name] = message
        else:
            found[column.name] = value
    return found, wrong


def _value(column: Column, text: str, say: Text) -> tuple[Any, str]:
    if not text:
        return "", ""
    if column.kind == "yes":
        answer = sheets.yes(text)
        if answer is None:
            return None, say("Write 是 or 否; “{text}” is neither").format(
                text=_short(text)
            )
        return ("true" if answer else ""), ""
    if column.kind == "date":
        last = column.name.endswith("_end")
        value = sheets.day(text, last=last)
        if value is None:
            return None, say("“{text}” is no date; write it like 2026-09-01").format(
                text=_short(text)
            )
        return value, ""
    if column.kind in ("choice", "unit"):
        value = sheets.choice(column, text)
        if value is None:
            return None, _not_offered(column, text, say)
        return value, ""
    if column.kind == "choices":
        chosen = [sheets.choice(column, part) for part in sheets.parts(text)]
        if None in chosen:
            return None, _not_offered(column, text, say)
        return chosen, ""
    if column.kind == "units":
        known = column.values
        return "\n".join(
            known.get(sheets.key_of(part), part) for part in sheets.parts(text)
        ), ""
    if column.kind == "codes":
        return "，".join(sheets.parts(text)), ""
    return text, ""


def _not_offered(column: Column, text: str, say: Text) -> str:
    if column.kind == "unit":
        return say(
            "“{text}” is no unit that you compile for; choose one from the list"
        ).format(text=_short(text))
    offered = list(column.labels.values())
    if len(offered) > 12:
        return say("“{text}” is not in the code list; choose from the list").format(
            text=_short(text)
        )
    return say("“{text}” is not in the code list; choose one of: {offered}").format(
        text=_short(text), offered="、".join(offered)
    )


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"
