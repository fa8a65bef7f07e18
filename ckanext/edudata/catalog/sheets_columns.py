"""Columns of the catalog sheets, from the schema of entries and a person's units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import sheets, sheets_words
from ckanext.edudata.catalog.sheets import Column
from ckanext.edudata.units import people

YES = (("true", "是"), ("", "否"))
#: Labels of the parts of an information item; English message ids.
PARTS = {
    "name": "Name of the column",
    "label": "Chinese name",
    "type": "Type",
    "length": "Length",
    "unit": "Unit of measure",
    "codes": "Code list",
    "required": "Required",
    "personal": "Personal information",
    "element": "Standard element",
    "description": "Description",
}
#: Kinds of values of an item, as the check guesses them.
TYPES = {"text": "Text", "integer": "Whole number", "numeric": "Number", "date": "Date"}


def compiled_units(user_id: str | None) -> dict[str, dict[str, str]]:
    """Units that the person compiles for, by id: `{id, name, title, code}`."""
    return units_of(people.all_units_where(user_id, ["compiler"]))


def units_of(ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Active units by id, in the order of their titles."""
    group: Any = model.Group
    rows = model.Session.execute(
        sa.select(group.id, group.name, group.title, group.extras["code"].astext)
        .where(
            group.id.in_(list(ids)),
            group.is_organization.is_(True),
            group.state == "active",
        )
        .order_by(group.title)
    )
    return {
        row[0]: {"id": row[0], "name": row[1], "title": row[2], "code": row[3] or ""}
        for row in rows
    }


def of_entries(
    units: Mapping[str, Mapping[str, str]], *, own: bool = True
) -> list[Column]:
    """Columns of the sheet of resources.

    :param units: those that may be chosen as owner
    :param own: with the columns of the entry's id and owner
    """
    schema = tk.h.scheming_get_dataset_schema("entry")
    found = [Column(sheets.NUMBER, tk._("No."))]
    if own:
        found.insert(
            0, Column(sheets.ID, tk._("Identifier (do not change)"), locked=True)
        )
    for field in sheets.fields_of(schema):
        name = field["field_name"]
        if not own and name in ("owner_org", "resource_code"):
            continue
        found.append(_column(field, units))
    return found


def _column(field: Mapping[str, Any], units: Mapping[str, Mapping[str, str]]) -> Column:
    name, kind = field["field_name"], sheets.kind_of(field)
    choices: tuple[tuple[str, str], ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    if kind == "unit":
        choices = tuple((key, unit["title"]) for key, unit in units.items())
        also = tuple(_names(units))
    elif kind == "units":
        choices = tuple(
            (key, unit["title"]) for key, unit in units_of(_all_units()).items()
        )
    elif kind in ("choice", "choices"):
        offered = list(tk.h.scheming_field_choices(field) or [])
        choices = tuple(
            (str(item["value"]), sheets_words.label(item["label"])) for item in offered
        )
        also = tuple(
            (words, str(item["value"]))
            for item in offered
            for words in _languages(item["label"])
        )
    return Column(
        name=name,
        label=sheets_words.label(field.get("label") or name),
        kind=kind,
        choices=choices,
        required=bool(field.get("required")),
        help=sheets_words.label(field.get("help_text") or "") or "",
        locked=name == "resource_code",
        also=also,
        headings=tuple(_languages(field.get("label"))),
    )


def _languages(label: Any) -> list[str]:
    """A label in all its languages: a sheet may come from another one's page."""
    return [str(words) for words in label.values()] if isinstance(label, dict) else []


def _all_units() -> list[str]:
    group: Any = model.Group
    return list(
        model.Session.scalars(
            sa.select(group.id).where(
                group.is_organization.is_(True), group.state == "active"
            )
        )
    )


def of_items() -> list[Column]:
    """Columns of the sheet of information items."""
    types = tuple((value, tk._(label)) for value, label in TYPES.items())
    keys = {
        "resource_number": tk._("No. of the resource"),
        "resource_title": tk._("Title of the resource"),
        "file_id": tk._("Identifier of the file (do not change)"),
        "file": tk._("Name of the file"),
    }
    found = [
        Column(
            name, label, locked=name == "file_id", required=name == "resource_number"
        )
        for name, label in keys.items()
    ]
    for name, label in PARTS.items():
        kind, choices = "text", ()
        if name == "type":
            kind, choices = "choice", types
        elif name in ("required", "personal"):
            kind = "yes"
        found.append(Column(name, tk._(label), kind, choices, required=name == "name"))
    return found


def _names(units: Mapping[str, Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    """A unit's identifier and code, beside its name."""
    for key, unit in units.items():
        yield unit["name"], key
        if unit["code"]:
            yield unit["code"], key
