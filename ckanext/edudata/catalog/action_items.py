"""Information items of a file: read off it by the check, corrected by its owner."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import (
    columns_read,
    item_changes,
    items,
    schema_items,
    veil,
)
from ckanext.edudata.catalog.validators import edudata_json_list, edudata_json_value
from ckanext.edudata.units import people


def _resource(resource_id: str) -> tuple[model.Resource, list[Any], dict[str, Any]]:
    resource = model.Session.get(model.Resource, resource_id)
    if resource is None or resource.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such file"))
    extras = resource.extras or {}
    owned = edudata_json_list(extras.get("information_items"))
    kept = edudata_json_value(extras.get("items_state"))
    return resource, owned, item_changes.state(kept)


@tk.side_effect_free
@veil.veiled
@validate(schema_items.by_id)
def edudata_information_items_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Information items of a file of an entry, and what a new file changed in them.

    :param id: id of the file
    :returns: `{items: [item], suggested: {name: {element}}, change: {added, removed,
        types}}`; an item is `{name, label, type, length, unit, codes, required,
        personal, element, description}` with what is known; `change` is empty where
        the owner has seen it
    """
    resource, owned, state = _resource(data_dict["id"])
    tk.check_access(
        "edudata_information_items_show", context, {"id": resource.package_id}
    )
    return {
        "items": owned,
        "suggested": {
            item["name"]: {"element": item["element"]}
            for item in state["guess"]
            if item.get("element")
        },
        "change": state["change"] if any(state["change"].values()) else {},
    }


@veil.veiled
@validate(schema_items.update)
def edudata_information_items_update(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Correct the information items of a file. The columns stay those of the file.

    :param id: id of the file
    :param items: list of items, see `edudata_information_items_show`
    :raises ValidationError: an item is not well said, or names no column of the file
    """
    resource, owned, state = _resource(data_dict["id"])
    tk.check_access(
        "edudata_information_items_update", context, {"id": resource.package_id}
    )
    wanted = data_dict["items"]
    names = [item["name"] for item in owned]
    given = [
        item.get("name") for item in wanted if isinstance(item, dict) and "name" in item
    ]
    if names and sorted(names) != sorted(str(name) for name in given):
        message = tk._(
            "The columns are those of the file: give one item for each of them"
        )
        raise tk.ValidationError({"information_items": [message]})
    kept = {key: state[key] for key in ("guess", "former") if state.get(key)}
    asked: Any = {k: context[k] for k in ("user", "auth_user_obj") if k in context}
    tk.get_action("resource_patch")(
        asked,
        {"id": resource.id, "information_items": wanted, "items_state": kept},
    )
    return edudata_information_items_show(context, {"id": resource.id})


@validate(schema_items.guess)
def edudata_information_items_guess(context: Context, data_dict: DataDict) -> None:
    """Read information items off the tables of a file that was checked (internal).

    Where the columns are those that the items name already, nothing happens: a new
    version of the same table is the same content but for its rows.

    :param resource_id: id of the file
    :param tables: as the check reports them, with their clean copies' keys in
        `csv_path`; a column that several sheets have is one item
    """
    tk.check_access("edudata_information_items_guess", context, data_dict)
    try:
        resource, owned, state = _resource(data_dict["resource_id"])
    except tk.ObjectNotFound:
        return
    tables = data_dict["tables"]
    names = list(
        dict.fromkeys(column["name"] for table in tables for column in table["columns"])
    )
    if [item["name"] for item in owned] == names:
        return
    read = [item for table in tables for item in _read(table)]
    now = list({item["name"]: item for item in reversed(read)}.values())
    now.sort(key=lambda item: names.index(item["name"]))
    former = state["former"]
    once = {item["name"]: item for item in (*former, *owned)}
    merged = item_changes.merge(owned, state["guess"], now, former=former)
    for item in merged:
        # Exceptions rest on the element: it is the owner's to say.
        if item.get("element") and not once.get(item["name"], {}).get("element"):
            del item["element"]
    found: dict[str, Any] = {"guess": now}
    gone = [item for name, item in once.items() if name not in names]
    if gone:
        found["former"] = gone[-200:]
    change = item_changes.changed(owned, now)
    if owned and any(change.values()):
        found["change"] = change
    tk.get_action("resource_patch")(
        people.system_context(),
        {"id": resource.id, "information_items": merged, "items_state": found},
    )


def _read(table: dict[str, Any]) -> list[items.Item]:
    held: dict[str, dict[str, Any]] = {}
    if table.get("csv_path"):
        with tempfile.TemporaryDirectory(prefix="edudata-") as folder:
            path = os.path.join(folder, "table.csv")
            tk.get_action("edudata_table_copy")(
                {"ignore_auth": True}, {"key": table["csv_path"], "path": path}
            )
            held = columns_read.read(path)
    return [
        items.guess(
            column,
            rows=table.get("row_count") or 0,
            length=held.get(column["name"], {}).get("length"),
            values=held.get(column["name"], {}).get("values"),
        )
        for column in table["columns"]
    ]
