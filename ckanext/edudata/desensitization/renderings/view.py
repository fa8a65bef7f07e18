"""A report in words: what all formats show, and the JSON of ``edudata-check`` itself.

Names of columns and sheets come from the file. Where such a name holds personal data
itself, as in a table without a header, its place stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import headers, plain, verdict
from .words import Words
from .words import plain as one_line

_TABLE = (
    "header_row", "row_count", "left_out", "hidden", "institutions", "persons", "k",
    "small_cells",
)  # fmt: skip
#: Of a ground, that are named.
_MOST_COLUMNS = 8
_COLUMN = ("type", "entity", "personal", "quasi_identifier", "sensitive")


class Names:
    """What columns and sheets of a report are called where people read it."""

    def __init__(self, report: Mapping[str, Any], words: Words) -> None:
        _ = words.gettext
        self._columns: dict[tuple[str, str], str] = {}
        self._sheets: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        # Whatever the rules let pass: a name is not shown for having been allowed.
        told = [(f["where"], f["sheet"]) for f in report["findings"]]
        titled = {sheet for where, sheet in told if where == "header"}
        sheets = {
            sheet
            for where, sheet in told
            if where in ("sheet_name", "part", "filename")
        }
        for number, table in enumerate(report["tables"], 1):
            name = table["sheet"]
            # Sheets of an archive bear the names of its members, `member/sheet`.
            if name in sheets or ("" in sheets and "/" in name):
                self._sheets[name] = _("Sheet {n}").format(n=number)
            for place, column in enumerate(table["columns"], 1):
                key = name, column["name"]
                self._numbers[key] = place
                label = one_line(column["label"])
                hidden = not label or name in titled or _may_be_name(column)
                self._columns[key] = (
                    _("Column {n}").format(n=place) if hidden else label
                )
        self._words = words

    def sheet(self, name: str) -> str:
        return self._sheets.get(name) or one_line(name)

    def column(self, sheet: str, name: str, where: str = "cell") -> str:
        """The header as it stands in the file; its number where that cannot be shown.

        For a description the field in words.
        """
        if where == "metadata":
            return self._field(name)
        return self._columns.get((sheet, name)) or one_line(name)

    def number(self, sheet: str, name: str) -> int | None:
        """Place of a column in its table, from 1 on."""
        return self._numbers.get((sheet, name))

    def _field(self, key: str) -> str:
        """A key of ``texts.of_content``: `title`, `1.name` or `1.2.<item's name>`."""
        _ = self._words.gettext
        number, _dot, rest = key.partition(".")
        if not number.isdigit():
            return _(plain.METADATA_FIELDS.get(key, "Description of the entry"))
        item = rest.partition(".")[0]
        if item.isdigit():
            # The item's own name may be what was found.
            told = _("File {n}, information item {item}")
            return told.format(n=number, item=item)
        field = _(plain.METADATA_FIELDS.get(rest, "Description of the entry"))
        return _("File {n}, {field}").format(n=number, field=field)


def _may_be_name(column: Mapping[str, Any]) -> bool:
    """Whether the header of a column of names is one of them, for all that is known."""
    names = column.get("entity") in ("PERSON_NAME", "OFFICER_NAME")
    return names and headers.header_rule(column["label"]) is None


def describe(name: str, report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """JSON-safe ``{file, sha256, verdict, ruleset, findings, ...}`` in one language.

    :param name: what the file is called there; nothing is added to it
    :param report: ``CheckReport.to_dict()``, or what ``edudata_check_show`` answers
    """
    _ = words.gettext
    names = Names(report, words)
    return {
        "file": name,
        "sha256": report["sha256"],
        "verdict": report["verdict"],
        "ruleset": report["ruleset"],
        "classified": bool(report.get("classified")),
        "permits": verdict.loosest_class(report["verdict"]),
        "reason": _reason(report.get("reason"), words),
        "grounds": [
            {
                "code": code,
                "text": _(verdict.GROUNDS[code]),
                "details": _details(code, report["tables"], names, words),
            }
            for code in report.get("grounds") or []
        ],
        "k": report.get("k"),
        "rows": report.get("rows") or 0,
        "cells": report.get("cells") or 0,
        "seconds": report.get("seconds") or 0,
        "findings": [_finding(f, names, words) for f in report["findings"]],
        "tables": [_table(t, names) for t in report["tables"]],
    }


def _details(
    code: str, tables: Sequence[Mapping[str, Any]], names: Names, words: Words
) -> list[str]:
    """In which columns, how often and in which rows a ground holds, by table."""
    found = [
        (table["sheet"], ground)
        for table in tables
        for ground in table.get("grounds") or []
        if ground["code"] == code
    ]
    return [_detail(sheet, ground, names, words) for sheet, ground in found]


def _detail(sheet: str, ground: Mapping[str, Any], names: Names, words: Words) -> str:
    _ = words.gettext
    labels = [names.column(sheet, name) for name in ground["columns"]]
    more = "…" if len(labels) > _MOST_COLUMNS else ""
    stop = "、" if words.lang == "zh" else ", "
    columns = stop.join(f"“{label}”" for label in labels[:_MOST_COLUMNS]) + more
    place = words.ngettext(
        "Column {columns}", "Columns {columns}", len(labels), columns=columns
    )
    if sheet:
        place = _("{place} (sheet “{sheet}”)").format(
            place=place, sheet=names.sheet(sheet)
        )
    count = ground["count"]
    if ground["code"].endswith("_cells"):
        text = words.ngettext("{n} cell", "{n} cells", count)
    elif ground["code"] == "small_groups":
        text = words.ngettext("{n} group", "{n} groups", count)
    else:
        text = words.ngettext("{n} row", "{n} rows", count)
    return place + _(": ") + _with_rows(text, count, ground["rows"], words)


def _reason(reason: Mapping[str, Any] | None, words: Words) -> dict[str, str] | None:
    if not reason:
        return None
    return {"code": reason["code"], "text": plain.filled(reason, words.gettext)}


def _finding(f: Mapping[str, Any], names: Names, words: Words) -> dict[str, Any]:
    _ = words.gettext
    return {
        "entity": f["entity"],
        "label": _(f["label"]),
        "sheet": names.sheet(f["sheet"]),
        "column": names.column(f["sheet"], f["column"], f["where"]),
        "column_number": names.number(f["sheet"], f["column"]),
        "rows": list(f["rows"]),
        "count": f["count"],
        "where": f["where"],
        "score": f["score"],
        "masked": [one_line(text) for text in f["masked"]],
        "clause": _(f["clause"]),
        "advice": _(plain.advice(f)),
        "passed": f.get("passed", ""),
    }


def _table(table: Mapping[str, Any], names: Names) -> dict[str, Any]:
    sheet = table["sheet"]
    columns = [
        {
            "name": names.column(sheet, column["name"]),
            **{key: column.get(key) for key in _COLUMN},
        }
        for column in table["columns"]
    ]
    kept = {key: table.get(key) for key in _TABLE}
    grounds = [
        {**ground, "columns": [names.column(sheet, each) for each in ground["columns"]]}
        for ground in table.get("grounds") or []
    ]
    shown = names.sheet(sheet)
    return {"sheet": shown, **kept, "grounds": grounds, "columns": columns}


def groups(item: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Findings of an item by place: ``[{heading, findings}]``; what passes comes last.

    A finding has beside its own keys ``index``, its number in the item, and ``at``: how
    many cells, and which rows.
    """
    numbered = [{**f, "index": n} for n, f in enumerate(item["findings"])]
    found = plain.by_column(numbered)
    found.sort(key=lambda group: all(f["passed"] for f in group["findings"]))
    for group in found:
        group["column_number"] = group["findings"][0]["column_number"]
    return [
        {
            "heading": heading(group, words),
            "findings": [{**f, "at": at(f, words)} for f in group["findings"]],
        }
        for group in found
    ]


def heading(group: Mapping[str, Any], words: Words) -> str:
    """Such as 列“姓名”（工作表“名册”）, of names that may be shown."""
    _ = words.gettext
    unnamed = _("Column {n}").format(n=group["column_number"])
    if group["column"] and (group["where"] == "metadata" or group["column"] == unnamed):
        place = group["column"]
    elif group["column"]:
        place = _("Column “{column}”").format(column=group["column"])
    else:
        place = _(plain.PLACES.get(group["where"], "Cells"))
    if not group["sheet"]:
        return place
    return _("{place} (sheet “{sheet}”)").format(place=place, sheet=group["sheet"])


def at(finding: Mapping[str, Any], words: Words) -> str:
    """How many cells, and the first of their rows: ``30 个单元格（第 3–22 行等）``."""
    count, rows = finding["count"], finding["rows"]
    if finding["where"] == "cell":
        text = words.ngettext("{n} cell", "{n} cells", count)
    else:
        text = words.ngettext("{n} place", "{n} places", count)
    return _with_rows(text, count, rows, words)


def _with_rows(text: str, count: int, rows: Sequence[int], words: Words) -> str:
    if not rows:
        return text
    shown = plain.ranges(rows)
    if words.lang == "zh":
        shown = shown.replace(", ", "、")
    if count > len(rows):
        told = words.gettext("{text} (rows {rows} and more)")
        return told.format(text=text, rows=shown)
    return words.ngettext(
        "{text} (row {rows})", "{text} (rows {rows})", len(rows), text=text, rows=shown
    )


def passed(finding: Mapping[str, Any], words: Words) -> str:
    """Which rule lets a finding pass, in words; nothing where none does."""
    code = finding["passed"]
    return words.gettext(plain.PASSED.get(code, plain.PASSED[""])) if code else ""


def totals(items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many files have which verdict, those that there are."""
    found = [item["verdict"] for item in items]
    return {name: found.count(name) for name in plain.VERDICTS if name in found}


def as_read(item: Mapping[str, Any], words: Words) -> str:
    """How much was read, in how much time."""
    told = words.gettext("{rows} rows, {cells} cells read in {seconds} s")
    return told.format(
        rows=f"{item['rows']:,}",
        cells=f"{item['cells']:,}",
        seconds=round(item["seconds"], 1),
    )
