"""Rows of a template, from a workbook or from entries; looked through before kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.catalog import (
    imports_plan,
    sheets,
    sheets_columns,
    sheets_entries,
    sheets_parse,
    sheets_read,
    sheets_words,
)

MAX_ROWS = 500
#: Said of one's own data, not of what all have.
_OWN = frozenset(
    {"owner_org", "resource_code", "id", "authoritative_entry", "duplicate_reason"}
)


def of_workbook(stream: Any, user: str, unit_id: str) -> list[dict[str, Any]]:
    """Contents of the rows of an uploaded workbook: `{fields, files, id}`.

    :raises ValidationError: it cannot be read, or rows are wrong, named by their number
    """
    with tempfile.NamedTemporaryFile(prefix="edudata-sheet-", suffix=".xlsx") as kept:
        while chunk := stream.read(1 << 20):
            kept.write(chunk)
            if kept.tell() > sheets_read.MAX_BYTES:
                break
        kept.flush()
        book = sheets_read.read(kept.name)
    if book.reason:
        raise tk.ValidationError({"upload": [tk._(sheets_read.REASONS[book.reason])]})
    with sheets_words.site_language():
        columns = _columns()
        items = sheets_columns.of_items()
        parsed = sheets_parse.parse(book.sheets, columns, items, tk._)
        if parsed.error:
            raise tk.ValidationError({"upload": [parsed.error]})
        _not_many(len(parsed.rows))
        errors = [_said(wrong) for wrong in parsed.stray]
        planner = imports_plan.Planner(user)
        found = []
        for row in parsed.rows:
            values, wrong = sheets_parse.values(row.cells, columns, tk._)
            labels = {column.name: column.label for column in columns}
            for name, message in wrong.items():
                errors.append(_at(row.number, labels[name], message))
            planned = imports_plan.Planned(row.number)
            files = planner.files(planned, row, [], "")
            errors += [_said(wrong) for wrong in planned.errors]
            fields = {k: v for k, v in values.items() if v and k not in _KEYS}
            content = {"fields": fields, "files": _files(files)}
            content_errors = [] if wrong else refused(content, user, unit_id)
            errors += [
                _at(row.number, labels.get(name, name), message)
                for name, message in content_errors
            ]
            found.append({**content, "id": row.cells.get(sheets.ID) or None})
    if errors:
        raise tk.ValidationError({"upload": errors[:100]})
    return found


_KEYS = frozenset({sheets.ID, sheets.NUMBER})


def of_entries(ids: Sequence[str], units: Iterable[str]) -> list[dict[str, Any]]:
    """Contents made of entries of these units; their owner and code are left out.

    :raises ValidationError: one of them is not there
    """
    _not_many(len(ids))
    entries = sheets_entries.known(ids, units)
    if any(entry_id not in entries for entry_id in ids):
        raise tk.ValidationError(
            {"entries": [tk._("There is no such data resource in your units.")]}
        )
    kept = {column.name for column in _columns()} - _KEYS
    return [
        {
            "fields": {
                name: value
                for name, value in entries[entry_id].items()
                if name in kept and value not in (None, "", [])
            },
            "files": [
                {"name": file["name"] or "", "items": file["information_items"]}
                for file in entries[entry_id]["resources"]
                if file["information_items"]
            ],
            "id": None,
        }
        for entry_id in ids
    ]


def workbook(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A template's rows as a workbook, to be changed and brought back."""
    with sheets_words.site_language():
        entries = [
            {
                **row["content"]["fields"],
                "id": row["id"],
                "resources": [
                    {"name": file["name"], "information_items": file["items"]}
                    for file in row["content"]["files"]
                ],
            }
            for row in rows
        ]
        return sheets_entries.template_workbook(entries, _columns())


def refused(
    content: Mapping[str, Any], user: str, unit_id: str
) -> list[tuple[str, str]]:
    """What a save of this description would be refused for: field and message."""
    fields = {**content["fields"], "owner_org": unit_id}
    files = content.get("files") or content.get("resources") or []
    nested = model.Session.begin_nested()
    try:
        data = imports_plan.new_entry(fields, files)
        _, errors = imports_plan.validated(data, user)
    finally:
        # The code that it took is given back.
        nested.rollback()
    return [
        (name, message)
        for name, messages in errors.items()
        # Who makes a template need not compile for its unit.
        if name != "owner_org"
        for message in dict.fromkeys(imports_plan.texts(messages))
    ]


def _columns() -> list[sheets.Column]:
    own = sheets.Column(sheets.ID, tk._("Identifier (do not change)"), locked=True)
    return [
        own,
        *(
            column
            for column in sheets_columns.of_entries({}, own=False)
            if column.name not in _OWN
        ),
    ]


def names() -> set[str]:
    """Fields that a row of a template may say something of."""
    return {column.name for column in _columns()} - _KEYS


def _files(files: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": file["name"], "items": file["items"]} for file in files]


def _not_many(count: int) -> None:
    if not count:
        raise tk.ValidationError(
            {"upload": [tk._("A template needs at least one data resource.")]}
        )
    if count > MAX_ROWS:
        message = tk._("A template has at most {limit} rows.").format(limit=MAX_ROWS)
        raise tk.ValidationError({"upload": [message]})


def _at(row: int, label: str, message: str) -> str:
    return tk._("Row {row}, {column}: {message}").format(
        row=row, column=label, message=message
    )


def _said(wrong: Mapping[str, Any]) -> str:
    return f"{wrong['sheet']} " + _at(wrong["row"], wrong["label"], wrong["message"])
