"""Staging a release: what was cleared is copied, proved to be the same, and loaded."""

from __future__ import annotations

import csv
import os
import uuid
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.edudata import settings, storage
from ckanext.edudata.catalog import items as information_items
from ckanext.edudata.desensitization import sample
from ckanext.edudata.desensitization.canonical import table_digest
from ckanext.edudata.opening import classes, tables
from ckanext.edudata.opening.model import ReleasedResource


def _internal() -> Context:
    return {"ignore_auth": True}


class Staged(NamedTuple):
    """A resource of the release to come, and how it is shown."""

    row: ReleasedResource
    table: dict[str, Any]


def cleared(
    content: dict[str, Any], metadata_clearance: dict[str, Any] | None
) -> list[tuple[str, dict[str, Any]]]:
    """Tables to release, each with its source, all of them cleared for the class."""
    errors: dict[str, Any] = {}
    wanted = content["opening_class"]
    if wanted == classes.NOT_OPEN:
        raise tk.ValidationError(
            {"opening_class": [tk._("This entry is classed not open")]}
        )
    for message in (
        classes.ground_error(wanted, content.get("opening_ground")),
        classes.grade_error(wanted, content.get("data_grade")),
    ):
        if message:
            errors.setdefault("opening_class", []).append(tk._(message))
    if metadata_clearance is None or not classes.allowed(
        wanted, metadata_clearance["permits"]
    ):
        errors["metadata"] = [
            tk._("Title, summary and names are not cleared of personal data")
        ]
    found: list[tuple[str, dict[str, Any]]] = []
    for resource in content["resources"]:
        if resource.get("not_released"):
            continue
        clearance = tk.get_action("edudata_clearance_show")(
            _internal(),
            {"resource_id": resource["id"], "sha256": resource["sha256"]},
        )
        label = resource.get("name") or resource["id"]
        if clearance is None:
            errors[label] = [tk._("Not cleared by the personal-data check")]
        elif not classes.allowed(wanted, clearance["permits"]):
            errors[label] = [
                tk._("The personal-data check does not permit this opening class")
            ]
        else:
            found.extend(
                (f"{resource['id']}#{table['sheet']}", _described(resource, table))
                for table in clearance["tables"]
            )
    if not found and not errors:
        errors["resources"] = [tk._("There is no table to release")]
    if errors:
        raise tk.ValidationError(errors)
    return found


def _described(resource: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """A cleared table with the names its owner gave."""
    items = {item["name"]: item for item in resource.get("information_items") or []}
    return {
        **table,
        "name": resource.get("name") or table["sheet"],
        "description": resource.get("description") or "",
        "items": [
            _item(items.get(column["id"], {}), column) for column in table["columns"]
        ],
    }


def _item(item: dict[str, Any], column: dict[str, Any]) -> dict[str, Any]:
    """The information item of a released column; what its owner said, named."""
    found = {
        "name": column["id"],
        "label": item.get("label") or column["label"],
        "type": item.get("type") or column["type"],
        "description": item.get("description") or "",
    }
    for part in ("length", "unit", "codes", "required", "personal", "element"):
        if item.get(part):
            found[part] = item[part]
    return found


def _dictionary(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns with the DataStore's dictionary; their types stay what the check read."""
    return [
        {**column, "info": information_items.dictionary(item)}
        for column, item in zip(table["columns"], table["items"], strict=True)
    ]


def stage(
    source: str,
    table: dict[str, Any],
    resource_id: str,
    workdir: str,
    *,
    conditional: bool,
) -> Staged:
    """Copy a cleared table out of the checked content, and load it.

    :raises ValidationError: the copy is not what was cleared
    """
    path = os.path.join(workdir, f"{uuid.uuid4()}.csv")
    tk.get_action("edudata_table_copy")(
        _internal(), {"key": table["key"], "path": path}
    )
    if _digest(path) != table["digest"]:
        raise tk.ValidationError(
            {
                table["name"]: [
                    tk._("The content is not what was cleared; check it anew")
                ]
            }
        )
    table_id = str(uuid.uuid4())
    row = ReleasedResource(
        resource_id=resource_id,
        source=source,
        kind="conditional" if conditional else "data",
        table_id=table_id,
        columns=table["columns"],
        row_count=table["row_count"],
        content_digest=table["digest"],
        clearance_id=table["clearance_id"],
    )
    tables.stage(path, _dictionary(table), table_id)
    if not conditional:
        row.file_digest, row.file_size = storage.keep(path, settings.RELEASED)
    return Staged(row, table)


def stage_sample(
    source: str, table: dict[str, Any], ids: dict[str, str], workdir: str
) -> Staged:
    """A synthetic sample, made from the information items and nothing else."""
    rows = sample.synthetic_rows(
        [
            {"name": column["id"], "label": item["label"], "type": column["type"]}
            for column, item in zip(table["columns"], table["items"], strict=True)
        ],
        tk.config["ckanext.edudata.sample.rows"],
        seed=0,
        code_lists={
            item["name"]: values
            for item in table["items"]
            if (values := information_items.allowed_values(item))
        },
    )
    names = [column["id"] for column in table["columns"]]
    path = os.path.join(workdir, f"{uuid.uuid4()}.csv")
    with open(path, "w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, names)
        writer.writeheader()
        writer.writerows(rows)
    source = f"{source}#sample"
    row = ReleasedResource(
        resource_id=ids.get(source, str(uuid.uuid4())),
        source=source,
        kind="sample",
        table_id=str(uuid.uuid4()),
        columns=table["columns"],
        row_count=len(rows),
        content_digest=_digest(path),
    )
    tables.stage(path, _dictionary(table), row.table_id)
    row.file_digest, row.file_size = storage.keep(path, settings.RELEASED)
    return Staged(row, table)


def _digest(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as source:
        reader = csv.reader(source)
        columns = next(reader)
        return table_digest(
            columns, ([value or None for value in row] for row in reader)
        )
