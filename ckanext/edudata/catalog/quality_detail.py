"""What an entry's page says of the rows of its files: by column, without cells.

Cells that do not fit are read from the working table when its owner asks, and kept
nowhere. A column in which the check found personal data gives none.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.edudata.catalog import quality_measure
from ckanext.edudata.catalog.model_quality import QualityTable

LONGEST = 40
"""Characters of a cell that are shown."""

_FINDINGS = sa.text(
    """
    SELECT DISTINCT ON (resource_id) resource_id, report -> 'findings' AS findings
    FROM edudata_check
    WHERE entry_id = :id AND state = 'done' AND resource_id <> entry_id
    ORDER BY resource_id, number DESC
    """
)


def tables(
    entry_id: str, facts: dict[str, Any], *, values_for: Context | None
) -> list[dict[str, Any]]:
    """Results of an entry's tables as of now.

    :param facts: as `quality_facts.entries` gives them
    :param values_for: with cells, as this caller may read them
    :returns: `[{resource_id, name, sheet, state, rows, bad_rows, whole, repeated,
        columns: [{name, label, filled, personal, problems: [{code, count, rows,
        values}]}]}]`; only columns with a problem; `state` is waiting, done, or why
        not; `cells` by row number
    """
    wanted = [t for t in quality_measure.tables_of(facts) if not t["released"]]
    results = quality_measure.results_of(wanted, read=False)
    files = {file["id"]: file for file in facts["files"]}
    personal = _personal(entry_id, files)
    found = []
    for table in wanted:
        file = files[table["resource_id"]]
        described = file["tables"][table["place"]]
        result = results.get((table["digest"], table["asked"]))
        many = len(file["tables"]) > 1
        shown = _table(result, described, personal.get(file["id"], set()))
        # Elsewhere the number of a row is not that of the working table.
        if values_for is not None and not table["place"] and file["subject"] == "file":
            _add_values(values_for, file["id"], shown["columns"])
        found.append(
            {
                "resource_id": file["id"],
                "name": file["name"],
                "sheet": described["sheet"] if many else "",
                **shown,
            }
        )
    return found


def _table(
    result: QualityTable | None, described: dict[str, Any], personal: set[str]
) -> dict[str, Any]:
    if result is None or result.state != "done":
        state = result.state if result else "waiting"
        return {"state": state, "columns": [], "rows": described.get("row_count")}
    return {
        "state": "done",
        "rows": result.rows,
        "bad_rows": result.bad_rows,
        "whole": result.result["whole"],
        "repeated": result.result["repeated"],
        "columns": [
            {
                "name": column["name"],
                "label": column["label"],
                "filled": told["filled"],
                "personal": bool({column["name"], column["label"]} & personal)
                or bool(column.get("personal") or column.get("sensitive")),
                "problems": [dict(problem) for problem in told["problems"]],
            }
            for column, told in zip(
                described["columns"], result.result["columns"], strict=False
            )
            if told["problems"]
        ],
    }


def _personal(entry_id: str, files: dict[str, Any]) -> dict[str, set[str]]:
    """Columns, by file, with a finding of the check or marked personal by an item."""
    found: dict[str, set[str]] = {}
    for row in model.Session.execute(_FINDINGS, {"id": entry_id}):
        found[row.resource_id] = {
            name
            for finding in row.findings or []
            for name in (finding.get("column"), finding.get("label"))
            if name
        }
    for file in files.values():
        found.setdefault(file["id"], set()).update(
            str(item.get("name"))
            for item in file["items"]
            if str(item.get("personal") or "").lower() in ("true", "1", "yes", "on")
        )
    return found


def _add_values(
    context: Context, resource_id: str, columns: list[dict[str, Any]]
) -> None:
    """Put the cells to the rows that are named, as far as the caller may read them."""
    wanted = [column for column in columns if not column["personal"]]
    numbers = {
        row
        for column in wanted
        for problem in column["problems"]
        for row in problem["rows"]
    }
    if not numbers:
        return
    try:
        found = tk.get_action("datastore_search")(
            tk.fresh_context(context),
            {
                "resource_id": resource_id,
                "filters": {"_id": sorted(numbers)},
                "fields": ["_id", *(column["name"] for column in wanted)],
                "limit": len(numbers),
            },
        )
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return
    rows = {record["_id"]: record for record in found["records"]}
    for column in wanted:
        for problem in column["problems"]:
            problem["cells"] = {
                str(row): _short(rows.get(row, {}).get(column["name"]))
                for row in problem["rows"]
                if row in rows
            }


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
