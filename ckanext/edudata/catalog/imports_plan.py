"""What rows of a sheet would do to the entries: new, changed, unchanged or wrong.

Nothing is written here. Each row goes through the validators of a save, as the person
who uploaded the sheet; what they may not know of is answered as what is not there.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import plugins as lib_plugins

from ckanext.edudata.catalog import sheets, sheets_columns, sheets_entries, sheets_parse
from ckanext.edudata.catalog.sheets import Column
from ckanext.edudata.catalog.sheets_parse import ParsedRow, error


@dataclass
class Planned:
    """A row and what it comes to; see `model_imports.ImportRow`."""

    number: int
    outcome: str = "wrong"
    title: str = ""
    entry_id: str | None = None
    seen: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


class Planner:
    """Plans rows of one sheet for one person."""

    def __init__(self, user: str) -> None:
        self.user = user
        person = self.person = model.User.get(user)
        self.units = sheets_columns.compiled_units(person.id if person else None)
        self.columns = sheets_columns.of_entries(self.units)
        self.item_columns = sheets_columns.of_items()
        self._by_name = {column.name: column for column in self.columns}
        self._ids: set[str] = set()
        self._compiled: dict[str, str] = {}
        self._new: set[tuple[str, str]] = set()

    def plan(self, rows: Sequence[ParsedRow]) -> list[Planned]:
        """What each row comes to; to be asked for all rows in their order."""
        entries = sheets_entries.known(self._wanted(rows), self.units)
        codes = self._by_code(rows)
        taken = self._titles(rows)
        return [self._row(row, entries, codes, taken) for row in rows]

    def _wanted(self, rows: Sequence[ParsedRow]) -> list[str]:
        ids = {row.cells[sheets.ID] for row in rows if row.cells.get(sheets.ID)}
        return list(ids | set(self._by_code(rows).values()))

    def _by_code(self, rows: Sequence[ParsedRow]) -> dict[str, str]:
        """Id by resource code, for sheets that lost the column of ids."""
        asked = {
            row.cells["resource_code"]
            for row in rows
            if row.cells.get("resource_code") and not row.cells.get(sheets.ID)
        }
        if not asked:
            return {}
        package: Any = model.Package
        found = model.Session.execute(
            sa.select(package.extras["resource_code"].astext, package.id).where(
                package.extras["resource_code"].astext.in_(asked),
                package.type == "entry",
                package.state == "active",
                package.owner_org.in_(list(self.units)),
            )
        )
        return {row[0]: row[1] for row in found}

    def _titles(self, rows: Sequence[ParsedRow]) -> set[tuple[str, str]]:
        """Unit and title of the entries there are, among the titles of these rows."""
        titles = {
            row.cells.get("title") for row in rows if not row.cells.get(sheets.ID)
        }
        found = model.Session.execute(
            sa.select(model.Package.owner_org, model.Package.title).where(
                model.Package.title.in_([title for title in titles if title]),
                *sheets_entries.of_these(self.units),
            )
        )
        return {(row[0], row[1]) for row in found}

    def _row(
        self,
        row: ParsedRow,
        entries: Mapping[str, dict[str, Any]],
        codes: Mapping[str, str],
        taken: set[tuple[str, str]],
    ) -> Planned:
        asked = row.cells.get(sheets.ID) or ""
        code = row.cells.get("resource_code") or ""
        found = Planned(row.number, title=row.cells.get("title") or "")
        if code and not asked:
            asked = codes.get(code, "")
            if not asked:
                return self._not_there(found, "resource_code")
        entry = entries.get(asked) if asked else None
        if asked and entry is None:
            return self._not_there(found, sheets.ID)
        if asked and asked in self._ids:
            self._say(found, sheets.ID, tk._("This resource has two rows; keep one."))
            return found
        self._ids.add(asked)
        if entry is None:
            return self._create(found, row, taken)
        return self._change(found, row, entry)

    def _not_there(self, found: Planned, column: str) -> Planned:
        self._say(
            found,
            column,
            tk._(
                "There is no such data resource in your units. Leave the cell empty "
                "for a new one, or take the row from a newly downloaded sheet."
            ),
        )
        return found

    def _create(
        self, found: Planned, row: ParsedRow, taken: set[tuple[str, str]]
    ) -> Planned:
        values, wrong = sheets_parse.values(row.cells, self.columns, tk._)
        for name, message in wrong.items():
            self._say(found, name, message)
        values.pop(sheets.NUMBER, None)
        unit = values.get("owner_org")
        if not unit and "owner_org" not in wrong and len(self.units) == 1:
            unit = values["owner_org"] = next(iter(self.units))
        fields = {
            name: value for name, value in values.items() if value not in ("", [])
        }
        resources = self.files(found, row, [], found.title)
        if unit and found.title:
            key = (unit, found.title)
            if key in taken or key in self._new:
                self._say(
                    found,
                    "title",
                    tk._(
                        "The unit has a data resource of this title. To change it, "
                        "take its row from a downloaded sheet; for another one, "
                        "give another title."
                    ),
                )
            self._new.add(key)
        said = self._validate(found, new_entry(fields, resources), None, wrong)
        found.data = {"fields": fields, "resources": resources}
        if not found.errors:
            found.data["said"] = said
        found.outcome = "wrong" if found.errors else "new"
        return found

    def _change(self, found: Planned, row: ParsedRow, entry: dict[str, Any]) -> Planned:
        found.entry_id, found.seen = entry["id"], entry["changed"]
        found.title = found.title or entry["title"]
        shown = sheets_entries.cells(entry, self.columns)
        changed = {
            name: text
            for name, text in row.cells.items()
            if name != sheets.NUMBER
            and name in self._by_name
            and text != sheets.clean(sheets.neutral(shown.get(name) or ""))
        }
        if "resource_code" in changed:
            message = tk._("The code is given by the portal; put back the one it had.")
            self._say(found, "resource_code", message)
        values, wrong = sheets_parse.values(changed, self.columns, tk._)
        for name, message in wrong.items():
            self._say(found, name, message)
        fields = {
            name: value for name, value in values.items()
            if not _same(value, entry.get(name))
        }  # fmt: skip
        for name in fields:
            column = self._by_name[name]
            found.changes.append(
                {
                    "field": name,
                    "label": column.label,
                    "old": shown.get(name) or "",
                    "new": changed[name],
                }
            )
        resources = self.files(found, row, entry["resources"], entry["title"])
        found.data = {"fields": fields, "resources": resources}
        if (fields or resources) and not found.errors:
            whole = tk.get_action("package_show")(
                {"ignore_auth": True, "use_cache": False}, {"id": entry["id"]}
            )
            package = model.Package.get(entry["id"])
            self._validate(found, patched(whole, found.data), package, wrong)
        if found.errors:
            found.outcome = "wrong"
        else:
            found.outcome = "changed" if fields or resources else "unchanged"
        return found

    def files(
        self,
        found: Planned,
        row: ParsedRow,
        files: Sequence[Mapping[str, Any]],
        title: str,
    ) -> list[dict[str, Any]]:
        """Items that change, by file: `[{id or None, name, items}]`."""
        by_file: dict[str, list[dict[str, Any]]] = {}
        named: dict[str, tuple[str | None, str]] = {}
        columns = self.item_columns[len(sheets.ITEM_KEYS) :]
        for cells in row.items:
            file_id, name = cells.get("file_id") or "", cells.get("file") or ""
            key, old = _file(files, file_id, name)
            if file_id and old is None:
                message = tk._("This resource has no such file; empty the cell.")
                found.errors.append(
                    error(sheets.ITEMS, cells["row"], "file_id", tk._("File"), message)
                )
                continue
            named[key] = (old["id"] if old else None, name or title)
            parsed, wrong = sheets_parse.values(
                {k: v for k, v in cells.items() if k != "row"}, columns, tk._
            )
            if not parsed.get("name"):
                wrong["name"] = tk._("Each information item needs a name")
            for part, message in wrong.items():
                label = next(c.label for c in columns if c.name == part)
                found.errors.append(
                    error(sheets.ITEMS, cells["row"], part, label, message)
                )
            before = {i["name"]: i for i in old["information_items"]} if old else {}
            known = before.get(parsed.get("name") or "", {})
            by_file.setdefault(key, []).append(_item(known, parsed, columns))
        result = []
        for key, items in by_file.items():
            file_id, name = named[key]
            old_items = next(
                (f["information_items"] for f in files if f["id"] == file_id), []
            )
            if items == old_items:
                continue
            result.append({"id": file_id, "name": name, "items": items})
            if files:
                found.changes.append(_items_changed(name, old_items, items))
        return result

    def _validate(
        self,
        found: Planned,
        data: dict[str, Any],
        package: Any,
        wrong: Mapping[str, str],
    ) -> dict[str, Any]:
        said, errors = validated(
            data, self.user, package, self.person, compiled=self._compiled
        )
        for name, messages in errors.items():
            if name in wrong or (name == "private" and found.errors):
                # CKAN says once more, of another field, that the unit is missing.
                continue
            if name == "resources":
                for message in dict.fromkeys(texts(messages)):
                    first = row_of_items(found) or found.number
                    found.errors.append(
                        error(
                            sheets.ITEMS, first, "", tk._("Information items"), message
                        )
                    )
                continue
            for message in dict.fromkeys(texts(messages)):
                self._say(found, name, message)
        return said

    def _say(self, found: Planned, name: str, message: str) -> None:
        column = self._by_name.get(name)
        found.errors.append(
            error(
                sheets.ENTRIES,
                found.number,
                name,
                column.label if column else name,
                message,
            )
        )


def row_of_items(found: Planned) -> int:
    """First row of the sheet of items that an error was found in, or 0."""
    return next((e["row"] for e in found.errors if e["sheet"] == sheets.ITEMS), 0)


def rules() -> str:
    """Digest of what descriptions are validated by: the schema, code lists, units."""
    columns = sheets_columns.of_entries({})
    schema = tk.h.scheming_get_dataset_schema("entry")
    text = json.dumps(schema, sort_keys=True, default=str) + repr(columns)
    return hashlib.sha256(text.encode()).hexdigest()


def new_entry(
    fields: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What `package_create` would be called with, behind the door of entries.

    The declaration on state secrets is made for the whole file.
    """
    return {
        **fields,
        "type": "entry",
        "private": True,
        "name": f"entry-{uuid.uuid4().hex}",
        "no_state_secret": "true",
        "resources": [
            {"name": file["name"], "information_items": file["items"]}
            for file in resources
        ],
    }


def patched(whole: dict[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What `package_update` would be called with."""
    items = {file["id"]: file for file in data["resources"] if file["id"]}
    resources = [
        {**resource, "information_items": items[resource["id"]]["items"]}
        if resource["id"] in items
        else resource
        for resource in whole["resources"]
    ]
    resources += [
        {"name": file["name"], "information_items": file["items"]}
        for file in data["resources"]
        if not file["id"]
    ]
    found = {**whole, **data["fields"], "no_state_secret": "true"}
    if data["resources"]:
        found["resources"] = resources
    return found


def validated(
    data: dict[str, Any],
    user: str,
    package: Any = None,
    person: Any = None,
    compiled: dict[str, str] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Validated data and errors, through the schema of a save.

    A new entry is given its code here, in the caller's transaction, unless *compiled*
    is given: then whoever writes it gives one.

    :param package: the entry that is changed, None for a new one
    :param person: the user's row where it is at hand, which spares a question
    :param compiled: units that the user compiles for, by what was given for them; for
        a plan, which is asked again by its units before anything is written
    """
    plugin = lib_plugins.lookup_package_plugin("entry")
    person = person or model.User.get(user)
    context: Any = {
        "user": user,
        "auth_user_obj": person,
        "model": model,
        "session": model.Session,
    }
    if compiled is not None:
        context["edudata_compiled_units"] = compiled
        context["edudata_codes_later"] = True
    if package is None:
        schema, action = plugin.create_package_schema(), "package_create"
    else:
        schema, action = plugin.update_package_schema(), "package_update"
        context["package"] = package
    return lib_plugins.plugin_validate(plugin, context, data, schema, action)


def _file(
    files: Sequence[Mapping[str, Any]], file_id: str, name: str
) -> tuple[str, Mapping[str, Any] | None]:
    """Key and file that a row of items is for; a new one where none is found."""
    for file in files:
        if file_id and file["id"] == file_id:
            return file["id"], file
    if not file_id:
        named = [file for file in files if name and file["name"] == name]
        if not name and len(files) == 1:
            named = [files[0]]
        if len(named) == 1:
            return named[0]["id"], named[0]
    return f"new:{name}", None


def _item(
    known: Mapping[str, Any], parsed: Mapping[str, Any], columns: Sequence[Column]
) -> dict[str, Any]:
    """An item: parts that the sheet has from it, the others as they were."""
    found = dict(known)
    shown = sheets_entries.item_cells(known, columns)
    for column in columns:
        if column.name not in parsed:
            continue
        value = parsed[column.name]
        text = sheets.shown(column, value)
        if sheets.clean(shown[column.name]) == sheets.clean(text):
            continue
        if value in ("", []):
            found.pop(column.name, None)
        else:
            found[column.name] = _part(column, value)
    return found


def _part(column: Column, value: Any) -> Any:
    """A part of an item as it is kept; the validators say what is wrong with it."""
    if column.kind == "yes":
        return True
    if column.name == "length" and value.isdigit():
        return int(value)
    if column.name == "codes":
        listed = sheets.parts(value)
        return listed[0] if len(listed) == 1 else listed
    return value


def _items_changed(
    name: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    def names(items: Sequence[Mapping[str, Any]]) -> str:
        return "、".join(str(item.get("label") or item["name"]) for item in items[:30])

    before = {item["name"]: item for item in old}
    touched = [item for item in new if before.get(item["name"]) != item]
    gone = {item["name"] for item in new}
    return {
        "field": "information_items",
        "label": tk._("Information items of {file}").format(file=name),
        "old": names([i for i in old if i["name"] not in gone or i not in new]),
        "new": names(touched),
    }


def _same(value: Any, old: Any) -> bool:
    if isinstance(old, list):
        mine = value if isinstance(value, list) else sheets.parts(str(value))
        return [str(part) for part in old] == mine
    return (value or "") == (old or "")


def texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in texts(item)]
    return [str(value)]
