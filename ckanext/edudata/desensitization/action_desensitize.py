"""Desensitized data (脱敏数据): the plan, a look at what comes out, and making them."""

from __future__ import annotations

import csv
import itertools
import os
import tempfile
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import veil
from ckanext.edudata.desensitization import (
    jobs,
    making_model,
    makings,
    plain_plans,
    plans,
    runs,
    schema,
)
from ckanext.edudata.desensitization.entities import mask
from ckanext.edudata.desensitization.model import Check
from ckanext.edudata.desensitization.renderings import view
from ckanext.edudata.desensitization.report import ColumnInfo, TableInfo
from ckanext.edudata.opening import classes


@tk.side_effect_free
@veil.veiled
@validate(schema.by_resource)
def edudata_desensitization_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """The plan proposed for a checked file: what to do with each column.

    A column whose name may be somebody's own, as in a table without a header, is
    called by its place (列3), here and in plans.

    :param resource_id: id of the entry's resource
    :returns: `{resource_id, tables: [{sheet, row_count, plan, columns, large,
        made}]}`; `made` is `{state, progress, refused, made_id}` of the last time
    """
    last = _latest(data_dict["resource_id"])
    tk.check_access("edudata_desensitize", context, {"id": last.entry_id})
    made = {row.sheet: row for row in makings.latest(last.resource_id)}
    options = jobs.options_of(last.resource_id)
    found = []
    for table in _tables(last):
        names = _shown_names(last, table)
        plan = plans.preset(_table_info(table), options).to_dict()
        plan["columns"] = {
            names[name]: {k: v for k, v in step.items() if k != "unnamed"}
            for name, step in plan["columns"].items()
        }
        columns = [
            {**column, "name": names[column["name"]], "label": _label(column, names)}
            for column in table["columns"]
        ]
        found.append(
            {
                "sheet": table["sheet"],
                "row_count": table["row_count"],
                "persons": bool(table.get("persons")),
                "large": table["row_count"] > makings.LARGE,
                "columns": columns,
                "plan": plan,
                "made": _made(made.get(table["sheet"])),
            }
        )
    return {"resource_id": last.resource_id, "tables": found}


@veil.veiled
@validate(schema.desensitize)
def edudata_desensitize(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make desensitized data (脱敏数据) from a file, as a new resource of the entry.

    It is checked like anything else. The file it was made from is kept inside from
    then on and no longer part of what is released. Made again from the same sheet, as
    after a correction, it takes the place of what was made before. A large table is
    made by a job.

    :param resource_id: id of the entry's resource
    :param sheet: name of the sheet (optional: the first)
    :param plan: what to do with each column: `keep`, `drop`, `mask`, `pseudonymise`,
        `redact`, `generalise` with `kind` (year, age_band, grade_band, district, band,
        prefix) and `size`; beside them `k`, `how` (rows, cells) and `small`; the
        proposed plan if left out
    :param name: of the new resource (optional)
    :returns: the new resource, and `result` with rows, k and how it was made; or
        `{state: "queued", id: None, result: None}` for a large table
    :raises ValidationError: the file has no readable table, or the plan is wrong
    """
    last = _latest(data_dict["resource_id"])
    tk.check_access("edudata_desensitize", context, {"id": last.entry_id})
    table, plan = _planned(last, data_dict)
    if any(step.action == "pseudonymise" for step in plan.columns.values()):
        makings.key_of(last.entry_id)
    row = makings.note(
        _source(last, table),
        plan.to_dict(),
        data_dict.get("name") or "",
        context.get("user", ""),
    )
    model.Session.flush()
    row_id, large = row.id, table["row_count"] > makings.LARGE
    model.Session.commit()
    if large:
        makings.queue(row_id)
        return {"state": "queued", "id": None, "name": "", "result": None}
    makings.run(row_id)
    row = model.Session.get(making_model.Making, row_id)
    if row is None or row.state != "done":
        _refuse((row.refused if row else "") or "crashed")
    made = tk.get_action("resource_show")(
        {"ignore_auth": True, "use_cache": False}, {"id": row.made_id}
    )
    return {**made, "state": "done", "result": made.get("desensitization")}


@veil.veiled
@validate(schema.desensitize)
def edudata_desensitization_preview(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """What a plan would make of a file, and what the check would say of it.

    For those who may make it, who read the entry's data anyway; nothing is kept. Of a
    large table the first 50,000 rows are looked at.

    :param resource_id: id of the entry's resource
    :param sheet: name of the sheet (optional: the first)
    :param plan: what to do with each column; the proposed plan if left out
    :returns: `{columns, rows: [[cell, ...]], result, verdict, permits, risks,
        findings, examples: {column: [[before, after], ...]}, of}`: at most 5 rows; of
        identifiers that are left out the cells before are masked; `of` is the number of
        rows looked at
    :raises ValidationError: the file has no readable table, or the plan is wrong
    """
    last = _latest(data_dict["resource_id"])
    tk.check_access("edudata_desensitize", context, {"id": last.entry_id})
    tk.check_access(
        "resource_show",
        {"user": context.get("user", "")},
        {"id": last.resource_id},
    )
    table, plan = _planned(last, data_dict)
    names = _shown_names(last, table)
    with tempfile.TemporaryDirectory(prefix="edudata-") as workdir:
        made = makings.carry_out(
            _source(last, table), plan.to_dict(), workdir, preview=True
        )
        if "refused" in made:
            _refuse(made["refused"])
        path = os.path.join(workdir, "made.csv")
        with open(path, encoding="utf-8", newline="") as stream:
            columns, *rows = itertools.islice(csv.reader(stream), 6)
    report = made["report"]
    return {
        "columns": columns,
        "rows": rows,
        "result": plain_plans.told(made["result"], plan.to_dict()),
        "verdict": report["verdict"],
        "permits": classes.permits(report["verdict"]),
        "risks": plain_plans.risks(report),
        "findings": [
            {"entity": f["entity"], "column": f["column"], "count": f["count"]}
            for f in report["findings"]
            if not f["passed"]
        ],
        "examples": _examples(table, plan, names, made["examples"]),
        "of": min(table["row_count"], makings.LARGE),
    }


def _examples(
    table: dict[str, Any],
    plan: plans.Plan,
    names: dict[str, str],
    found: dict[str, list[list[str]]],
) -> dict[str, list[list[str]]]:
    """Cells before and after by column. What goes anyway need not be seen in full."""
    entities = {c["name"]: c["entity"] for c in table["columns"] if c["personal"]}
    return {
        names[name]: [
            [mask(old, entities[name]), new]
            if name in entities and plan.columns[name].action == "drop"
            else [old, new]
            for old, new in pairs
        ]
        for name, pairs in found.items()
    }


def _planned(last: Check, data_dict: DataDict) -> tuple[dict[str, Any], plans.Plan]:
    """The table that is meant, and the plan for it."""
    found = _tables(last)
    if data_dict.get("sheet"):
        found = [table for table in found if table["sheet"] == data_dict["sheet"]]
    if not found:
        raise tk.ValidationError(
            {"resource_id": [tk._("The check has found no table in this file")]}
        )
    table = found[0]
    names = _shown_names(last, table)
    real = {shown: name for name, shown in names.items()}
    try:
        if data_dict.get("plan"):
            given = plans.Plan.from_dict(data_dict["plan"]).to_dict()
            if set(given["columns"]) != set(real):
                _refuse("plan")
            given["columns"] = {real[k]: v for k, v in given["columns"].items()}
        else:
            options = jobs.options_of(last.resource_id)
            given = plans.preset(_table_info(table), options).to_dict()
        for name, step in given["columns"].items():
            step["unnamed"] = names[name] != name
        return table, plans.Plan.from_dict(given)
    except ValueError as error:
        raise tk.ValidationError({"plan": [tk._(plain_plans.refused("plan"))]}) from (
            error
        )


def _refuse(code: str) -> NoReturn:
    raise tk.ValidationError({"plan": [tk._(plain_plans.refused(code))]})


def _source(last: Check, table: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry_id": last.entry_id,
        "resource_id": last.resource_id,
        "sheet": table["sheet"],
        "table_key": table["csv_path"],
    }


def _shown_names(last: Check, table: dict[str, Any]) -> dict[str, str]:
    """By a column's name what it is called here: its place where the name may be
    somebody's."""
    words = makings.words()
    names = view.Names(last.report or {"findings": [], "tables": []}, words)
    taken = {column["name"] for column in table["columns"]}
    found = {}
    for place, column in enumerate(table["columns"], 1):
        name = column["name"]
        unnamed = words.gettext("Column {n}").format(n=place)
        shown = name
        if column["label"] and names.column(table["sheet"], name) == unnamed:
            shown = f"列{place}"
            while shown in taken:
                shown += "_"
        found[name] = shown
    return found


def _label(column: dict[str, Any], names: dict[str, str]) -> str:
    name = column["name"]
    return column["label"] if names[name] == name else names[name]


def _made(row: making_model.Making | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "state": row.state,
        "progress": row.progress,
        "refused": tk._(plain_plans.refused(row.refused)) if row.refused else "",
        "made_id": row.made_id,
    }


def _latest(resource_id: str) -> Check:
    last = runs.latest(resource_id)
    if last is None:
        raise tk.ObjectNotFound(tk._("This file has not been checked"))
    return last


def _tables(row: Check) -> list[dict[str, Any]]:
    found = (row.report or {}).get("tables", [])
    return [table for table in found if table.get("csv_path")]


def _table_info(table: dict[str, Any]) -> TableInfo:
    columns = [ColumnInfo(**column) for column in table["columns"]]
    return TableInfo(**{**table, "columns": columns})
