"""Entries as rows of the catalog sheets, many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import sheets, sheets_columns, sheets_write
from ckanext.edudata.catalog.sheets import Column

_CHUNK = 500

#: What stands on the sheet that says how the workbook is filled in.
GUIDE = (
    "How to fill in this workbook",
    "1. Each row of the sheet “数据资源” is one data resource. Change what is to be "
    "changed and upload the workbook again: you are first shown what would change.",
    "2. Do not touch the identifier: it says which resource the row is. A new resource "
    "is a new row below, without an identifier.",
    "3. Columns with * are needed. Where a list drops down, choose from it; the values "
    "are those of the code lists.",
    "4. A row that you delete changes nothing: no resource is deleted by a sheet. An "
    "empty cell empties the field. A column that you delete is left as it is.",
    "5. Days are written like 2026-09-01; 2026年9月1日 and 2026/9/1 are understood "
    "too.",
    "6. The sheet “信息项” has one row for each information item; its first column is "
    "the number of the resource. Where a resource has no row there, its items stay.",
    "7. An apostrophe before = + - or @ keeps spreadsheets from taking a text for a "
    "formula; it is removed when the workbook is read.",
    "8. Write no personal data and nothing classified into this workbook.",
)


def known(ids: Iterable[str], units: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Active entries of these units, by id; as `package_show` but only what has a
    column, with `changed`: when each was last changed."""
    found: dict[str, dict[str, Any]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        rows = _packages(model.Package.id.in_(wanted[start : start + _CHUNK]), units)
        found.update({row["id"]: row for row in _with_files(rows)})
    return found


def of_units(units: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Entries of these units, by unit and title."""
    ids = model.Session.scalars(
        sa.select(model.Package.id)
        .where(*of_these(units))
        .order_by(model.Package.owner_org, model.Package.title, model.Package.id)
    ).all()
    for start in range(0, len(ids), _CHUNK):
        part = list(ids[start : start + _CHUNK])
        rows = {row["id"]: row for row in known(part, units).values()}
        yield from (rows[key] for key in part if key in rows)


def of_these(units: Iterable[str]) -> list[Any]:
    return [
        model.Package.type == "entry",
        model.Package.state == "active",
        model.Package.owner_org.in_(list(units)),
    ]


def _packages(which: Any, units: Iterable[str]) -> list[model.Package]:
    return list(
        model.Session.scalars(sa.select(model.Package).where(which, *of_these(units)))
    )


def _with_files(packages: Sequence[model.Package]) -> Iterator[dict[str, Any]]:
    fields = sheets.fields_of(tk.h.scheming_get_dataset_schema("entry"))
    files: dict[str, list[dict[str, Any]]] = {}
    for resource in model.Session.scalars(
        sa.select(model.Resource)
        .where(
            model.Resource.package_id.in_([package.id for package in packages]),
            model.Resource.state == "active",
        )
        .order_by(model.Resource.package_id, model.Resource.position)
    ):
        items = _listed((resource.extras or {}).get("information_items"))
        files.setdefault(str(resource.package_id), []).append(
            {"id": resource.id, "name": resource.name, "information_items": items}
        )
    for package in packages:
        extras = package.extras or {}
        row: dict[str, Any] = {
            "id": package.id,
            "changed": package.metadata_modified.isoformat(),
            "resources": files.get(package.id, []),
        }
        for field in fields:
            name = field["field_name"]
            value = extras[name] if name in extras else getattr(package, name, None)
            listed = "json_list" in str(field.get("output_validators") or "")
            row[name] = _listed(value) if listed else value
        yield row


def _listed(value: Any) -> list[Any]:
    """The list that JSON in the database stands for."""
    if isinstance(value, str) and value:
        value = json.loads(value)
    return value if isinstance(value, list) else []


def cells(
    entry: Mapping[str, Any], columns: Iterable[Column], number: int = 0
) -> dict[str, str]:
    """Cells of an entry, by column."""
    return {
        column.name: str(number or "")
        if column.name == sheets.NUMBER
        else sheets.shown(column, entry.get(column.name))
        for column in columns
    }


def item_cells(item: Mapping[str, Any], columns: Iterable[Column]) -> dict[str, str]:
    """Cells of an information item, by its parts."""
    found = {}
    for column in columns:
        value = item.get(column.name)
        if column.kind == "yes":
            value = "true" if value in (True, "true", "True", "1", "是") else ""
        elif isinstance(value, list):
            value = "、".join(
                str(code.get("value", "")) if isinstance(code, dict) else str(code)
                for code in value
            )
        found[column.name] = sheets.shown(column, value)
    return found


def workbook(units: Mapping[str, Mapping[str, str]], *, empty: bool = False) -> bytes:
    """All entries of these units as a workbook; only its frame with `empty`."""
    return _render(
        [] if empty else of_units(list(units)), sheets_columns.of_entries(units)
    )


def template_workbook(
    contents: Iterable[Mapping[str, Any]], columns: list[Column]
) -> bytes:
    """Descriptions without an owner, as a workbook."""
    return _render(contents, columns)


def _render(entries: Iterable[Mapping[str, Any]], columns: list[Column]) -> bytes:
    item_columns = sheets_columns.of_items()
    items: list[dict[str, str]] = []

    def rows() -> Iterator[dict[str, str]]:
        for number, entry in enumerate(entries, 1):
            for file in entry.get("resources") or []:
                of_file = {
                    "resource_number": str(number),
                    "resource_title": entry.get("title") or "",
                    "file_id": file.get("id") or "",
                    "file": file.get("name") or "",
                }
                items.extend(
                    {**item_cells(item, item_columns[len(of_file) :]), **of_file}
                    for item in file["information_items"]
                )
            yield cells(entry, columns, number)

    return sheets_write.render(
        [
            sheets_write.Table(sheets.ENTRIES, columns, rows()),
            sheets_write.Table(sheets.ITEMS, item_columns, items),
        ],
        [tk._(line) for line in GUIDE],
        tk._("Catalog of data resources"),
    )
